package storage

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
	"strata/storage/internal/codec"
)

// candleSpan is the span one value of candles covers: a day of short ones, a month
// from the hour on.
func candleSpan(interval time.Duration) Resolution {
	if interval < time.Hour {
		return Raw
	}
	return Hours
}

// candleField tells the candles of one interval from other series of a token and source.
func candleField(interval time.Duration) string { return "candles " + interval.String() }

// candleKey orders candles by series and span.
func candleKey(id seriesID, span uint32) []byte {
	return binary.BigEndian.AppendUint32(seriesKey(id), span)
}

func groupOfCandles(key []byte) uint32 { return binary.BigEndian.Uint32(key) }
func spanOfCandles(key []byte) uint32  { return binary.BigEndian.Uint32(key[4:]) }

// surveyCandles makes a manifest of the candles that are there.
func surveyCandles(tx *bbolt.Tx, id seriesID) (m manifest) {
	cursor := bucket(tx, bucketCandles).Cursor()
	for key, value := cursor.Seek(seriesKey(id)); bytes.HasPrefix(key, seriesKey(id)); key, value = cursor.Next() {
		if list, err := decodeCandles(key, value); err == nil {
			m = m.with(placed{span: spanOfCandles(key), checksum: sealOf(value), count: uint64(len(list))})
		}
	}
	return m
}

// openCandles reads a value that a manifest lists.
func openCandles(tx *bbolt.Tx, id seriesID, want placed) ([]bar, error) {
	key := candleKey(id, want.span)
	value := bucket(tx, bucketCandles).Get(key)
	if value == nil {
		return nil, fmt.Errorf("%w store: candles are missing", ErrDamaged)
	}
	list, err := decodeCandles(key, value)
	if err != nil {
		return nil, err
	}
	if err := want.match(ofCandles, uint32(id), value, uint64(len(list))); err != nil {
		return nil, err
	}
	return list, nil
}

// The values of a candle, kept as five series of one time column.
const (
	candleOpen = iota
	candleHigh
	candleLow
	candleClose
	candleVolume
	candleValues
)

// bar is a candle without its names.
type bar struct {
	open   int64 // unix milliseconds
	values [candleValues]layers.Decimal
}

func compareBar(b bar, millis int64) int { return int(min(max(b.open-millis, -1), 1)) }

func barOf(c layers.Candle) bar {
	return bar{c.Open.UnixMilli(), [...]layers.Decimal{c.OpenPrice, c.High, c.Low, c.Close, c.Volume}}
}

func encodeCandles(key []byte, list []bar) ([]byte, error) {
	series := make([]run, candleValues)
	for i := range series {
		series[i] = run{ID: uint32(i), Points: make([]point, len(list))}
		for n, b := range list {
			series[i].Points[n] = point{Time: b.open, Value: b.values[i]}
		}
	}
	value, err := codec.Encode(series)
	if err != nil {
		return nil, err
	}
	return seal(bucketCandles, key, value), nil
}

func decodeCandles(key, value []byte) ([]bar, error) {
	if len(key) != 8 {
		return nil, fmt.Errorf("%w key: %d bytes instead of 8", ErrDamaged, len(key))
	}
	body, err := unseal(bucketCandles, key, value)
	if err != nil {
		return nil, err
	}
	segment, err := codec.Open(body)
	if err != nil {
		return nil, fmt.Errorf("%w value: %w", ErrDamaged, err)
	}
	var list []bar
	for i := range uint32(candleValues) {
		points, err := segment.Points(nil, i)
		if err != nil {
			return nil, fmt.Errorf("%w value: %w", ErrDamaged, err)
		}
		if i > 0 && len(points) != len(list) {
			return nil, fmt.Errorf("%w value: %d and %d candles", ErrDamaged, len(list), len(points))
		}
		if i == 0 {
			list = make([]bar, len(points))
		}
		for n, p := range points {
			list[n].open, list[n].values[i] = p.Time, p.Value
		}
	}
	return list, nil
}

func candleOf(q Query, interval time.Duration, b bar) layers.Candle {
	return layers.Candle{
		Token: q.Token, Source: q.Source, Open: time.UnixMilli(b.open).UTC(), Interval: interval,
		OpenPrice: b.values[candleOpen], High: b.values[candleHigh], Low: b.values[candleLow], Close: b.values[candleClose],
		Volume: b.values[candleVolume],
	}
}
