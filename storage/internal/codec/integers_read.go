package codec

import (
	"encoding/binary"
	"iter"
	"math"
	"math/bits"
)

// integerReader takes off what bitWriter.integers appended.
type integerReader struct {
	bits  *bitReader
	scale scale
	zeros int  // still to come of the current run
	ended bool // the run is followed by an integer that is not 0
}

func (r *bitReader) integers() integerReader {
	return integerReader{bits: r, scale: scaleOf(byte(r.read(8)) & 63)}
}

// rare is for what bitWriter.rare appended.
func (r *bitReader) rare() integerReader {
	if r.read(1) == 0 {
		return integerReader{bits: r, zeros: math.MaxInt}
	}
	return r.integers()
}

// all yields the next n integers.
func (r *integerReader) all(n int) iter.Seq2[int, int64] {
	return func(yield func(int, int64) bool) {
		var buffer [64]int64
		for i := 0; i < n; i += len(buffer) {
			part := buffer[:min(len(buffer), n-i)]
			r.read(part)
			for j, v := range part {
				if !yield(i+j, v) {
					return
				}
			}
		}
	}
}

// read fills dst. Past the end of the bits it finds anything; bitReader.done tells.
func (r *integerReader) read(dst []int64) {
	for len(dst) > 0 {
		dst = dst[r.readRuns(dst):]
		dst = dst[r.readCodes(dst):]
		if _, ok := r.scale.run(); !ok && len(dst) > 0 {
			dst[0] = r.readCode()
			dst = dst[1:]
		}
	}
}

// readRuns reads integers for as long as zeros are counted.
func (r *integerReader) readRuns(dst []int64) int {
	for at := 0; at < len(dst); {
		if r.zeros == 0 && !r.ended && !r.startRun() {
			return at
		}
		n := min(r.zeros, len(dst)-at)
		clear(dst[at : at+n])
		r.scale = r.scale.decay(n)
		r.zeros -= n
		if at += n; at < len(dst) && r.ended {
			code := r.bits.code(0) + 1
			r.scale, r.ended = r.scale.next(code), false
			dst[at] = unzigzag(code)
			at++
		}
	}
	return len(dst)
}

// startRun reads how many zeros follow, if that is how they are written here.
func (r *integerReader) startRun() bool {
	power, ok := r.scale.run()
	switch {
	case !ok:
		return false
	case r.bits.read(1) == 1:
		r.zeros = 1 << power
	default:
		r.zeros, r.ended = int(r.bits.read(power)), true
	}
	return true
}

// readCodes reads integers for as long as each has a code of its own. It is where
// the time goes, so what changes is held in local variables and the common case is
// one load; the masks tell the compiler that no shift is by 64 or more.
func (r *integerReader) readCodes(dst []int64) int {
	bytes, at, end, s := r.bits.bytes, r.bits.at, r.bits.end, r.scale
	n := 0
	for ; n < len(dst) && at < end && s >= runBelow; n++ {
		k := s.rice()
		window := binary.BigEndian.Uint64(bytes[at>>3:]) << (at & 7)
		upper := uint(bits.LeadingZeros64(window))
		if upper >= escape || upper+k > 56 {
			break
		}
		code := uint64(upper)<<(k&63) | window<<((upper+1)&63)>>1>>((63-k)&63)
		at += upper + 1 + k
		s = s.next(code)
		dst[n] = unzigzag(code)
	}
	r.bits.at, r.scale = at, s
	return n
}

// readCode reads an integer whose code may be of any length.
func (r *integerReader) readCode() int64 {
	code := r.bits.code(r.scale.rice())
	r.scale = r.scale.next(code)
	return unzigzag(code)
}

// code takes off one code.
func (r *bitReader) code(k uint) uint64 {
	upper := uint(bits.LeadingZeros64(r.peek()))
	if upper >= escape {
		r.at += escape
		return r.read(64)
	}
	r.at += upper + 1
	return uint64(upper)<<k | r.read(k)
}
