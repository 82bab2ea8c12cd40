package codec

import "encoding/binary"

// padding follows the last bit of a value, so that a reader may always load the
// eight bytes a position lies in.
const padding = 8

// bitWriter appends bits, the most significant first.
type bitWriter struct {
	bytes []byte
	acc   uint64 // pending bits, left aligned
	used  uint   // how many of acc are taken, less than 64
}

// write appends the lowest n bits of v, n ≤ 64. The bits above must be 0.
func (w *bitWriter) write(v uint64, n uint) {
	if n == 0 {
		return
	}
	free := 64 - w.used
	if n < free {
		w.acc |= v << (free - n)
		w.used += n
		return
	}
	rest := n - free
	w.bytes = binary.BigEndian.AppendUint64(w.bytes, w.acc|v>>rest)
	w.acc, w.used = 0, rest
	if rest > 0 {
		w.acc = v << (64 - rest)
	}
}

// finish fills the last byte with zeros and returns everything.
func (w *bitWriter) finish() []byte {
	for ; w.used > 0; w.used -= min(w.used, 8) {
		w.bytes = append(w.bytes, byte(w.acc>>56))
		w.acc <<= 8
	}
	return w.bytes
}

// bitReader takes bits off again. It reads at most padding bytes past its end and
// then stays there; done tells.
type bitReader struct {
	bytes []byte // with at least padding bytes behind end
	at    uint   // position in bits
	end   uint   // in bits
}

// peek returns the bits that follow, left aligned; at least 57 of them are real.
func (r *bitReader) peek() uint64 {
	at := min(r.at, r.end)
	return binary.BigEndian.Uint64(r.bytes[at>>3:]) << (at & 7)
}

// read takes n ≤ 64 bits.
func (r *bitReader) read(n uint) uint64 {
	if n > 56 {
		high := r.read(n - 32)
		return high<<32 | r.read(32)
	}
	v := r.peek() >> 1 >> (63 - n)
	r.at += n
	return v
}

// done says whether the bits ended in the last byte, and nothing was read past it.
func (r *bitReader) done() bool { return r.at <= r.end && r.end-r.at < 8 }
