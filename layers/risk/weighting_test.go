package risk

import (
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// weightedAnswer is what testdata/oracle_weighted.py makes of a case; null is withheld.
type weightedAnswer struct {
	Layers map[string]map[string]map[Weighting]struct {
		Volatility *float64
		Valid      int `json:"valid_steps"`
	}
}

func TestIndicesByMarketCapAgreeWithNumPyOnRecordedPrices(t *testing.T) {
	var cases []oracleCase
	var answers []weightedAnswer
	readJSON(t, "weighted_cases.json", &cases)
	readJSON(t, "weighted.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			catalogue, h := c.catalogue(t), c.history(t).ledger()
			s := compute(t, catalogue, h, c.At)
			for layer, windows := range answers[i].Layers {
				for name, want := range windows {
					got, _ := s.Layer(layer, name)
					for _, of := range got.Weighted {
						at := layer + " " + name + " " + string(of.Weighting)
						compareFigure(t, at, of.Volatility, want[of.Weighting].Volatility)
						if of.ValidSteps != want[of.Weighting].Valid {
							t.Errorf("%s: %d valid steps, want %d", at, of.ValidSteps, want[of.Weighting].Valid)
						}
					}
				}
			}
			live := engine(t, catalogue, h, c.At).Snapshot(c.At)
			live.Took = 0
			if d := cmp.Diff(s, live); d != "" {
				t.Errorf("the engine differs: %s", d)
			}
		})
	}
}

var six = []string{"aaa", "bbb", "ccc", "ddd", "eee", "fff"}

func sixOfAlpha(t testing.TB) *layers.Catalogue {
	var rows []string
	for _, slug := range six {
		rows = append(rows, token(slug, "alpha"))
	}
	return catalogue(t, rows...)
}

func weighted(t *testing.T, l LayerRisk, w Weighting) Weighted {
	t.Helper()
	i := slices.IndexFunc(l.Weighted, func(of Weighted) bool { return of.Weighting == w })
	if i < 0 {
		t.Fatalf("no weighting %s", w)
	}
	return l.Weighted[i]
}

// TestMembersOfOneSizeMakeTheHeadline: by market cap, or by its root.
func TestMembersOfOneSizeMakeTheHeadline(t *testing.T) {
	same := month(six...).mapped(func(s *layers.Sample) { s.MarketCap = layers.Decimal{Coefficient: 5, Exponent: 9} })
	for _, name := range []string{"24h", "7d", "30d"} {
		l := computeLayer(t, sixOfAlpha(t), same, "alpha", name, noon)
		for _, w := range []Weighting{CapWeight, SqrtWeight} {
			got := weighted(t, l, w).Volatility
			if !got.Known || math.Abs(got.Value-l.Volatility.Value) > 1e-13*l.Volatility.Value {
				t.Errorf("%s %s: %+v, want %+v", name, w, got, l.Volatility)
			}
		}
	}
}

// TestAFewMembersWeighTheSame: of four none may have less than a quarter if none may have
// more than 30 %, or nearly so.
func TestAFewMembersWeighTheSame(t *testing.T) {
	l := computeLayer(t, threeAndOne(t), threeAndOneMonth(), "alpha", "24h", noon)
	if got := weighted(t, l, CapWeight); got.Volatility != l.Volatility || got.ValidSteps != l.ValidSteps {
		t.Errorf("got %+v, want %+v", got, l.Volatility)
	}
}

// TestTheWeightsOfADayDoNotKnowTheDay multiplies one market cap during the last day.
func TestTheWeightsOfADayDoNotKnowTheDay(t *testing.T) {
	before := month(six...).capped(func(string) int64 { return 1000 })
	midnight := noon.Truncate(24 * time.Hour)
	later := func(from time.Time) LayerRisk {
		h := before.mapped(func(s *layers.Sample) {
			if s.Token == "aaa" && s.Time.After(from) {
				s.MarketCap.Exponent++
			}
		})
		return computeLayer(t, sixOfAlpha(t), h, "alpha", "24h", noon)
	}
	want := computeLayer(t, sixOfAlpha(t), before, "alpha", "24h", noon)
	if d := cmp.Diff(want, later(midnight)); d != "" {
		t.Errorf("what was told after midnight shows: %s", d)
	}
	if d := cmp.Diff(want, later(midnight.Add(-time.Second))); d == "" {
		t.Error("what was told at midnight does not show")
	}
}

func TestAnIndexByMarketCapSaysWhatItLacks(t *testing.T) {
	c, told := sixOfAlpha(t), month(six...).capped(func(string) int64 { return 1000 })
	dead := told.without("fff", noon.Add(-6*time.Hour), noon.Add(1))
	for name, x := range map[string]struct {
		past past
		want string
	}{
		"a member nobody tells the cap of": {
			told.mapped(func(s *layers.Sample) {
				if s.Token == "ccc" {
					s.MarketCap = layers.Decimal{}
				}
			}), "no market cap of ccc is known at the start of 2025-06-22",
		},
		"caps since this morning": {
			told.mapped(func(s *layers.Sample) {
				if s.Time.Before(noon.Add(-13 * time.Hour)) {
					s.MarketCap = layers.Decimal{}
				}
			}), "24 of 48 steps have enough members with a market cap, 39 needed",
		},
		"a giant that is silent": {
			dead.mapped(func(s *layers.Sample) {
				if s.Token == "fff" {
					s.MarketCap.Exponent++
				}
			}), "included members have 0.32 of the layer's market cap, 0.80 needed",
		},
	} {
		l := computeLayer(t, c, x.past, "alpha", "24h", noon)
		for _, w := range []Weighting{CapWeight, SqrtWeight} {
			if got := weighted(t, l, w).Volatility; got.Known || got.Reason != x.want {
				t.Errorf("%s %s: %+v, want %q", name, w, got, x.want)
			}
		}
		if !l.Volatility.Known {
			t.Errorf("%s: the headline is withheld: %s", name, l.Volatility.Reason)
		}
	}
}

// TestAMemberThatLeavesMakesNoJumpByMarketCap: all six move alike, one costs and weighs a
// thousand times as much, and is away for a while.
func TestAMemberThatLeavesMakesNoJumpByMarketCap(t *testing.T) {
	var all past
	for _, slug := range six {
		half := noon.Add(-30 * time.Minute)
		all = append(all, quotes(slug, "one", half.AddDate(0, 0, -9), half, time.Hour, walk(5))...)
	}
	all = all.mapped(func(s *layers.Sample) {
		if s.Token == "fff" {
			s.Price.Exponent += 3
		}
	}).capped(func(string) int64 { return 1000 })
	want := computeLayer(t, sixOfAlpha(t), all, "alpha", "7d", noon).Volatility
	gone := noon.Add(-100 * time.Hour)
	l := computeLayer(t, sixOfAlpha(t), all.without("fff", gone, gone.Add(20*time.Hour)), "alpha", "7d", noon)
	for _, w := range []Weighting{CapWeight, SqrtWeight} {
		if got := weighted(t, l, w).Volatility; !got.Known || math.Abs(got.Value-want.Value) > 1e-12*want.Value {
			t.Errorf("%s: got %+v, want %+v", w, got, want)
		}
	}
}
