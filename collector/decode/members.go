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
// both always come to the same. Reading anew reuses the memory. The zero value has no
// members.
type Members struct {
	text    []byte
	copied  bool // by encoding/json: text is not what was to be read
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
	if i := m.find(key); i >= 0 {
		return m.valueOf(m.members[i])
	}
	return nil
}

// find returns which member has a key; -1 when none has.
func (m *Members) find(key string) int {
	if len(m.index) > 0 {
		return int(m.index[m.slot([]byte(key))]) - 1
	}
	for i, found := range m.members {
		if string(m.keyOf(found)) == key {
			return i
		}
	}
	return -1
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

func (m *Members) read(text []byte, fields bool) error { return m.readWith(text, fields, skipAny) }

func (m *Members) readWith(text []byte, fields bool, value reader) error {
	if len(text) > maxText {
		return fmt.Errorf("is longer than %d bytes", maxText)
	}
	m.reset(text)
	if isWhole(text, m.readPlain(text, skipSpace(text, 0), fields, value)) {
		return nil
	}
	tooMany := len(m.members) == maxMembers
	m.reset(nil)
	if tooMany {
		return errTooMany // reading them again would only take more memory
	}
	keys, values, err := members(text, fields)
	m.copy(keys, values)
	return err
}

// isWhole says whether nothing follows the end of what was read.
func isWhole(text []byte, end int) bool { return end >= 0 && skipSpace(text, end) == len(text) }

func (m *Members) reset(text []byte) {
	m.text, m.copied, m.members, m.marks = text, false, m.members[:0], 0
	clear(m.index)
	m.index = m.index[:0]
}

// reader goes over the value of a key and returns the place behind it, or -1 when it is
// not plain, or not valid.
type reader func(text, key []byte, at int) (end int)

func skipAny(text, _ []byte, at int) int { return skipValue(text, at, 1) }

// readPlain reads the object that begins at a place, and is a reader but for the key.
func (m *Members) readPlain(text []byte, at int, fields bool, value reader) int {
	if at >= len(text) || text[at] != '{' {
		return -1
	}
	at, done := enter(text, at, '}')
	for !done {
		next, ok := readKey(text, at)
		if !ok {
			return -1
		}
		end := value(text, text[next.key:next.keyEnd], int(next.value))
		next.valueEnd = int32(end)
		if end < 0 || !m.add(next, fields) {
			return -1
		}
		at, done = advance(text, end, '}')
	}
	return at
}

// readKey reads a key without escapes or letters beyond ASCII, up to its value.
func readKey(text []byte, at int) (next member, ok bool) {
	if at >= len(text) || text[at] != '"' {
		return member{}, false
	}
	start := at + 1
	for at = start; at < len(text) && text[at] != '"'; at++ {
		if c := text[at]; c < ' ' || c == '\\' || c >= 0x80 {
			return member{}, false
		}
	}
	value := skipColon(text, at+1)
	return member{key: int32(start), keyEnd: int32(at), value: int32(value)}, value >= 0
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

// copy takes members that encoding/json has read.
func (m *Members) copy(keys []string, values []json.RawMessage) {
	m.copied = true
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
}
