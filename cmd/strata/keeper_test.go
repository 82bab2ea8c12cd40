package main

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
	"strata/storage"
)

// disk is a store that can be full.
type disk struct {
	err      error // what storing comes to
	room     int   // cycles that still fit before err; negative for any number
	stored   []time.Time
	observed []time.Time
}

func (d *disk) append(at time.Time, _ []layers.Sample, _ []byte) error {
	if d.room == 0 {
		return fmt.Errorf("append cycle: %w", d.err)
	}
	d.room--
	d.stored = append(d.stored, at)
	return nil
}

func (d *disk) keeper(log *slog.Logger) *keeper {
	return &keeper{append: d.append, log: log, durable: func(samples ...layers.Sample) {
		d.observed = append(d.observed, samples[0].Time)
	}}
}

func at(minute int) time.Time { return time.Date(2025, 6, 20, 12, minute, 0, 0, time.UTC) }

func cycle(minute int) (time.Time, []layers.Sample, []byte) {
	price := layers.Decimal{Coefficient: int64(minute + 1)}
	return at(minute), []layers.Sample{{Token: "near", Source: "kraken", Time: at(minute), Price: price}}, nil
}

func times(from, to int) (list []time.Time) {
	for i := from; i < to; i++ {
		list = append(list, at(i))
	}
	return list
}

func TestCyclesWaitForRoomAndAreStoredInOrder(t *testing.T) {
	full := &disk{err: storage.ErrFull, room: 2}
	k := full.keeper(slog.New(slog.DiscardHandler))
	for i := range 10 {
		err := k.keep(cycle(i))
		if stored := i < 2; (err == nil) != stored {
			t.Fatalf("cycle %d: %v", i, err)
		}
	}
	if waiting, err := k.state(); waiting != 8 || !errors.Is(err, storage.ErrFull) {
		t.Errorf("%d cycles wait: %v", waiting, err)
	}
	full.room = 3 // some space returns, and then all of it
	if err := k.keep(cycle(10)); !errors.Is(err, storage.ErrFull) || !strings.HasSuffix(err.Error(), "6 cycles wait in memory") {
		t.Errorf("with room for three: %v", err)
	}
	full.room = -1
	if err := k.keep(cycle(11)); err != nil {
		t.Error(err)
	}
	if waiting, err := k.state(); waiting != 0 || err != nil {
		t.Errorf("%d cycles wait: %v", waiting, err)
	}
	if !slices.Equal(full.stored, times(0, 12)) {
		t.Errorf("stored %v", full.stored)
	}
}

// Whatever happens to the disk, what was observed is what is durable, in order, and nothing
// of the last hour is lost.
func TestOnlyWhatIsDurableIsObserved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &disk{err: storage.ErrFull}
		k := d.keeper(slog.New(slog.DiscardHandler))
		last := rapid.IntRange(1, 150).Draw(t, "cycles")
		for i := range last {
			d.room = rapid.SampledFrom([]int{0, 0, 0, 1, 2, -1}).Draw(t, "room")
			_ = k.keep(cycle(i))
		}
		waiting, _ := k.state()
		if !slices.Equal(d.stored, d.observed) || !slices.IsSortedFunc(d.stored, time.Time.Compare) {
			t.Fatalf("stored %v, observed %v", d.stored, d.observed)
		}
		d.room = -1
		if err := k.close(); err != nil || waiting > 61 {
			t.Fatalf("%d waited, %v", waiting, err)
		}
		for i := range last {
			if recent := i >= last-61; recent && !slices.Contains(d.stored, at(i)) {
				t.Fatalf("cycle %d of %d was lost", i, last)
			}
		}
	})
}

func TestAnHourOfCyclesIsHeldAndNoMore(t *testing.T) {
	var log bytes.Buffer
	d := &disk{err: storage.ErrFull}
	k := d.keeper(slog.New(slog.NewTextHandler(&log, nil)))
	for i := range 75 {
		if err := k.keep(cycle(i)); err == nil {
			t.Fatal("a full disk kept a cycle")
		}
	}
	if waiting, _ := k.state(); waiting != 61 { // both ends of the hour
		t.Errorf("%d cycles wait", waiting)
	}
	if lost := strings.Count(log.String(), "cycle lost"); lost != 14 {
		t.Errorf("%d losses were told, want 14", lost)
	}
	if err := k.close(); !errors.Is(err, storage.ErrFull) || !strings.HasPrefix(err.Error(), "61 cycles that waited in memory are lost: ") {
		t.Errorf("at the end: %v", err)
	}
	d.room = -1
	if err := k.close(); err != nil || !slices.Equal(d.stored, times(14, 75)) {
		t.Errorf("stored %v, %v", d.stored, err)
	}
}

func TestACycleThatCannotBeStoredDoesNotHoldUpTheOthers(t *testing.T) {
	d := &disk{err: storage.ErrSample}
	k := d.keeper(slog.New(slog.DiscardHandler))
	if err := k.keep(cycle(0)); !errors.Is(err, storage.ErrSample) {
		t.Error(err)
	}
	d.room = -1
	if err := k.keep(cycle(1)); err != nil || !slices.Equal(d.stored, times(1, 2)) {
		t.Errorf("stored %v, %v", d.stored, err)
	}
	if waiting, err := k.state(); waiting != 0 || err != nil {
		t.Errorf("%d cycles wait: %v", waiting, err)
	}
}

func TestAfterAFailedWriteNothingIsTriedAgain(t *testing.T) {
	d := &disk{err: storage.ErrFailed}
	k := d.keeper(slog.New(slog.DiscardHandler))
	if err := k.keep(cycle(0)); !errors.Is(err, storage.ErrFailed) || len(d.observed) > 0 {
		t.Errorf("observed %v, %v", d.observed, err)
	}
	if _, err := k.state(); !errors.Is(err, storage.ErrFailed) {
		t.Errorf("the state says %v", err)
	}
}
