package collector

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"strata/layers"
)

// errNote says that bytes are no note.
var errNote = errors.New("not a note")

// DecodeNote reads a note, strictly: what [Note.Encode] would not write is an error.
func DecodeNote(text []byte) (Note, error) {
	r := noteReader{bytes: text}
	if version := r.unsigned(); version != noteVersion {
		return Note{}, fmt.Errorf("read note: version %d, want %d: %w", version, noteVersion, errNote)
	}
	n := Note{Time: r.time(r.signed())}
	r.at = n.Time
	n.Rate = r.decimal()
	r.dictionary()
	for range r.count() {
		n.Down = append(n.Down, r.word())
	}
	before := ""
	for range r.count() {
		t := r.token(before, &n.Heard)
		if r.failed != "" {
			break
		}
		n.Tokens, before = append(n.Tokens, t), t.Token
	}
	if len(r.bytes) > 0 {
		r.fail("bytes are left over")
	}
	if r.failed != "" {
		return Note{}, fmt.Errorf("read note: %s: %w", r.failed, errNote)
	}
	return n, nil
}

// noteReader takes the parts of a note off its front. After a failure it reads zeros,
// of which every count ends its loop.
type noteReader struct {
	at     time.Time
	words  []string
	bytes  []byte
	failed string // what was wrong first
}

func (r *noteReader) fail(what string) {
	if r.failed == "" {
		r.failed = what
	}
	r.bytes = nil
}

func (r *noteReader) unsigned() uint64 {
	n, size := binary.Uvarint(r.bytes)
	if size <= 0 || size > 1 && r.bytes[size-1] == 0 { // padded numbers are not written
		r.fail("a number is broken")
		return 0
	}
	r.bytes = r.bytes[size:]
	return n
}

func (r *noteReader) signed() int64 {
	n := r.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads how many things follow. Each takes at least a byte, so a note cannot ask
// for more room than it is long.
func (r *noteReader) count() int {
	n := r.unsigned()
	if n > uint64(len(r.bytes)) {
		r.fail("it is cut off")
		return 0
	}
	return int(n)
}

func (r *noteReader) text() string {
	n := r.count()
	if n > maxNoteWord {
		r.fail("a word is too long")
		return ""
	}
	text := string(r.bytes[:n])
	r.bytes = r.bytes[n:]
	return text
}

func (r *noteReader) decimal() layers.Decimal {
	exponent, coefficient := r.signed(), r.signed()
	if exponent < math.MinInt8 || exponent > math.MaxInt8 {
		r.fail("an exponent is out of range")
		return layers.Decimal{}
	}
	return layers.Decimal{Coefficient: coefficient, Exponent: int8(exponent)}
}

// time turns milliseconds since 1970 into a time that can be written in RFC 3339.
func (r *noteReader) time(millis int64) time.Time {
	t := time.UnixMilli(millis).UTC()
	if year := t.Year(); millis > 1<<48 || millis < -1<<48 || year < 1 || year > 9999 {
		r.fail("a time is out of range")
		return time.Time{}
	}
	return t
}

func (r *noteReader) dictionary() {
	for range r.count() {
		word := r.text()
		if word == "" {
			r.fail("a word is empty")
			return
		}
		r.words = append(r.words, word)
	}
}

func (r *noteReader) word() string { return r.wordAt(r.unsigned()) }

func (r *noteReader) wordAt(index uint64) string {
	switch {
	case index == 0:
		return ""
	case index > uint64(len(r.words)):
		r.fail("a word is not there")
		return ""
	}
	return r.words[index-1]
}

// token reads a token and appends what was heard of it.
func (r *noteReader) token(before string, heard *[]Heard) TokenStatus {
	shared := r.unsigned()
	rest := r.text()
	if shared > uint64(len(before)) || shared+uint64(len(rest)) > maxNoteWord || before[:shared]+rest <= before {
		r.fail("a token is out of order")
		return TokenStatus{}
	}
	t := TokenStatus{Token: before[:shared] + rest, State: TokenState(r.word())}
	units := r.unsigned()
	if units > spreadToNote(math.Inf(1)) {
		r.fail("a spread is out of range")
	}
	t.Spread = spreadFromNote(units)
	for range r.count() {
		h := r.quote(t.Token)
		if h.Used {
			t.Sources = append(t.Sources, h.Source)
		}
		*heard = append(*heard, h)
	}
	return t
}

func (r *noteReader) quote(token string) Heard {
	h := Heard{Token: token, Source: r.word(), Currency: USD}
	head := r.unsigned()
	h.Reason, h.Used = Reason(r.wordAt(head>>headReason)), head&headUsed != 0
	if head&headPriced != 0 {
		h.Price = r.decimal()
	}
	if head&headForeign != 0 {
		h.Currency = r.word()
	}
	if head&headTimed != 0 {
		h.Time = r.age(r.signed())
	}
	if head&headDetailed != 0 {
		h.Detail = r.word()
	}
	return h
}

// age turns the age of a quote into its time.
func (r *noteReader) age(millis int64) time.Time {
	if millis > 1<<48 || millis < -1<<48 {
		r.fail("an age is out of range")
		return time.Time{}
	}
	return r.time(r.at.UnixMilli() - millis)
}
