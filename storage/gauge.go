package storage

import (
	"maps"
	"slices"
	"sync"
	"time"
)

// gauge knows which transactions are open and how long the longest took: bbolt
// cannot use freed pages again while one that is older reads.
type gauge struct {
	mu      sync.Mutex
	readers map[uint64]time.Time // when each began, by its number
	next    uint64
	longest time.Duration
}

// reading notes a read transaction until the returned function is called.
func (g *gauge) reading() (done func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.readers == nil {
		g.readers = map[uint64]time.Time{}
	}
	number, began := g.next, time.Now()
	g.next++
	g.readers[number] = began
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		delete(g.readers, number)
		g.longest = max(g.longest, time.Since(began))
	}
}

// writing notes a write transaction until the returned function is called.
func (g *gauge) writing() (done func()) {
	began := time.Now()
	return func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.longest = max(g.longest, time.Since(began))
	}
}

// figures returns how many readers there are, since when the oldest reads, and how
// long the longest transaction of all took.
func (g *gauge) figures() (readers int, oldest, longest time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.readers) > 0 {
		oldest = time.Since(slices.MinFunc(slices.Collect(maps.Values(g.readers)), time.Time.Compare))
	}
	return len(g.readers), oldest, g.longest
}
