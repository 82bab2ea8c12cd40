package codec

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"strata/layers"
)

// ErrCandles says that candles cannot be encoded: not one token, source and interval,
// not ordered, or times that are no whole milliseconds or out of range.
var ErrCandles = errors.New("candles refused")

// EncodeCandles writes candles of one token, source and interval, with strictly
// increasing times, as one value. Token and source are left to the key that the value
// is stored under. The error wraps [ErrCandles].
//
// The close is the difference from the close before, the open that from the close
// before, and high and low are how far they reach beyond the two, so that most of a
// candle is small.
func EncodeCandles(interval time.Duration, candles []layers.Candle) ([]byte, error) {
	if err := checkCandles(interval, candles); err != nil {
		return nil, fmt.Errorf("encode candles: %w", err)
	}
	value := binary.AppendVarint([]byte{format}, int64(interval))
	value = binary.AppendUvarint(value, uint64(len(candles)))
	if len(candles) > 0 {
		times, volumes := make([]int64, len(candles)), make([]Point, len(candles))
		for i, c := range candles {
			times[i], volumes[i].Value = c.Open.UnixMilli(), c.Volume
		}
		value = binary.AppendVarint(value, times[0])
		value = binary.AppendUvarint(value, uint64(times[len(times)-1]-times[0]))
		for _, part := range [][]byte{encodeColumn(times), encodePrices(candles), encodeValues(volumes)} {
			value = append(binary.AppendUvarint(value, uint64(len(part))), part...)
		}
	}
	return append(appendChecksum(value, checksum(value)), make([]byte, padding)...), nil
}

func checkCandles(interval time.Duration, candles []layers.Candle) error {
	for i, c := range candles {
		ms := c.Open.UnixMilli()
		switch first := candles[0]; {
		case c.Token != first.Token || c.Source != first.Source || c.Interval != interval:
			return fmt.Errorf("%w: %q of %q every %v among others", ErrCandles, c.Token, c.Source, c.Interval)
		case !time.UnixMilli(ms).Equal(c.Open) || ms < -maxTime || ms > maxTime:
			return fmt.Errorf("%w: time %v", ErrCandles, c.Open)
		case i > 0 && ms <= candles[i-1].Open.UnixMilli():
			return fmt.Errorf("%w: %v comes twice or too late", ErrCandles, c.Open)
		}
	}
	return nil
}

// DecodeCandles appends the candles of a value of [EncodeCandles] to dst, with Token
// and Source empty and times in UTC. The error wraps [ErrDamaged] and leaves dst as
// it was.
func DecodeCandles(dst []layers.Candle, value []byte) ([]layers.Candle, error) {
	c := cursor{bytes: value, end: len(value) - padding}
	if c.end < checksumSize || checksum(value[:c.end-checksumSize]) != binary.LittleEndian.Uint32(value[c.end-checksumSize:]) ||
		binary.BigEndian.Uint64(value[c.end:]) != 0 {
		return dst, fmt.Errorf("decode candles: %w: checksum does not match", ErrDamaged)
	}
	if f := c.byte(); f != format {
		return dst, fmt.Errorf("decode candles: %w: format %d", ErrDamaged, f)
	}
	candles, ok := c.candles(dst)
	if !ok || c.bad || len(c.bytes) != checksumSize+padding {
		return dst, fmt.Errorf("decode candles: %w: contents", ErrDamaged)
	}
	return candles, nil
}

func (c *cursor) candles(dst []layers.Candle) ([]layers.Candle, bool) {
	interval, count := time.Duration(c.varint()), c.size()
	if count == 0 {
		return dst, true
	}
	e := columnEntry{count: count, first: c.varint()}
	e.last = e.first + int64(c.uvarint())
	times, prices, volumes := c.body(), c.body(), c.body()
	if c.bad {
		return dst, false
	}
	points := make([]Point, count)
	start := len(dst)
	candles := slices.Grow(dst, count)[:start+count]
	added := candles[start:]
	if !decodeColumn(points, e, times) || !decodeValues(points, volumes) || !decodePrices(added, prices) {
		return dst, false
	}
	for i, p := range points {
		added[i].Token, added[i].Source = "", ""
		added[i].Open, added[i].Interval, added[i].Volume = time.UnixMilli(p.Time).UTC(), interval, p.Value
	}
	return candles, true
}

// body reads a part that begins with its length and is followed by the checksum and
// the padding at least.
func (c *cursor) body() body {
	n := c.size()
	if c.bad || n > len(c.bytes)-checksumSize-padding {
		c.bad = true
		return body{}
	}
	b := body{c.bytes[:n+padding], n}
	c.bytes = c.bytes[n:]
	return b
}
