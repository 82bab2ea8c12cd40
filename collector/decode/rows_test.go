package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// wanted are fields that the texts of these tests have and have not.
var wanted = []string{"a", "usd", "c"}

// alike are rows on which a reader goes wrong that believes they look like the one before.
var alike = []string{
	`{"usd":1,"c":["2","3"],"a":null}`, `{"usd":1.5e3,"c":["","\u0041"],"a":"x"}`, `{"usd":true,"c":[1,2],"a":-0}`,
	`{"usd":[1],"c":["2","3"],"a":null}`, `{"usd":1,"c":["2"],"a":null}`, `{"usd":1,"c":[],"a":{"usd":2}}`, `{"usd":1,"c":{"a":1,"a":2},"a":3}`,
	`{"usd":1,"c":["2","3"],"A":null}`, `{"usd":1,"usd":2}`, `{"usd":1,"USD":2}`, `{"usd":1,"\u0063":2}`, `{"usd":1,"é":2}`, `{"usd" : 1 , "c" : 2}`,
	`{"usd":1,"c":["2","3"],"a":null,"b":0}`, `{}`, `{ }`, `null`, `[]`, `[1,2]`, `""`, `{"usd":01}`, `{"usd":1,}`, `{"usd":1`, `{"usd":"1`, `{"usd":1}}`,
	`{"x":"a:b","y":"\":","usd":":"}`, `{"x":"{","usd":"}"}`, `{"c":[[],{},[{}]],"usd":[{"usd":1}]}`, `{"usd":tru}`, `{"usd":1.}`, "{\"usd\":\"\x01\"}",
	`{"c":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `,"usd":1}`, `{"c":[` + strings.Repeat("1,", 2*maxScalars) + `1],"usd":2}`,
}

func TestRowsAreWhatMembersOfMembersAre(t *testing.T) {
	for _, first := range alike {
		for _, second := range alike {
			compareRows(t, []byte(`{"x":`+first+`,"y":`+second+`,"z":`+first+`}`))
			compareRows(t, []byte(`[`+first+`,`+second+`,`+first+`]`))
		}
	}
	for _, text := range odd {
		compareRows(t, []byte(text))
	}
	compareRows(t, bytes.ReplaceAll(numbered(1000), []byte(":"), []byte(`:{"usd":1,"c":`+"2},\"x\":")))
	for _, size := range []int{maxElements, maxElements + 1} {
		compareRows(t, []byte("["+strings.Repeat("{},", size-1)+"{}]"))
	}
}

func TestRowsAreReadAlikeWhereverOneByteDiffers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SampledFrom(alike[:18]), 1, 6).Draw(t, "rows")
		text := []byte("[" + strings.Join(rows, ",") + "]")
		if rapid.Bool().Draw(t, "table") {
			for i := range rows {
				rows[i] = fmt.Sprintf(`"k%d":%s`, i, rows[i])
			}
			text = []byte("{" + strings.Join(rows, ",") + "}")
		}
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		text[at] = rapid.SampledFrom([]byte("{}[]:,\"\\ \n01.-eEaAu\x00\xff")).Draw(t, "byte")
		compareRows(t, text)
	})
}

func FuzzRows(f *testing.F) {
	for i, row := range alike {
		f.Add([]byte(`{"x":` + row + `,"y":` + alike[0] + `,"z":` + row + `}`))
		f.Add([]byte(`[` + row + `,` + row + `,` + alike[max(i-1, 0)] + `]`))
	}
	f.Fuzz(func(t *testing.T, text []byte) { compareRows(t, text) })
}

// reporter is what a test and a property have in common.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

// compareRows reads a text as rows, by themselves and inside an object, and holds them
// against what encoding/json makes of it.
func compareRows(t reporter, text []byte) {
	t.Helper()
	rows := NewRows(wanted...)
	if err := errors.Join(rows.Table([]byte(`{"x":`+alike[0]+`}`)), rows.List([]byte(`[`+alike[1]+`]`))); err != nil { // nothing may rely on fresh memory
		t.Errorf("%v", err)
	}
	keys, values, wantErr := members(text, false)
	compareRead(t, text, rows, rows.Table(text), keys, values, wantErr)
	list, listErr := elements(text)
	compareRead(t, text, rows, rows.List(text), nil, list, listErr)

	around := slices.Concat([]byte(`{"code":0,"data":`), text, []byte(`,"x":1}`))
	fields, inner, outerErr := members(around, true)
	for _, table := range []bool{true, false} {
		var envelope Members
		read := rows.ListIn
		if table {
			read = rows.TableIn
		}
		if err := read(&envelope, around, "data"); !same(err, outerErr) || envelope.Len() != len(fields) {
			t.Errorf("around %.200q: %v, %d fields, want %v, %d", text, err, envelope.Len(), outerErr, len(fields))
		}
		if outerErr != nil {
			if !same(rows.Err(), outerErr) || rows.Members().Len() != 0 {
				t.Errorf("inside %.200q: %v, %d rows, want none", text, rows.Err(), rows.Members().Len())
			}
			continue
		}
		if i := slices.Index(fields, "data"); table {
			keys, values, wantErr = members(inner[i], false)
		} else {
			keys = nil
			values, wantErr = elements(inner[i])
		}
		compareRead(t, text, rows, rows.Err(), keys, values, wantErr)
	}
}

// compareRead holds rows against the values that they should be.
func compareRead(t reporter, text []byte, rows *Rows, err error, keys []string, values []json.RawMessage, wantErr error) {
	t.Helper()
	if !same(err, wantErr) || wantErr == nil && rows.Members().Len() != len(values) {
		t.Errorf("%.200q: %d rows, %v, want %d, %v", text, rows.Members().Len(), err, len(values), wantErr)
		return
	}
	if wantErr != nil {
		return
	}
	i := 0
	for row, err := range rows.All() {
		compareRow(t, values[i], row, err)
		i++
	}
	for i, key := range keys {
		row, err := rows.Row(key)
		compareRow(t, values[i], row, err)
	}
	if _, err := rows.Row("absent"); !errors.Is(err, ErrAbsent) && !slices.Contains(keys, "absent") {
		t.Errorf("%.200q: an absent key gives %v", text, err)
	}
}

func compareRow(t reporter, text json.RawMessage, row Row, err error) {
	t.Helper()
	keys, values, wantErr := members(text, true)
	if !same(err, wantErr) {
		t.Errorf("row %.200q: %v, want %v", text, err, wantErr)
	}
	if wantErr != nil {
		return
	}
	for _, field := range wanted {
		var want json.RawMessage
		if i := slices.Index(keys, field); i >= 0 {
			want = values[i]
		}
		if got := row.Get(field); !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("row %.200q: %s is %q, want %q", text, field, got, want)
		}
	}
}

func TestReadingRowsAgainTakesNoMemory(t *testing.T) {
	body := []byte(`{"error":[],"result":{` + strings.Repeat(" ", 8))
	for i := range 1000 {
		body = fmt.Appendf(body, `"T%d/USD":{"a":["1","2"],"c":["62641.967327043465","%d"],"usd":%d},`, i, i, i)
	}
	body = append(bytes.TrimSuffix(body, []byte(",")), "}}"...)
	var envelope Members
	rows := NewRows(wanted...)
	var total int64
	allocated := testing.AllocsPerRun(10, func() {
		if err := errors.Join(rows.TableIn(&envelope, body, "result"), rows.Err()); err != nil {
			t.Fatal(err)
		}
		for row, err := range rows.All() {
			last, _ := AppendArray(make([]json.RawMessage, 0, 2), row.Get("c"))
			price, _ := Quoted(last[0])
			at, _ := Integer(row.Get("usd"))
			total += price.Coefficient + at
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	if allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
}
