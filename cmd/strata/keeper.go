package main

import (
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"strata/layers"
	"strata/storage"
)

// heldAtMost is how much time the cycles span that wait for room on the disk.
const heldAtMost = time.Hour

// keeper makes cycles durable, in the order in which they came. While the disk is full
// it holds them in memory, an hour of them at most, and stores them before the next one
// once there is room. Cycles are handed to it one at a time.
type keeper struct {
	append  func(at time.Time, samples []layers.Sample, note []byte) error
	durable func(...layers.Sample) // told about the samples of a cycle once they are on the disk
	log     *slog.Logger

	mu   sync.Mutex // guards what follows against who asks
	held []held
	err  error // why nothing can be stored, nil when all is well
}

// held is a cycle that waits: what was accepted, and a note of what was heard.
type held struct {
	at      time.Time
	samples []layers.Sample
	note    []byte
}

// keep stores a cycle. With an error it is not stored: it is held when the disk is full,
// and given up when it cannot be stored for what it is.
func (k *keeper) keep(at time.Time, samples []layers.Sample, note []byte) error {
	k.hold(held{at, samples, note})
	return k.flush()
}

// flush stores what is held, oldest first, and stops where the disk is full.
func (k *keeper) flush() error {
	var faults []error
	for {
		cycle, ok := k.oldest()
		if !ok {
			return errors.Join(faults...)
		}
		err := k.append(cycle.at, cycle.samples, cycle.note)
		switch {
		case errors.Is(err, storage.ErrFull):
			waiting := k.refused(err)
			return errors.Join(append(faults, fmt.Errorf("%w; %d cycles wait in memory", err, waiting))...)
		case errors.Is(err, storage.ErrFailed):
			k.refused(err)
			return err
		case err != nil:
			faults = append(faults, err)
		default:
			k.durable(cycle.samples...)
			k.accepted()
		}
		k.drop()
	}
}

// close stores what is held, or says that it is lost.
func (k *keeper) close() error {
	err := k.flush()
	if waiting, _ := k.state(); waiting > 0 {
		return fmt.Errorf("%d cycles that waited in memory are lost: %w", waiting, err)
	}
	return err
}

// state returns how many cycles wait, and why nothing can be stored, nil when all is well.
func (k *keeper) state() (waiting int, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.held), k.err
}

// hold puts a cycle behind the others and gives up those that have become too old.
func (k *keeper) hold(cycle held) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = append(k.held, cycle)
	for cycle.at.Sub(k.held[0].at) > heldAtMost {
		k.log.Error("cycle lost, nothing could be stored for too long", "at", k.held[0].at, "samples", len(k.held[0].samples))
		k.held = k.held[1:]
	}
}

func (k *keeper) oldest() (cycle held, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.held) == 0 {
		return held{}, false
	}
	return k.held[0], true
}

func (k *keeper) drop() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.held = k.held[1:]
}

// refused notes why nothing can be stored and returns how many cycles wait.
func (k *keeper) refused(err error) (waiting int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.err = err
	return len(k.held)
}

// accepted notes that a cycle was stored.
func (k *keeper) accepted() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.err != nil {
		k.log.Info("storing again", "waiting", len(k.held)-1)
		k.err = nil
	}
}
