package decode_test

import (
	"encoding/json"
	"errors"
	"testing"

	"strata/collector/decode"
	"strata/layers"
)

func TestKeysThatCouldBeMistakenForOneAnotherAreRefused(t *testing.T) {
	for _, text := range []string{
		`{"usd":1,"usd":2}`,
		`{"usd":1,"USD":2}`,
		`{"price":50000,"PRICE":1,"Price":2}`,
		`{"price":50000,"pric\u0065":1}`,
	} {
		if _, err := decode.Object([]byte(text)); err == nil {
			t.Errorf("Object(%s) took one of two keys for the right one", text)
		}
	}
	if _, err := decode.Table([]byte(`{"AAPLX/USD":{},"AAPLx/USD":{}}`)); err != nil {
		t.Errorf("Table refuses symbols that differ in case: %v", err)
	}
	if _, err := decode.Table([]byte(`{"A/USD":1,"A/USD":2}`)); err == nil {
		t.Error("Table took one of two equal symbols for the right one")
	}
}

func TestWhatIsNotOneWholeObjectIsRefused(t *testing.T) {
	for _, text := range []string{
		``, `null`, `1`, `"usd"`, `[]`, `{`, `{"usd":1`, `{"usd":1}}`, `{"usd":1} {"usd":2}`, `{"usd":1}x`,
		`{"usd":NaN}`, `{"usd":0x10}`, `{"usd":+1}`, `{"usd":01}`, `{"usd":.5}`, `{'usd':1}`, `<html></html>`,
	} {
		if fields, err := decode.Object([]byte(text)); err == nil {
			t.Errorf("Object(%s) = %v, want an error", text, fields)
		}
	}
}

func TestNumbersKeepEveryDigit(t *testing.T) {
	for text, want := range map[string]string{
		`62641.967327043465`: "62641.967327043465",
		`0.0707`:             "0.0707",
		`1.2e-7`:             "0.00000012",
		`-1`:                 "-1",
		`0`:                  "0",
	} {
		got, err := decode.Number(json.RawMessage(text))
		if err != nil || got.String() != want {
			t.Errorf("Number(%s) = %s, %v, want %s", text, got, err, want)
		}
		got, err = decode.Quoted(json.RawMessage(`"` + text + `"`))
		if err != nil || got.String() != want {
			t.Errorf("Quoted(%q) = %s, %v, want %s", text, got, err, want)
		}
	}
}

func TestNumbersAndStringsAreNotTakenForOneAnother(t *testing.T) {
	for _, text := range []string{``, `null`, `"1"`, `true`, `{}`, `[1]`, `1e-400`, `1e999`, `1234567890.12345678901`} {
		if got, err := decode.Number(json.RawMessage(text)); err == nil {
			t.Errorf("Number(%s) = %s, want an error", text, got)
		}
	}
	for _, text := range []string{
		``, `null`, `1`, `""`, `"NaN"`, `"Inf"`, `"-inf"`, `"0x1p4"`, `"1_000"`, `"1,234.5"`, `" 1"`, `"1 "`, `"1e-400"`, `"+1"`,
	} {
		if got, err := decode.Quoted(json.RawMessage(text)); err == nil {
			t.Errorf("Quoted(%s) = %s, want an error", text, got)
		}
	}
}

func TestNullIsToldFromNonsense(t *testing.T) {
	_, number := decode.Number(json.RawMessage(`null`))
	_, quoted := decode.Quoted(json.RawMessage(`null`))
	_, array := decode.Array([]byte(`null`))
	for _, err := range []error{number, quoted, array} {
		if !errors.Is(err, decode.ErrNull) {
			t.Errorf("null gives %v, want ErrNull", err)
		}
	}
}

func TestAnIntegerIsWhole(t *testing.T) {
	for text, want := range map[string]int64{`1779092258`: 1779092258, `1.779092258e9`: 1779092258, `1613347200000.0`: 1613347200000, `-5`: -5} {
		if got, err := decode.Integer(json.RawMessage(text)); err != nil || got != want {
			t.Errorf("Integer(%s) = %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{`1.5`, `1e30`, `"1"`, `null`, ``} {
		if got, err := decode.Integer(json.RawMessage(text)); err == nil {
			t.Errorf("Integer(%s) = %d, want an error", text, got)
		}
	}
}

// Whatever Number and Quoted accept, encoding/json reads as the same number.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{`1`, `0.0707`, `-1.5e-7`, `1e-400`, `"1"`, `null`, `01`, `NaN`, `1.0000000000000000000001`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) {
			return // a RawMessage is always valid JSON
		}
		var raw json.RawMessage
		if err := json.Unmarshal([]byte(text), &raw); err != nil {
			t.Fatal(err)
		}
		got, err := decode.Number(raw)
		if err != nil {
			return
		}
		var want float64
		if err := json.Unmarshal(raw, &want); err != nil || got.Float64() != want {
			t.Errorf("Number(%s) = %v, encoding/json reads %v, %v", raw, got.Float64(), want, err)
		}
		if again, err := layers.ParseDecimal(got.String()); err != nil || again.Cmp(got) != 0 {
			t.Errorf("Number(%s) = %s does not survive printing: %v", raw, got, err)
		}
	})
}
