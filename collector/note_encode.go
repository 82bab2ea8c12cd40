package collector

import (
	"encoding/binary"
	"time"

	"strata/layers"
)

// Encode writes the note; [DecodeNote] reads it back.
func (n Note) Encode() []byte {
	w := noteWriter{at: n.Time, index: make(map[string]int)}
	w.prices.signed(n.Time.UnixMilli())
	w.prices.signed(int64(n.Rate.Exponent))
	w.prices.signed(n.Rate.Coefficient)
	w.dictionary(n.words())
	w.shape.count(len(n.Down))
	for _, source := range n.Down {
		w.word(source)
	}
	w.shape.count(len(n.Tokens))
	rest, before := n.Heard, ""
	for _, t := range n.Tokens {
		var heard []Heard
		heard, rest = cutToken(rest, t.Token)
		w.token(t, before, heard)
		before = t.Token
	}
	all := noteColumn{noteVersion}
	all.text(string(w.shape))
	all.text(string(w.prices))
	return append(all, w.ages...)
}

// words returns the words of a note in the order in which they are met, reasons first:
// the smaller the index of a reason, the smaller the heads.
func (n Note) words() []string {
	seen := map[string]bool{"": true, USD: true}
	var words []string
	add := func(all ...string) {
		for _, word := range all {
			if !seen[word] {
				seen[word] = true
				words = append(words, word)
			}
		}
	}
	for _, h := range n.Heard {
		add(string(h.Reason))
	}
	for _, h := range n.Heard {
		add(h.Source, h.Currency, h.Detail)
	}
	for _, t := range n.Tokens {
		add(string(t.State))
	}
	add(n.Down...)
	return words
}

// noteColumn is a part of a note to which things are appended.
type noteColumn []byte

func (c *noteColumn) count(n int)       { c.unsigned(uint64(n)) }
func (c *noteColumn) unsigned(n uint64) { *c = binary.AppendUvarint(*c, n) }
func (c *noteColumn) signed(n int64)    { *c = binary.AppendVarint(*c, n) }

func (c *noteColumn) text(s string) {
	c.count(len(s))
	*c = append(*c, s...)
}

// noteWriter appends to the parts of a note.
type noteWriter struct {
	at    time.Time
	index map[string]int // of the words

	shape, prices, ages noteColumn
}

func (w *noteWriter) word(word string) { w.shape.count(w.index[word]) }

func (w *noteWriter) dictionary(words []string) {
	w.shape.count(len(words))
	for i, word := range words {
		w.index[word] = i + 1
		w.shape.text(word)
	}
}

func (w *noteWriter) token(t TokenStatus, before string, heard []Heard) {
	shared := 0
	for shared < min(len(before), len(t.Token)) && before[shared] == t.Token[shared] {
		shared++
	}
	w.shape.count(shared)
	w.shape.text(t.Token[shared:])
	w.word(string(t.State))
	w.shape.count(len(heard))
	var last layers.Decimal
	for _, h := range heard {
		w.quote(h, last)
		if h.Price != (layers.Decimal{}) {
			last = h.Price
		}
	}
}

// quote writes a quote, of a token whose price before was the last.
func (w *noteWriter) quote(h Heard, last layers.Decimal) {
	w.word(h.Source)
	w.shape.count(w.index[string(h.Reason)]<<headReason | h.head())
	if h.Price != (layers.Decimal{}) {
		w.shape.signed(int64(h.Price.Exponent))
		w.prices.signed(h.Price.Coefficient - nearby(last, h.Price.Exponent))
	}
	if h.Currency != USD {
		w.word(h.Currency)
	}
	if !h.Time.IsZero() {
		w.ages.signed(ticks(w.at) - ticks(h.Time))
	}
	if h.Detail != "" {
		w.word(h.Detail)
	}
}

// head says which parts follow it.
func (h Heard) head() (bits int) {
	for _, part := range [...]struct {
		bit   int
		there bool
	}{
		{headPriced, h.Price != layers.Decimal{}},
		{headForeign, h.Currency != USD},
		{headTimed, !h.Time.IsZero()},
		{headUsed, h.Used},
		{headDetailed, h.Detail != ""},
	} {
		if part.there {
			bits |= part.bit
		}
	}
	return bits
}
