package decode

import (
	"bytes"
	"hash/maphash"
	"math/bits"
	"slices"
)

// markOf returns the same bit for keys that are equal but for case, and mostly
// another one for others.
func markOf(key []byte) uint64 {
	if len(key) == 0 {
		return 1
	}
	first, last := key[0]|0x20, key[len(key)-1]|0x20
	return 1 << ((uint(first) + 5*uint(last) + 11*uint(len(key))) % 64)
}

// knows looks through few members.
func (m *Members) knows(key []byte, fields bool) bool {
	for _, other := range m.members {
		if int(other.keyEnd-other.key) != len(key) {
			continue
		}
		known := m.keyOf(other)
		if bytes.Equal(known, key) || fields && bytes.EqualFold(known, key) {
			return true
		}
	}
	return false
}

// rebuild makes an index that has room for twice as many members, or for all of them if
// the rest of the text is like its beginning.
func (m *Members) rebuild() {
	last := m.members[len(m.members)-1]
	expected := len(m.members) * len(m.text) / int(last.valueEnd)
	expected = min(max(expected+expected/8, 2*len(m.members)), maxMembers)
	m.members = slices.Grow(m.members, expected-len(m.members))
	size := 1 << bits.Len(uint(2*expected))
	m.index = slices.Grow(m.index[:0], size)[:size]
	clear(m.index)
	if m.seed == (maphash.Seed{}) {
		m.seed = maphash.MakeSeed()
	}
	for i, known := range m.members {
		m.index[m.slot(m.keyOf(known))] = int32(i + 1)
	}
}

// slot returns where a key stands in the index, or where it belongs. The hash has a
// seed of its own: a source cannot choose keys that collide.
func (m *Members) slot(key []byte) int {
	mask := len(m.index) - 1
	slot := int(maphash.Bytes(m.seed, key)) & mask
	for m.index[slot] != 0 && !bytes.Equal(m.keyOf(m.members[m.index[slot]-1]), key) {
		slot = (slot + 1) & mask
	}
	return slot
}
