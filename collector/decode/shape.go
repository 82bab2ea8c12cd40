package decode

import "bytes"

// maxScalars is how many values of a row are told apart; no source has half of them.
const maxScalars = 64

// shape is how a row looked that was read in full: the text around its strings,
// numbers, true, false and null, cut out where these stood, and where the chosen fields
// were. A row that has the same text around other values of that kind is as valid, has
// the same keys, and none of them twice: neither its keys nor its brackets have to be
// looked at again. Rows of one answer nearly always look alike.
type shape struct {
	around [][]byte              // before each scalar, and after the last one; empty when nothing was learned
	fields []extent              // the chosen ones
	at     [maxScalars + 1]int32 // where the texts around stood in the row that matched last
}

// extent says where the value of a field begins and ends.
type extent struct{ from, to spot }

// spot is a place in one of the texts around the scalars.
type spot struct{ around, offset int32 }

// absent is the extent of a field that a row does not have.
var absent = extent{from: spot{around: -1}}

// match returns the place behind the row that begins at a place, or -1 when it does not
// have this shape.
func (s *shape) match(text []byte, at int) int {
	if len(s.around) == 0 {
		return -1
	}
	last := len(s.around) - 1
	for i, around := range s.around[:last] {
		s.at[i] = int32(at)
		if !bytes.HasPrefix(text[at:], around) {
			return -1
		}
		if at = skipScalar(text, at+len(around)); at < 0 {
			return -1
		}
	}
	s.at[last] = int32(at)
	if !bytes.HasPrefix(text[at:], s.around[last]) {
		return -1
	}
	return at + len(s.around[last])
}

// append appends where the fields of the row that matched last are.
func (s *shape) append(to []span) []span {
	for _, field := range s.fields {
		if field == absent {
			to = append(to, span{})
			continue
		}
		to = append(to, span{s.place(field.from), s.place(field.to)})
	}
	return to
}

func (s *shape) place(at spot) int32 { return s.at[at.around] + at.offset }

// learn takes the shape of a row, which must be plain, and of which fields are known.
func (s *shape) learn(text []byte, row span, fields []span) {
	s.around, s.fields = s.around[:0], s.fields[:0]
	start := int(row.from)
	for at := start; at < int(row.to); {
		end := skipScalar(text, at)
		if end < 0 || isKey(text, end) {
			at = max(at+1, end)
			continue
		}
		if len(s.around) == maxScalars {
			s.around = s.around[:0]
			return
		}
		s.at[len(s.around)] = int32(start)
		s.around = append(s.around, text[start:at])
		at, start = end, end
	}
	s.at[len(s.around)] = int32(start)
	s.around = append(s.around, text[start:row.to])
	for _, field := range fields {
		s.fields = append(s.fields, s.extentOf(field))
	}
}

// isKey says whether what ends at a place is a key.
func isKey(text []byte, end int) bool {
	at := skipSpace(text, end)
	return at < len(text) && text[at] == ':'
}

func (s *shape) extentOf(field span) extent {
	if field == (span{}) {
		return absent
	}
	return extent{s.spotOf(field.from), s.spotOf(field.to)}
}

func (s *shape) spotOf(place int32) spot {
	i := 0
	for int(place) > int(s.at[i])+len(s.around[i]) {
		i++
	}
	return spot{int32(i), place - s.at[i]}
}
