package demo

import (
	"errors"
	"strings"
	"testing"
	"time"

	"strata/cmd/strata/internal/demo/recording"
	"strata/layers"
)

func decode(t *testing.T, scenario string) *recording.Recording {
	t.Helper()
	data, err := load(scenario)
	if err != nil {
		t.Fatal(err)
	}
	r, err := recording.Decode(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The rows are copied from the public files that the header of each recording
// names; the instant is the row's open plus its interval.
func TestRecordedClosesAreThoseOfTheSources(t *testing.T) {
	for _, row := range []struct{ scenario, token, closed, price string }{
		{"june-2025", "bittensor", "2025-06-21T21:45:00Z", "309.40"},       // 1750542240,309.22,309.40,308.68,309.40
		{"june-2025", "bittensor", "2025-06-22T20:40:00Z", "295.75"},       // 1750624740,294.84,295.84,294.48,295.75
		{"june-2025", "ocean-protocol", "2025-06-21T20:01:00Z", "0.70700"}, // 1750536000,0.70700,0.70700,0.70700,0.70700
		{"june-2025", "aethir", "2025-04-13T14:00:00Z", "0.02847"},         // 1744549200,0.02909,0.02916,0.02838,0.02847
		{"june-2025", "ethereum", "2025-06-16T20:00:00Z", "2659.2"},        // 1750100400,2652.84,2668.9,2643.13,2659.2
		{"crash-2025", "bittensor", "2025-10-10T22:00:00Z", "303.87"},      // 1760130000,345.59,351.94,130.54,303.87
		{"crash-2025", "internet-computer", "2025-10-10T22:00:00Z", "2.989"},
		{"crash-2025", "filecoin", "2025-10-10T22:00:00Z", "1.563"},
		{"ftx-2022", "ocean-protocol", "2022-11-08T18:00:00Z", "0.17690000"}, // 1667926800,0.19890000,0.20140000,0.17680000,0.17690000
		{"ftx-2022", "bitcoin", "2022-11-09T07:48:00Z", "18243.95000000"},    // 1667980020,18281.14,18292.95,18240.59,18243.95
		// In bitcoin: 0.00001033 × 18243.95 = 0.1884600035 and 0.00000240 × 18243.95 = 0.04378548.
		{"ftx-2022", "sonm", "2022-11-09T07:48:00Z", "0.18846000"},
		{"ftx-2022", "singularitynet", "2022-11-09T07:48:00Z", "0.043785480"},
	} {
		series, ok := decode(t, row.scenario).Find(row.token)
		if !ok {
			t.Errorf("%s has no %s", row.scenario, row.token)
			continue
		}
		closed, err := time.Parse(time.RFC3339, row.closed)
		if err != nil {
			t.Fatal(err)
		}
		if bar, ok := series.At(closed); !ok || bar.Close != closed.Unix() || bar.Price.String() != row.price {
			t.Errorf("%s %s at %s: %s of %d, want %s", row.scenario, row.token, row.closed, bar.Price, bar.Close, row.price)
		}
	}
}

func TestRecordingsHoldWhatTheySay(t *testing.T) {
	for scenario, tokens := range map[string]int{"june-2025": 26, "crash-2025": 22, "ftx-2022": 12} {
		r := decode(t, scenario)
		if r.Scenario != scenario || len(r.Series) != tokens {
			t.Errorf("%s is called %s and holds %d series, want %d", scenario, r.Scenario, len(r.Series), tokens)
		}
		for i, s := range r.Series {
			if last := s.Bars[len(s.Bars)-1]; last.Close != r.End.Unix() {
				t.Errorf("%s: %s ends at %d, the recording at %d", scenario, s.Token, last.Close, r.End.Unix())
			}
			ahead := s.Between(r.Start, r.End)
			if want := int(r.End.Sub(r.Start)/time.Second) / r.Interval; len(ahead) != want {
				t.Errorf("%s: %s has %d bars ahead, want %d", scenario, s.Token, len(ahead), want)
			}
			if len(r.Header.Series[i].Files) == 0 {
				t.Errorf("%s: nobody knows where %s comes from", scenario, s.Token)
			}
		}
	}
}

func TestTheRecordingsAreSmall(t *testing.T) {
	total := 0
	for name := range strings.FieldsSeq(names) {
		data, err := load(name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(data)
	}
	if total > 600_000 {
		t.Errorf("the recordings take %d bytes of the binary", total)
	}
}

func TestEveryLiveTokenIsListedWhereTheWholeDemoIsAnswered(t *testing.T) {
	for name := range strings.FieldsSeq(names) {
		d := open(t, name, 1)
		listed := make(map[string]bool)
		for _, l := range d.Catalogue().Listings("coingecko", d.Now()) {
			listed[l.Token] = true
		}
		for _, token := range d.Catalogue().Tokens() {
			if state := token.State(d.Now()); state == layers.Live != listed[token.Slug] {
				t.Errorf("%s: %s is %s, listed: %v", name, token.Slug, state, listed[token.Slug])
			}
		}
	}
}

func TestTokensAreWhatTheyWereWhenItWasRecorded(t *testing.T) {
	for _, c := range []struct {
		scenario, token string
		state           layers.State
		layer           string
	}{
		{"june-2025", "singularitynet", layers.Migrated, "applications"},
		{"june-2025", "fetch-ai", layers.Live, "applications"},
		{"ftx-2022", "singularitynet", layers.Live, "applications"},
		{"ftx-2022", "fetch-ai", layers.Live, "middleware"},
		{"ftx-2022", "sonm", layers.Live, "middleware"},
	} {
		d := open(t, c.scenario, 1)
		token, ok := d.Catalogue().Token(c.token)
		if !ok {
			t.Errorf("%s has no %s", c.scenario, c.token)
			continue
		}
		membership, _ := token.Primary(d.Now())
		if got := token.State(d.Now()); got != c.state || membership.Layer != c.layer {
			t.Errorf("%s: %s is %s in %s, want %s in %s", c.scenario, c.token, got, membership.Layer, c.state, c.layer)
		}
	}
}

func TestAnUnknownScenarioIsRefusedWithTheKnownOnes(t *testing.T) {
	_, err := Open("june-2024", 1)
	if !errors.Is(err, ErrScenario) || !strings.Contains(err.Error(), "june-2025, crash-2025, ftx-2022") {
		t.Errorf("got %v", err)
	}
	if _, err := Open("june-2025", 61); err == nil {
		t.Error("speed 61: no error")
	}
}

func TestScenariosSayWhatTheyAre(t *testing.T) {
	scenarios, err := Scenarios()
	if err != nil || len(scenarios) != 3 || scenarios[0].Name != "june-2025" {
		t.Fatalf("%v %v", scenarios, err)
	}
	for _, s := range scenarios {
		if s.Summary == "" {
			t.Errorf("%s has no summary", s.Name)
		}
		info := open(t, s.Name, 1).Info()
		if info.Scenario != s.Name || info.Venue == "" || info.Title == "" || !strings.Contains(info.Note, "USDT") {
			t.Errorf("%s says %+v", s.Name, info)
		}
		if !info.RecordedFrom.Before(info.RecordedTo) || info.ShownTo.Sub(info.RecordedTo)%time.Hour != 0 {
			t.Errorf("%s: span %s to %s, shown to %s", s.Name, info.RecordedFrom, info.RecordedTo, info.ShownTo)
		}
	}
}

func open(t *testing.T, scenario string, speed float64) *Demo {
	t.Helper()
	d, err := Open(scenario, speed)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
