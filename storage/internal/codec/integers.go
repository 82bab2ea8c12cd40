package codec

import (
	"math/bits"
	"slices"
)

// Limits of the code of integers.
const (
	escape     = 24      // zero bits that say: 64 plain bits follow
	longestRun = 4       // a bit stands for 2^4 zeros at most
	maxCode    = 1 << 48 // larger ones count as this in the mean
	unit       = 1 << 8  // of the running mean
	runBelow   = unit / 4
)

// scale is the running mean of the codes of a stream, in units of 1/256 and over
// about 16 of them. Writer and reader follow it alike, so it needs no room.
type scale uint64

func (s scale) next(code uint64) scale {
	return s + scale(min(code, maxCode))*(unit/16) - s>>4
}

// decay is the scale after n more zeros.
func (s scale) decay(n int) scale {
	for ; n > 0 && s >= 16; n-- { // below, nothing changes any more
		s -= s >> 4
	}
	return s
}

// rice is the parameter of the Rice code, the bits of a code that are written
// plainly. It is 0 for means below 2.
func (s scale) rice() uint { return uint(bits.Len64(uint64(s / (2 * unit)))) }

// run says that zeros are so common that runs of them are counted, and up to which
// power of two at once.
func (s scale) run() (power uint, ok bool) {
	if s >= runBelow {
		return 0, false
	}
	return min(uint(bits.LeadingZeros8(uint8(s))), longestRun), true
}

// startScale returns the scale that suits the first of values, as the one byte that
// is written and as what it stands for.
func startScale(values []int64) (byte, scale) {
	values = values[:min(len(values), 16)]
	sum := uint64(0)
	for _, v := range values {
		sum += min(zigzag(v), maxCode)
	}
	b := byte(0)
	if sum > 0 {
		b = byte(bits.Len64(sum * unit / uint64(len(values))))
	}
	return b, scaleOf(b)
}

// scaleOf is the middle of the means that have b bits.
func scaleOf(b byte) scale { return 3 << b >> 2 }

// integers appends values, most of them small.
func (w *bitWriter) integers(values []int64) {
	b, s := startScale(values)
	w.write(uint64(b), 8)
	for len(values) > 0 {
		power, ok := s.run()
		if !ok {
			code := zigzag(values[0])
			w.code(code, s.rice())
			s, values = s.next(code), values[1:]
			continue
		}
		n := w.zeros(values, power)
		for _, v := range values[:n] {
			s = s.next(zigzag(v))
		}
		values = values[n:]
	}
}

// rare appends values that are often all 0, which is one bit then.
func (w *bitWriter) rare(values []int64) {
	if !slices.ContainsFunc(values, func(v int64) bool { return v != 0 }) {
		w.write(0, 1)
		return
	}
	w.write(1, 1)
	w.integers(values)
}

// zeros appends the zeros that values begin with, up to 2^power of them and
// else with the integer that ends them. It returns how many integers that were.
func (w *bitWriter) zeros(values []int64, power uint) int {
	run := min(len(values), 1<<power)
	for n, v := range values[:run] {
		if v != 0 {
			w.write(0, 1)
			w.write(uint64(n), power)
			w.code(zigzag(v)-1, 0)
			return n + 1
		}
	}
	w.write(1, 1)
	return run
}

// code appends one code: its upper bits as that many zeros and a one, the lowest k
// bits plainly.
func (w *bitWriter) code(code uint64, k uint) {
	if upper := code >> k; upper < escape {
		w.write(1, uint(upper)+1)
		w.write(code&(1<<k-1), k)
		return
	}
	w.write(0, escape)
	w.write(code, 64)
}

func zigzag(v int64) uint64   { return uint64(v)<<1 ^ uint64(v>>63) }
func unzigzag(u uint64) int64 { return int64(u>>1) ^ -int64(u&1) }
