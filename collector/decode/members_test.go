package decode

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"strata/layers"
)

// odd are texts on which a quick reader goes wrong.
var odd = []string{
	`{"usd":1}`, `{}`, ` { } `, "\t{\n\"a\" : [ 1 , 2 ] , \"b\":{\"c\":null}}\r\n", `{"a":true,"b":false,"c":null}`,
	`{"a":tru}`, `{"a":nul`, `{"a":1,}`, `{,"a":1}`, `{"a" 1}`, `{"a":1 "b":2}`, `{"a":}`, `{a:1}`, `{"a":1}}`, `{"a":1}x`, `{"a":1}[]`,
	`{"a":01}`, `{"a":-}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":1e+}`, `{"a":+1}`, `{"a":0x1}`, `{"a":NaN}`, `{"a":-Infinity}`,
	`{"a":-0}`, `{"a":1E5}`, `{"a":1e-400}`, `{"a":1.50e+07}`, `{"a":00}`, `{"a":-01}`, `{"a":1_000}`,
	`{"a":"b\n"}`, `{"a":"\u00e9\ud83d\ude00"}`, `{"a":"\u12"}`, `{"a":"\x41"}`, `{"a":"\"}`, `{"a":"\""}`, "{\"a\":\"b\n\"}", "{\"a\x00\":1}",
	`{"\u0061":1,"a":2}`, `{"\u0061":1,"b":2}`, `{"é":1,"É":2}`, "{\"a\xff\":1}", "{\"a\":\"\xff\"}", "{\"a\xff\":1,\"a\xfe\":2}", `{"K":1,"\u212a":2}`, `{"ſ":1,"s":2}`,
	`{"usd":1,"usd":2}`, `{"usd":1,"USD":2}`, `{"":1}`, `{"":1,"":2}`, "\ufeff{}", ``, ` `, `null`, `[]`, `"{}"`, `{`, `{"`, `{"a`, `{"a"`, `{"a":`, `{"a":1`,
	`[1,2,3]`, `[ ]`, `[,]`, `[1,]`, `[1 2]`, `[[],{},""]`, `[1]]`, `[`, `[{"a":1,"a":2}]`, `["a\u0041",-1.5e3,null]`,
	`{"a":{"b":[{"c":"d"}]}}`, `{"a":[}`, `{"a":{]}`, `{"a":["b":1]}`, `{"a":{1}}`,
	`{"0123456":"01234567\"x"}`, `{"a":"01234567"}`, `{"a":"0123456\\"}`, "{\"a\":\"0123456\x1f\"}", "{\"a\":\"0123\x7f56é\"}",
	`{"a":` + strings.Repeat("[", 200) + strings.Repeat("]", 200) + `}`, strings.Repeat("[", 20000), strings.Repeat(`{"a":`, 20000),
	strings.Repeat("[", 10001) + strings.Repeat("]", 10001),
}

func TestWhatIsReadFastIsWhatEncodingJSONReads(t *testing.T) {
	for _, text := range odd {
		compare(t, []byte(text))
	}
	for _, size := range []int{few - 1, few, few + 1, 2000, maxMembers, maxMembers + 1, maxElements, maxElements + 1} {
		compare(t, numbered(size))
		compare(t, []byte("["+strings.Repeat("0,", size-1)+"0]"))
	}
	many := numbered(1000)
	compare(t, many)
	for _, key := range []string{"k0", "k31", "k32", "k999", "K5"} { // twice, or once and once in capitals
		compare(t, append(bytes.TrimSuffix(many, []byte("}")), `,"`+key+`":1}`...))
	}
}

func TestATextCutAtAnyByteIsReadAlike(t *testing.T) {
	for _, text := range odd[:len(odd)-4] {
		for cut := range text {
			compare(t, []byte(text[:cut]))
		}
	}
}

// numbered is an object {"k0":0,"k1":1,...}.
func numbered(members int) []byte {
	text := []byte("{")
	for i := range members {
		text = fmt.Appendf(text, `%s"k%d":%d`, strings.Repeat(",", min(i, 1)), i, i)
	}
	return append(text, '}')
}

// compare reads a text as everything, fast and slow.
func compare(t *testing.T, text []byte) {
	t.Helper()
	untouched := bytes.Clone(text)
	for _, fields := range []bool{true, false} {
		compareMembers(t, text, fields)
	}
	got, err := Array(text)
	want, wantErr := elements(text)
	if !same(err, wantErr) || !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("array %.200q: %.200q, %v\nwant %.200q, %v", text, got, err, want, wantErr)
	}
	if !bytes.Equal(text, untouched) {
		t.Errorf("%.200q was changed to %.200q", untouched, text)
	}
}

func compareMembers(t *testing.T, text []byte, fields bool) {
	t.Helper()
	var m Members
	if err := m.Table(numbered(100)); err != nil { // so that nothing may rely on fresh memory
		t.Fatal(err)
	}
	err := m.read(text, fields)
	keys, values, wantErr := members(text, fields)
	if !same(err, wantErr) || m.Len() != len(keys) {
		t.Errorf("fields %v, %.200q: %d members, %v, want %d, %v", fields, text, m.Len(), err, len(keys), wantErr)
		return
	}
	i := 0
	for key, value := range m.All() {
		if string(key) != keys[i] || !bytes.Equal(value, values[i]) || !bytes.Equal(m.Get(keys[i]), values[i]) {
			t.Errorf("%.200q: member %d is %q: %.200q (%.200q by key), want %q: %.200q", text, i, key, value, m.Get(keys[i]), keys[i], values[i])
		}
		i++
	}
	if found := m.Get("absent"); found != nil && !slices.Contains(keys, "absent") {
		t.Errorf("%.200q: an absent key has the value %q", text, found)
	}
}

func same(a, b error) bool { return fmt.Sprint(a) == fmt.Sprint(b) }

// Whatever the bytes are, the quick way gives the same answer as encoding/json, or
// the same refusal.
func FuzzRead(f *testing.F) {
	for _, text := range odd {
		if len(text) < 1000 {
			f.Add([]byte(text))
		}
	}
	f.Add(numbered(70))
	f.Fuzz(func(t *testing.T, text []byte) { compare(t, text) })
}

func TestNumbersAreReadAlike(t *testing.T) {
	for _, text := range []string{
		"0", "-0", "0.0", "00.50", "007", "-7.10", "1.", ".5", "-", "-.5", ".", "", "1..2", "1.2.3", "--1", "+1", "1e3", "1E-7", "NaN", "0x1",
		"123456789012345678", "1234567890123456789", "9223372036854775807", "0.000012345678901234567", "0.0000000000000000000000000000000000000000000000000000000000001",
		"100000000000000000000", "1.100000000000000000000", "000000000000000000000000000001", "1_0", "1,0", " 1", "1 ", "\xd9\xa1",
		"0." + strings.Repeat("0", 59) + "1", "0." + strings.Repeat("0", 60) + "1", strings.Repeat("0", 129), strings.Repeat("1", 129),
	} {
		compareNumber(t, text)
	}
}

func compareNumber(t *testing.T, text string) {
	t.Helper()
	got, err := decimal([]byte(text))
	want, wantErr := layers.ParseDecimal(text)
	if got != want || !same(err, wantErr) {
		t.Errorf("%q is %+v, %v, want %+v, %v", text, got, err, want, wantErr)
	}
}

func FuzzDecimal(f *testing.F) {
	for _, text := range []string{"0.0707", "-12.50", "1e5", "00.1", "1234567890123456789", "."} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) { compareNumber(t, text) })
}

func FuzzStrings(f *testing.F) {
	for _, text := range []string{`"TAO/USD"`, `"\u00e9"`, "\"\xff\"", `""`, `"\""`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) || bytes.Equal(text, []byte("null")) || text[0] != '"' || text[len(text)-1] != '"' {
			return // what stands in an object has no space around it
		}
		var want string
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		if got, err := Text(text); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", text, got, err, want)
		}
	})
}

func TestNullIsNoObject(t *testing.T) {
	var m Members
	if err := m.Table([]byte("null")); !errors.Is(err, ErrNull) || m.Len() != 0 {
		t.Errorf("%v, %d members", err, m.Len())
	}
}

func TestReadingAgainTakesNoMemory(t *testing.T) {
	body, coin := numbered(1000), []byte(`{"usd":62641.967327043465,"last_updated_at":1779092258}`)
	var coins, fields Members
	var total int64
	allocated := testing.AllocsPerRun(10, func() {
		if coins.Table(body) != nil || fields.Object(coin) != nil {
			t.Fatal("cannot be read")
		}
		price, _ := Number(fields.Get("usd"))
		at, _ := Integer(fields.Get("last_updated_at"))
		total += price.Coefficient + at + int64(len(coins.Get("k999")))
	})
	if allocated != 0 {
		t.Errorf("%v allocations", allocated)
	}
}
