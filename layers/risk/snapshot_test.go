package risk

import (
	"encoding/json"
	"testing"
)

func TestAWithheldFigureIsNullInJSON(t *testing.T) {
	text, err := json.Marshal([]Figure{known(0.8123), known(0), {Reason: "no sample"}, {}})
	if err != nil {
		t.Fatal(err)
	}
	if want := "[0.8123,0,null,null]"; string(text) != want {
		t.Errorf("got %s, want %s", text, want)
	}
}

func TestAnUnknownWindowIsAnsweredWithTheKnownOnes(t *testing.T) {
	_, err := WindowNamed("2h")
	if want := `unknown window "2h", want one of 1h, 24h, 7d, 30d`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
