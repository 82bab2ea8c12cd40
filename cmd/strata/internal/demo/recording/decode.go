package recording

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/klauspost/compress/zstd"

	"strata/layers"
)

// ErrFormat says that data is no recording, or a damaged one.
var ErrFormat = errors.New("not a recording")

// maxBody bounds what a recording may unpack to, in bytes.
const maxBody = 8 << 20

// DecodeHeader reads only what a recording says about itself.
func DecodeHeader(data []byte) (Header, error) {
	header, _, err := cutHeader(data)
	return header, err
}

// Decode reads a whole recording. It returns [ErrFormat], wrapped, for anything
// that [Encode] did not write.
func Decode(data []byte) (*Recording, error) {
	header, compressed, err := cutHeader(data)
	if err != nil {
		return nil, err
	}
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxBody), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("start decompression: %w", err)
	}
	defer decoder.Close()
	body, err := decoder.DecodeAll(compressed, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	r := &Recording{Header: header}
	in := &reader{rest: body}
	for _, origin := range header.Series {
		r.Series = append(r.Series, Series{Token: origin.Token, Bars: in.series()})
	}
	if in.err == nil && len(in.rest) > 0 {
		in.fail("%d bytes after the last series", len(in.rest))
	}
	if in.err != nil {
		return nil, in.err
	}
	return r, nil
}

func cutHeader(data []byte) (header Header, rest []byte, err error) {
	after, ok := bytes.CutPrefix(data, []byte(magic))
	line, rest, found := bytes.Cut(after, []byte("\n"))
	if !ok || !found {
		return Header{}, nil, fmt.Errorf("%w: it does not begin with %q and a header", ErrFormat, magic)
	}
	if err := json.Unmarshal(line, &header); err != nil {
		return Header{}, nil, fmt.Errorf("%w: header: %w", ErrFormat, err)
	}
	return header, rest, nil
}

// reader takes varints off a body. After the first fault, which it keeps, it
// yields zeros.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) series() []Bar {
	var bars []Bar
	for range r.count() {
		bars = r.run(bars)
		if r.err != nil {
			return nil
		}
	}
	return bars
}

// run appends the bars of one run.
func (r *reader) run(bars []Bar) []Bar {
	step, first, n := r.unsigned(), r.signed(), r.count()
	finest, tick := r.signed(), r.unsigned()
	if step > 1<<32 || first < 0 || first > 1<<40 || finest < math.MinInt8 || finest > math.MaxInt8 || tick > math.MaxInt64 {
		r.fail("run out of range")
		return bars
	}
	start := len(bars)
	if (step == 0 && n > 1) || (start > 0 && first <= bars[start-1].Close) {
		r.fail("run at %d out of order", first)
	}
	for i := range n {
		coarser := min(r.unsigned(), uint64(math.MaxInt8-finest))
		price := layers.Decimal{Exponent: int8(finest + int64(coarser))}
		bars = append(bars, Bar{Close: first + int64(step)*int64(i), Price: price})
	}
	var c int64
	for i := start; i < len(bars) && r.err == nil; i++ {
		c += r.signed()
		r.price(&bars[i].Price, c, int64(tick), int8(finest))
	}
	return bars
}

// price sets the coefficient of d, which has its exponent already, from a count of
// ticks at the finest exponent of the run.
func (r *reader) price(d *layers.Decimal, ticks, tick int64, finest int8) {
	if ticks <= 0 || tick <= 0 || ticks > math.MaxInt64/tick {
		r.fail("coefficient out of range")
		return
	}
	d.Coefficient = ticks * tick
	for range int(d.Exponent) - int(finest) {
		if d.Coefficient%10 != 0 {
			r.fail("coefficient %d does not fit its exponent", d.Coefficient)
			return
		}
		d.Coefficient /= 10
	}
}

// count reads a number of things that take at least one byte each.
func (r *reader) count() int {
	n := r.unsigned()
	if n > uint64(len(r.rest)) {
		r.fail("%d announced, %d bytes left", n, len(r.rest))
		return 0
	}
	return int(n)
}

func (r *reader) unsigned() uint64 {
	v, n := binary.Uvarint(r.rest)
	if n <= 0 {
		r.fail("cut off")
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) signed() int64 {
	v, n := binary.Varint(r.rest)
	if n <= 0 {
		r.fail("cut off")
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

func (r *reader) fail(format string, args ...any) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
	}
	r.rest = nil
}
