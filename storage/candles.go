package storage

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// ErrCandle says that a candle cannot be kept: no token or source, a price that is not
// positive, a negative volume, an interval below a second, or a time out of range.
// Nothing was written.
var ErrCandle = errors.New("candle refused")

func checkCandle(c layers.Candle) error {
	b := barOf(c)
	valid := c.Token != "" && c.Source != "" && c.Interval >= time.Second && b.open >= 0 && b.open < maxMillis && c.Volume.Coefficient >= 0
	for _, price := range b.values[:candleVolume] {
		valid = valid && price.IsPositive()
	}
	if !valid {
		return fmt.Errorf("%w: %+v", ErrCandle, c)
	}
	return nil
}

// AppendCandles stores candles of exchanges, in any order. One of a (token, source,
// interval, open) that is there already stays, so only candles that are over belong
// here. It returns how many were new. Work is done in transactions of bounded size.
func (s *Store) AppendCandles(candles []layers.Candle) (added int, err error) {
	for _, c := range candles {
		if err := checkCandle(c); err != nil {
			return 0, fmt.Errorf("append candles: %w", err)
		}
	}
	for _, batch := range candleBatches(candles) {
		n, err := s.appendBars(batch)
		added += n
		if err != nil {
			return added, fmt.Errorf("append candles: %w", err)
		}
	}
	return added, nil
}

// candlePlace says which value a candle belongs to.
type candlePlace struct {
	name
	span uint32
}

// bars are those of one value, ordered by time.
type bars struct {
	candlePlace
	list []bar
}

// candleBatches sorts candles by the value they belong to. Of equal times the first
// one given stays.
func candleBatches(candles []layers.Candle) (batches []bars) {
	index := map[candlePlace]int{}
	for _, c := range candles {
		b := barOf(c)
		at := candlePlace{name{c.Token, c.Source, candleField(c.Interval)}, candleSpan(c.Interval).spanOf(b.open)}
		n, ok := index[at]
		if !ok {
			n = len(batches)
			index[at], batches = n, append(batches, bars{candlePlace: at})
		}
		batches[n].list = append(batches[n].list, b)
	}
	for n := range batches {
		list := batches[n].list
		slices.SortStableFunc(list, func(a, b bar) int { return compareBar(a, b.open) })
		batches[n].list = slices.CompactFunc(list, func(a, b bar) bool { return a.open == b.open })
	}
	return batches
}

// appendBars merges candles into their value, in one transaction.
func (s *Store) appendBars(more bars) (added int, err error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	var d *draft
	err = s.update(func(tx *bbolt.Tx) error {
		d = s.index.draft()
		sr := d.series(more.name)
		if added, err = s.addBars(tx, sr, more); err != nil {
			return err
		}
		if err := putCreated(tx, d); err != nil {
			return err
		}
		return putSeries(tx, d.changed)
	})
	if err != nil {
		return 0, err
	}
	s.accept(d)
	return added, nil
}

// addBars merges candles into their value and its manifest.
func (s *Store) addBars(tx *bbolt.Tx, sr *series, more bars) (added int, err error) {
	listed, err := s.openManifest(tx, ofCandles, uint32(sr.id))
	if err != nil {
		return 0, err
	}
	list, err := s.takeBars(tx, sr.id, listed, more.span)
	if err != nil {
		return 0, err
	}
	for _, b := range more.list {
		if at, there := slices.BinarySearchFunc(list, b.open, compareBar); !there {
			list = slices.Insert(list, at, b)
			sr.sealed, sr.all = sr.sealed.with(b.open), sr.all.with(b.open)
			added++
		}
	}
	key := candleKey(sr.id, more.span)
	value, err := encodeCandles(key, list)
	if err == nil {
		err = bucket(tx, bucketCandles).Put(key, value)
	}
	if err != nil {
		return 0, fmt.Errorf("store candles: %w", err)
	}
	entry := placed{span: more.span, checksum: sealOf(value), count: uint64(len(list))}
	return added, putManifest(tx, ofCandles, uint32(sr.id), listed.with(entry))
}

// takeBars returns the candles of a value that a write is about to replace, none of one
// that is damaged, which is set aside, or missing.
func (s *Store) takeBars(tx *bbolt.Tx, id seriesID, listed manifest, span uint32) ([]bar, error) {
	entry, ok := listed.find(span)
	if !ok {
		return nil, nil
	}
	list, err := openCandles(tx, id, entry)
	if err == nil {
		return list, nil
	}
	key := candleKey(id, span)
	value := bucket(tx, bucketCandles).Get(key)
	if value == nil {
		_ = s.report(place(bucketCandles, key), err) // the write goes on without it
		return nil, nil
	}
	return nil, s.setAside(tx, bucketCandles, key, value, err)
}
