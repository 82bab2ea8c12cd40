package collector

import (
	"encoding/binary"
	"time"

	"strata/layers"
)

// Encode writes the note; [DecodeNote] reads it back.
func (n Note) Encode() []byte {
	w := noteWriter{at: n.Time, index: make(map[string]int), bytes: make([]byte, 0, 64+16*len(n.Heard))}
	w.bytes = append(w.bytes, noteVersion)
	w.signed(n.Time.UnixMilli())
	w.decimal(n.Rate)
	w.dictionary(n.words())
	w.count(len(n.Down))
	for _, source := range n.Down {
		w.word(source)
	}
	w.count(len(n.Tokens))
	rest, before := n.Heard, ""
	for _, t := range n.Tokens {
		var heard []Heard
		heard, rest = cutToken(rest, t.Token)
		w.token(t, before, heard)
		before = t.Token
	}
	return w.bytes
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

// noteWriter appends the parts of a note.
type noteWriter struct {
	at    time.Time
	index map[string]int // of the words
	bytes []byte
}

func (w *noteWriter) count(n int)       { w.unsigned(uint64(n)) }
func (w *noteWriter) unsigned(n uint64) { w.bytes = binary.AppendUvarint(w.bytes, n) }
func (w *noteWriter) signed(n int64)    { w.bytes = binary.AppendVarint(w.bytes, n) }
func (w *noteWriter) word(word string)  { w.count(w.index[word]) }

func (w *noteWriter) text(s string) {
	w.count(len(s))
	w.bytes = append(w.bytes, s...)
}

func (w *noteWriter) decimal(d layers.Decimal) {
	w.signed(int64(d.Exponent))
	w.signed(d.Coefficient)
}

func (w *noteWriter) dictionary(words []string) {
	w.count(len(words))
	for i, word := range words {
		w.index[word] = i + 1
		w.text(word)
	}
}

func (w *noteWriter) token(t TokenStatus, before string, heard []Heard) {
	shared := 0
	for shared < min(len(before), len(t.Token)) && before[shared] == t.Token[shared] {
		shared++
	}
	w.count(shared)
	w.text(t.Token[shared:])
	w.word(string(t.State))
	w.unsigned(spreadToNote(t.Spread))
	w.count(len(heard))
	for _, h := range heard {
		w.quote(h)
	}
}

func (w *noteWriter) quote(h Heard) {
	w.word(h.Source)
	w.count(w.index[string(h.Reason)]<<headReason | h.head())
	if h.Price != (layers.Decimal{}) {
		w.decimal(h.Price)
	}
	if h.Currency != USD {
		w.word(h.Currency)
	}
	if !h.Time.IsZero() {
		w.signed(w.at.UnixMilli() - h.Time.UnixMilli())
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
