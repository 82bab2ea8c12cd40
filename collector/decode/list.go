package decode

import "fmt"

// readList takes the elements of an array for members without keys.
func (m *Members) readList(text []byte, value reader) error {
	if len(text) > maxText {
		return fmt.Errorf("is longer than %d bytes", maxText)
	}
	m.reset(text)
	if isWhole(text, m.readPlainList(text, skipSpace(text, 0), value)) {
		return nil
	}
	m.reset(nil)
	values, err := elements(text)
	m.copied = true
	for _, value := range values {
		m.text = append(m.text, value...)
		m.members = append(m.members, member{value: int32(len(m.text) - len(value)), valueEnd: int32(len(m.text))})
	}
	return err
}

// readPlainList reads the array that begins at a place, and is a reader but for the key.
func (m *Members) readPlainList(text []byte, at int, value reader) int {
	if at >= len(text) || text[at] != '[' {
		return -1
	}
	at, done := enter(text, at, ']')
	for !done {
		end := value(text, nil, at)
		if end < 0 || len(m.members) == maxElements {
			return -1
		}
		m.members = append(m.members, member{value: int32(at), valueEnd: int32(end)})
		at, done = advance(text, end, ']')
	}
	return at
}
