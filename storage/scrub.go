package storage

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"strata/storage/internal/codec"
)

// ScrubReport says what [Store.Scrub] found.
type ScrubReport struct {
	Values  int // read
	Bytes   int64
	Damaged []string // names of those that are damaged or missing, in the order of the file
	Took    time.Duration
}

// scrubBytes is how much one transaction of a scrub reads.
const scrubBytes = 1 << 20

// Scrub reads everything that is stored again and holds it against its checksums and
// against the manifests, so that damage is found while there still is a backup from
// before it. It reads no more than bytesPerSecond, 0 for as fast as the disk can.
// What it finds is counted and named in [Stats] too. The error is that of ctx, or of a
// file that cannot be read at all.
func (s *Store) Scrub(ctx context.Context, bytesPerSecond int) (ScrubReport, error) {
	c := scrubber{store: s, began: time.Now()}
	for _, name := range [][]byte{bucketSeries, bucketManifest, bucketSegments, bucketCandles, bucketCycles, bucketLedger, bucketNotes} {
		for next := []byte{}; next != nil; {
			if err := c.pause(ctx, bytesPerSecond); err != nil {
				return c.result(), fmt.Errorf("scrub store: %w", err)
			}
			var err error
			if next, err = c.scrubSome(name, next); err != nil {
				c.damaged(string(name), err)
				break // what lies behind a damaged page cannot be reached
			}
		}
	}
	return c.result(), nil
}

// scrubber is a scrub under way.
type scrubber struct {
	store  *Store
	began  time.Time
	report ScrubReport
}

func (c *scrubber) result() ScrubReport {
	c.report.Took = time.Since(c.began)
	return c.report
}

// pause waits until no more has been read than is allowed.
func (c *scrubber) pause(ctx context.Context, bytesPerSecond int) error {
	if bytesPerSecond <= 0 {
		return ctx.Err()
	}
	due := c.began.Add(time.Duration(float64(c.report.Bytes) / float64(bytesPerSecond) * float64(time.Second)))
	wait := time.NewTimer(time.Until(due))
	defer wait.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-wait.C:
		return ctx.Err()
	}
}

func (c *scrubber) damaged(place string, why error) {
	_ = c.store.report(place, why) // it is named in what Scrub returns
	c.report.Damaged = append(c.report.Damaged, place)
}

// scrubSome reads values of a bucket from a key on, in one transaction, and returns
// the key to go on with, nil at the end.
func (c *scrubber) scrubSome(name, from []byte) (next []byte, err error) {
	limit := c.report.Bytes + scrubBytes
	err = c.store.view(func(tx *bbolt.Tx) error {
		if tx.Bucket(name) == nil { // a late one
			return nil
		}
		began, cursor := time.Now(), bucket(tx, name).Cursor()
		for key, value := cursor.Seek(from); key != nil; key, value = cursor.Next() {
			if bytes.Compare(key, from) < 0 {
				continue // a damaged page leads back
			}
			if c.report.Bytes >= limit || time.Since(began) > transactionBudget {
				next = bytes.Clone(key)
				return nil
			}
			c.report.Values++
			c.report.Bytes += int64(len(key) + len(value))
			if bucket(tx, name).Get(key) == nil {
				c.damaged(place(name, key), errUnreachable)
				continue
			}
			c.scrubValue(tx, name, key, value)
		}
		return nil
	})
	return next, err
}

func (c *scrubber) scrubValue(tx *bbolt.Tx, name, key, value []byte) {
	var err error
	switch {
	case bytes.Equal(name, bucketSegments):
		err = scrubSegment(tx, key, value)
	case bytes.Equal(name, bucketManifest):
		c.scrubManifest(tx, key, value)
	case bytes.Equal(name, bucketCycles):
		_, err = decodeRow(key, value)
	case bytes.Equal(name, bucketCandles):
		err = scrubCandles(tx, key, value)
	case bytes.Equal(name, bucketLedger):
		_, err = decodeChunk(key, value)
	case bytes.Equal(name, bucketNotes):
		err = scrubNote(key, value)
	default:
		_, err = decodeSeries(key, value)
	}
	if err != nil {
		c.damaged(place(name, key), err)
	}
}

// scrubManifest looks whether the values that a manifest lists are there.
func (c *scrubber) scrubManifest(tx *bbolt.Tx, key, value []byte) {
	m, err := decodeManifest(key, value)
	if err != nil {
		c.damaged(place(bucketManifest, key), err)
		return
	}
	r, group := manifestPlace(key)
	for _, entry := range m {
		if name, at := valueKey(r, entry.span, group); bucket(tx, name).Get(at) == nil {
			c.damaged(place(name, at), fmt.Errorf("%w store: value is missing", ErrDamaged))
		}
	}
}

// scrubListed holds a value with so many points against its manifest. A manifest that is damaged is named
// for itself.
func scrubListed(tx *bbolt.Tx, r Resolution, span, group uint32, value []byte, count uint64) error {
	at := manifestKey(r, group)
	listed := bucket(tx, bucketManifest).Get(at)
	if listed == nil {
		return fmt.Errorf("%w store: manifest %x of the value is missing", ErrDamaged, at)
	}
	m, err := decodeManifest(at, listed)
	if err != nil {
		return nil
	}
	entry, ok := m.find(span)
	if !ok {
		return fmt.Errorf("%w store: value is not in the manifest", ErrDamaged)
	}
	return entry.match(r, group, value, count)
}

// scrubSegment holds a segment against its manifest and reads all of its series.
func scrubSegment(tx *bbolt.Tx, key, value []byte) error {
	if len(key) != segmentKeySize || Resolution(key[0]) > pieces || Resolution(key[0]) == ofCandles {
		return fmt.Errorf("%w key", ErrDamaged)
	}
	if err := scrubListed(tx, Resolution(key[0]), spanOfKey(key), groupOfKey(key), value, countPoints(value)); err != nil {
		return err
	}
	segment, err := codec.Open(value)
	if err != nil {
		return fmt.Errorf("%w value: %w", ErrDamaged, err)
	}
	var points []point
	for id := range segment.IDs() {
		if points, err = segment.Points(points[:0], id); err != nil {
			return fmt.Errorf("%w series: %w", ErrDamaged, err)
		}
	}
	return nil
}

// scrubCandles holds candles against their manifest and reads them.
func scrubCandles(tx *bbolt.Tx, key, value []byte) error {
	list, err := decodeCandles(key, value)
	if err != nil {
		return err
	}
	return scrubListed(tx, ofCandles, spanOfCandles(key), groupOfCandles(key), value, uint64(len(list)))
}
