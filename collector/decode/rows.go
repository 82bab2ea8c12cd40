package decode

import (
	"encoding/json"
	"errors"
	"iter"
)

// ErrAbsent says that an answer has no row with that key.
var ErrAbsent = errors.New("not in the answer")

// Rows are objects of one kind, such as the coins or the tickers of an answer, of
// which some fields are wanted. All of them are read in one pass over the text, which
// finds the fields while it checks the rest. Rows are as strict as [Members] of Members,
// and read by encoding/json where something is not plain. Reading anew reuses the memory.
type Rows struct {
	wanted []string
	all    Members
	values []span // of the wanted fields of each row; strange for a row that is to be read by itself
	shape  shape
	single Members // of the row that was read last by itself
	err    error   // of rows that stand inside something
}

// span is a part of the text; the zero span is of a field that is not there.
type span struct{ from, to int32 }

// strange marks a row that is not plain, or no object.
var strange = span{from: -1}

// NewRows returns no rows yet, of which those fields are wanted, at least one.
func NewRows(fields ...string) *Rows { return &Rows{wanted: fields} }

// Table reads rows that stand in an object whose keys are data, such as symbols. Only
// equal keys are an error; a fault within a row is one of that row.
func (r *Rows) Table(text []byte) error {
	r.reset(nil)
	return r.all.readWith(text, false, r.read)
}

// List reads rows that stand in an array.
func (r *Rows) List(text []byte) error {
	r.reset(nil)
	return r.all.readList(text, r.read)
}

func (r *Rows) reset(text []byte) {
	r.all.reset(text)
	r.values, r.shape.around = r.values[:0], r.shape.around[:0]
}

// Members returns the values of all rows, be they objects or not, by their keys.
func (r *Rows) Members() *Members { return &r.all }

// Row returns the row with a key, which is good until the next one is asked for. The
// error is [ErrAbsent], or what is wrong with a row that is no object with unique keys.
func (r *Rows) Row(key string) (Row, error) {
	i := r.all.find(key)
	if i < 0 {
		return Row{}, ErrAbsent
	}
	return r.row(i)
}

// All goes over the rows in the order of the text. Each is good until the next one.
func (r *Rows) All() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for i := range r.all.members {
			if !yield(r.row(i)) {
				return
			}
		}
	}
}

// Row is an object of which the wanted fields are known.
type Row struct {
	rows   *Rows
	values []span // nil when it was read by itself
}

// Get returns the value of a wanted field; nil when the row does not have it.
func (row Row) Get(field string) json.RawMessage {
	if row.values == nil {
		return row.rows.single.Get(field)
	}
	for i, wanted := range row.rows.wanted {
		if at := row.values[i]; wanted == field && at.to > 0 {
			return json.RawMessage(row.rows.all.text[at.from:at.to:at.to])
		}
	}
	return nil
}

func (r *Rows) row(i int) (Row, error) {
	first := i * len(r.wanted)
	if !r.all.copied && r.values[first] != strange {
		return Row{rows: r, values: r.values[first : first+len(r.wanted)]}, nil
	}
	return Row{rows: r}, r.single.Object(r.all.valueOf(r.all.members[i]))
}

// read is a [reader] of a row, which keeps where its wanted fields are.
func (r *Rows) read(text, _ []byte, at int) int {
	if end := r.shape.match(text, at); end >= 0 {
		r.values = r.shape.append(r.values)
		return end
	}
	end := skipValue(text, at, 1)
	if end >= 0 {
		r.study(text, at, end)
	}
	return end
}

// study reads a row by itself, and has the next ones compared with it.
func (r *Rows) study(text []byte, at, end int) {
	r.single.reset(text)
	plain := r.single.readPlain(text, at, true, skipAny) == end
	first := len(r.values)
	for _, field := range r.wanted {
		value := span{}
		if !plain {
			value = strange
		} else if i := r.single.find(field); i >= 0 {
			value = span{r.single.members[i].value, r.single.members[i].valueEnd}
		}
		r.values = append(r.values, value)
	}
	if plain {
		r.shape.learn(text, span{int32(at), int32(end)}, r.values[first:])
	}
}
