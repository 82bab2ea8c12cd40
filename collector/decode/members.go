package decode

import (
	"encoding/json"
	"fmt"
	"hash/maphash"
	"iter"
)

// Members are the members of an object, in order. They are read in one pass over the text,
// which they refer to and do not copy; what is not plain (escapes or letters beyond
// ASCII in keys, deep nesting, any fault) is read again by encoding/json, so that
// both always come to the same. Reading anew reuses the memory: an answer of
// thousands of coins is read with two of them, one for the coins and one for the
// fields of each coin in turn. The zero value has no members.
type Members struct {
	text    []byte
	members []member
	marks   uint64  // one bit for each of few members, by the looks of its key
	index   []int32 // of members by hash, each plus 1; empty while there are few
	seed    maphash.Seed
}

// member says where key and value stand.
type member struct{ key, keyEnd, value, valueEnd int32 }

const (
	few     = 32      // members that are looked for one by one
	maxText = 1 << 29 // bytes, so that an int32 can point into it, even when it grows by decoding
)

// Object reads an object whose keys are names of fields, like the function [Object].
func (m *Members) Object(text []byte) error { return m.read(text, true) }

// Table reads an object whose keys are data, like the function [Table].
func (m *Members) Table(text []byte) error { return m.read(text, false) }

// Len returns the number of members.
func (m *Members) Len() int { return len(m.members) }

// Get returns the value of a key; nil when there is no such key.
func (m *Members) Get(key string) json.RawMessage {
	if len(m.index) > 0 {
		if i := m.index[m.slot([]byte(key))]; i > 0 {
			return m.valueOf(m.members[i-1])
		}
		return nil
	}
	for _, found := range m.members {
		if string(m.keyOf(found)) == key {
			return m.valueOf(found)
		}
	}
	return nil
}

// All goes over the members in the order of the text. The key is part of what was
// read and must not be changed.
func (m *Members) All() iter.Seq2[[]byte, json.RawMessage] {
	return func(yield func([]byte, json.RawMessage) bool) {
		for _, found := range m.members {
			if !yield(m.keyOf(found), m.valueOf(found)) {
				return
			}
		}
	}
}

func (m *Members) byKey() map[string]json.RawMessage {
	found := make(map[string]json.RawMessage, len(m.members))
	for key, value := range m.All() {
		found[string(key)] = value
	}
	return found
}

func (m *Members) keyOf(at member) []byte { return m.text[at.key:at.keyEnd] }

func (m *Members) valueOf(at member) json.RawMessage {
	return json.RawMessage(m.text[at.value:at.valueEnd:at.valueEnd])
}

func (m *Members) read(text []byte, fields bool) error {
	if len(text) > maxText {
		return fmt.Errorf("is longer than %d bytes", maxText)
	}
	m.reset(text)
	if m.readPlain(text, fields) {
		return nil
	}
	if len(m.members) == maxMembers {
		m.reset(nil)
		return errTooMany // reading them again would only take more memory
	}
	m.reset(nil)
	return m.readAny(text, fields)
}

func (m *Members) reset(text []byte) {
	m.text, m.members, m.marks = text, m.members[:0], 0
	clear(m.index)
	m.index = m.index[:0]
}

// readPlain returns false when the text is not plain, or not valid.
func (m *Members) readPlain(text []byte, fields bool) bool {
	at := skipSpace(text, 0)
	if at >= len(text) || text[at] != '{' {
		return false
	}
	at, done := enter(text, at, '}')
	for !done {
		var found member
		if found, at = readMember(text, at); at < 0 || !m.add(found, fields) {
			return false
		}
		at, done = advance(text, at, '}')
	}
	return at >= 0 && skipSpace(text, at) == len(text)
}

// readMember reads a key without escapes or letters beyond ASCII, and its value.
func readMember(text []byte, at int) (found member, end int) {
	if at >= len(text) || text[at] != '"' {
		return member{}, -1
	}
	start := at + 1
	for at = start; at < len(text) && text[at] != '"'; at++ {
		if c := text[at]; c < ' ' || c == '\\' || c >= 0x80 {
			return member{}, -1
		}
	}
	stop := at
	if at = skipColon(text, at+1); at < 0 {
		return member{}, -1
	}
	if end = skipValue(text, at, 1); end < 0 {
		return member{}, -1
	}
	return member{key: int32(start), keyEnd: int32(stop), value: int32(at), valueEnd: int32(end)}, end
}

// add returns false for a key that stands there already, and for more fields than
// any source has.
func (m *Members) add(next member, fields bool) bool {
	if len(m.members) < few {
		key := m.keyOf(next)
		mark := markOf(key)
		if m.marks&mark != 0 && m.knows(key, fields) {
			return false
		}
		m.marks |= mark
		m.members = append(m.members, next)
		return true
	}
	if fields || len(m.members) >= maxMembers {
		return false
	}
	if 2*len(m.members) >= len(m.index) {
		m.rebuild()
	}
	slot := m.slot(m.keyOf(next))
	if m.index[slot] != 0 {
		return false
	}
	m.members = append(m.members, next)
	m.index[slot] = int32(len(m.members))
	return true
}

// readAny reads with encoding/json, and copies.
func (m *Members) readAny(text []byte, fields bool) error {
	keys, values, err := members(text, fields)
	if err != nil {
		return err
	}
	for i, key := range keys {
		start := len(m.text)
		m.text = append(append(m.text, key...), values[i]...)
		m.members = append(m.members, member{
			key: int32(start), keyEnd: int32(start + len(key)),
			value: int32(start + len(key)), valueEnd: int32(len(m.text)),
		})
	}
	if len(m.members) > few {
		m.rebuild()
	}
	return nil
}
