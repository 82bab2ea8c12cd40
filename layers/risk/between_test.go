package risk

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// pairsAnswer is what testdata/oracle_pairs.py makes of a case; null is withheld.
type pairsAnswer struct {
	Windows map[string]map[string]struct {
		Correlation *float64
		Valid       int `json:"valid_steps"`
	}
}

func TestCorrelationsBetweenLayersAgreeWithNumPyOnRecordedPrices(t *testing.T) {
	var cases []oracleCase
	var answers []pairsAnswer
	readJSON(t, "cases.json", &cases)
	readJSON(t, "pairs.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s := compute(t, c.catalogue(t), c.history(t), c.At)
			if len(s.Pairs) != 9 {
				t.Errorf("%d pairs, want 3 in 3 windows", len(s.Pairs))
			}
			for _, p := range s.Pairs {
				at, want := p.Window.Name+" "+p.A+" "+p.B, answers[i].Windows[p.Window.Name][p.A+" "+p.B]
				compareFigure(t, at, p.Correlation, want.Correlation)
				if p.ValidSteps != want.Valid {
					t.Errorf("%s: %d valid steps, want %d", at, p.ValidSteps, want.Valid)
				}
			}
		})
	}
}

// TestAPairAskedAloneIsThatOfTheSnapshot at an instant of the past.
func TestAPairAskedAloneIsThatOfTheSnapshot(t *testing.T) {
	c, h := threeAndOne(t), threeAndOneMonth()
	s := compute(t, c, h, noon)
	for _, name := range []string{"1h", "24h", "7d", "30d"} {
		alone, err := ComputePairs(t.Context(), c, h, window(t, name), noon)
		if err != nil {
			t.Fatal(err)
		}
		var want []Pair
		for _, p := range s.Pairs {
			if p.Window.Name == name {
				want = append(want, p)
			}
		}
		if d := cmp.Diff(want, alone); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestLayersOfTheSameMoveAsOne and a layer that is flat or withheld has no correlation.
func TestLayersOfTheSameMoveAsOne(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "beta"))
	h := month("aaa")
	twin := h.mapped(func(s *layers.Sample) { s.Token = "bbb"; s.Price.Exponent += 2 })
	pair := func(h past) Pair {
		t.Helper()
		all, err := ComputePairs(t.Context(), c, h, window(t, "30d"), noon)
		if err != nil || len(all) != 1 {
			t.Fatalf("%d pairs, %v", len(all), err)
		}
		return all[0]
	}
	if got := pair(append(twin, h...)); math.Abs(got.Correlation.Value-1) > 1e-12 || got.ValidSteps != 720 || got.A != "alpha" {
		t.Errorf("got %+v", got)
	}
	if got := pair(h).Correlation; got.Known || got.Reason != "beta: 0 of 1 members included, 1 needed, 1 stale" {
		t.Errorf("got %+v", got)
	}
}
