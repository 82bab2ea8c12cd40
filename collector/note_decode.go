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
	var r noteReader
	r.ages = noteBytes{&r, text}
	if version := r.ages.unsigned(); version != noteVersion {
		return Note{}, fmt.Errorf("read note: version %d, want %d: %w", version, noteVersion, errNote)
	}
	r.shape = noteBytes{&r, r.ages.part()}
	r.prices = noteBytes{&r, r.ages.part()}
	n := Note{Time: r.time(r.prices.signed())}
	r.at = n.Time
	n.Rate = layers.Decimal{Exponent: r.exponent(&r.prices), Coefficient: r.prices.signed()}
	r.dictionary()
	for range r.shape.count() {
		n.Down = append(n.Down, r.word())
	}
	before := ""
	for range r.shape.count() {
		from := len(n.Heard)
		t := r.token(before, &n.Heard)
		if r.failed != "" {
			break
		}
		n.agree(&t, n.Heard[from:])
		n.Tokens, before = append(n.Tokens, t), t.Token
	}
	if len(r.shape.bytes)+len(r.prices.bytes)+len(r.ages.bytes) > 0 {
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
	failed string // what was wrong first

	shape, prices, ages noteBytes
}

func (r *noteReader) fail(what string) {
	if r.failed == "" {
		r.failed = what
	}
	r.shape.bytes, r.prices.bytes, r.ages.bytes = nil, nil, nil
}

// noteBytes is what is left of a part of a note.
type noteBytes struct {
	r     *noteReader
	bytes []byte
}

func (b *noteBytes) unsigned() uint64 {
	n, size := binary.Uvarint(b.bytes)
	if size <= 0 || size > 1 && b.bytes[size-1] == 0 { // padded numbers are not written
		b.r.fail("a number is broken")
		return 0
	}
	b.bytes = b.bytes[size:]
	return n
}

func (b *noteBytes) signed() int64 {
	n := b.unsigned()
	return int64(n>>1) ^ -int64(n&1)
}

// count reads how many things follow. Each takes at least a byte, so a note cannot ask
// for more room than it is long.
func (b *noteBytes) count() int {
	n := b.unsigned()
	if n > uint64(len(b.bytes)) {
		b.r.fail("it is cut off")
		return 0
	}
	return int(n)
}

// part reads a length and as many bytes.
func (b *noteBytes) part() []byte {
	n := b.count()
	part := b.bytes[:n]
	b.bytes = b.bytes[n:]
	return part
}

func (b *noteBytes) text() string {
	part := b.part()
	if len(part) > maxNoteWord {
		b.r.fail("a word is too long")
		return ""
	}
	return string(part)
}

func (r *noteReader) exponent(from *noteBytes) int8 {
	exponent := from.signed()
	if exponent < math.MinInt8 || exponent > math.MaxInt8 {
		r.fail("an exponent is out of range")
		return 0
	}
	return int8(exponent)
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
	for range r.shape.count() {
		word := r.shape.text()
		if word == "" {
			r.fail("a word is empty")
			return
		}
		r.words = append(r.words, word)
	}
}

func (r *noteReader) word() string { return r.wordAt(r.shape.unsigned()) }

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
	shared := r.shape.unsigned()
	rest := r.shape.text()
	if shared > uint64(len(before)) || shared+uint64(len(rest)) > maxNoteWord || before[:shared]+rest <= before {
		r.fail("a token is out of order")
		return TokenStatus{}
	}
	t := TokenStatus{Token: before[:shared] + rest, State: TokenState(r.word())}
	var last layers.Decimal
	for range r.shape.count() {
		h := r.quote(t.Token, last)
		if h.Price != (layers.Decimal{}) {
			last = h.Price
		}
		*heard = append(*heard, h)
	}
	return t
}

// quote reads a quote, of a token whose price before was the last.
func (r *noteReader) quote(token string, last layers.Decimal) Heard {
	h := Heard{Token: token, Source: r.word(), Currency: USD}
	head := r.shape.unsigned()
	h.Reason, h.Used = Reason(r.wordAt(head>>headReason)), head&headUsed != 0
	if head&headPriced != 0 {
		h.Price.Exponent = r.exponent(&r.shape)
		h.Price.Coefficient = r.prices.signed() + nearby(last, h.Price.Exponent)
	}
	if head&headForeign != 0 {
		h.Currency = r.word()
	}
	if head&headTimed != 0 {
		h.Time = r.age(r.ages.signed())
	}
	if head&headDetailed != 0 {
		h.Detail = r.word()
	}
	return h
}

// age turns the age of a quote into its time.
func (r *noteReader) age(age int64) time.Time {
	if age > 1<<48 || age < -1<<48 {
		r.fail("an age is out of range")
		return time.Time{}
	}
	return r.time((ticks(r.at) - age) * noteClock.Milliseconds())
}
