package storage

import (
	"fmt"
	"iter"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// Candles reads the candles of a token at a source whose open lies in [From, To), in
// order of time, in the manner of [Store.Samples].
func (s *Store) Candles(token, source string, interval time.Duration, span layers.Span) iter.Seq2[layers.Candle, error] {
	return func(yield func(layers.Candle, error) bool) {
		q := Query{Token: token, Source: source, Field: candleField(interval), Span: span}
		sources, from, to := s.reach(q)
		for _, of := range sources {
			for b, err := range s.bars(of.id, candleSpan(interval), from, to) {
				var c layers.Candle
				if err == nil {
					c = candleOf(q, interval, b)
				} else {
					err = fmt.Errorf("read candles of %s: %w", token, err)
				}
				if !yield(c, err) {
					return
				}
			}
		}
	}
}

// bars reads the candles of one series that lie in [from, to), one value at a time.
func (s *Store) bars(id seriesID, r Resolution, from, to int64) iter.Seq2[bar, error] {
	return func(yield func(bar, error) bool) {
		listed, err := s.candleManifest(id)
		if err != nil {
			yield(bar{}, err)
			return
		}
		for _, entry := range listed {
			if r.spanEnd(entry.span) < from || r.spanStart(entry.span) >= to {
				continue
			}
			list, err := s.readBars(id, entry)
			if err != nil && !yield(bar{}, err) {
				return
			}
			for _, b := range list {
				if b.open >= from && b.open < to && !yield(b, nil) {
					return
				}
			}
		}
	}
}

// candleManifest says where the candles of a series are. One that has samples has some:
// candles do not expire.
func (s *Store) candleManifest(id seriesID) (listed manifest, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		if listed, err = s.openManifest(tx, ofCandles, uint32(id)); err == nil && len(listed) == 0 {
			err = fmt.Errorf("%w store: manifest is missing", ErrDamaged)
		}
		return err
	})
	if err != nil {
		return nil, s.report(place(bucketManifest, manifestKey(ofCandles, uint32(id))), err)
	}
	return listed, nil
}

// readBars reads one value of candles.
func (s *Store) readBars(id seriesID, entry placed) (list []bar, err error) {
	err = s.view(func(tx *bbolt.Tx) (err error) {
		list, err = openCandles(tx, id, entry)
		return err
	})
	if err != nil {
		return nil, s.report(place(bucketCandles, candleKey(id, entry.span)), err)
	}
	return list, nil
}
