package risk

import (
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"strata/layers"
)

// levelAnswer is what testdata/oracle_level.py makes of a case.
type levelAnswer struct {
	Layers map[string]struct {
		End    int64
		Points int
		Levels []float64 // every seventh
		Last   float64
	}
}

func TestLevelsAgreeWithNumPyOnRecordedPrices(t *testing.T) {
	var cases []oracleCase
	var answers []levelAnswer
	readJSON(t, "level_cases.json", &cases)
	readJSON(t, "level.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			catalogue, h := c.catalogue(t), c.history(t).ledger()
			for layer, want := range answers[i].Layers {
				got := level(t, catalogue, h, layer, c.From, c.At)
				if len(got.Points) != want.Points || got.Points[len(got.Points)-1].Time.Unix() != want.End {
					t.Fatalf("%s: %d points, want %d", layer, len(got.Points), want.Points)
				}
				compareFigure(t, layer, got.Now, &want.Last)
				for k, level := range want.Levels {
					compareFigure(t, layer+" "+got.Points[7*k].Time.String(), known(got.Points[7*k].Level), &level)
				}
			}
		})
	}
}

func level(t *testing.T, c *layers.Catalogue, h History, layer string, from, to time.Time) Level {
	t.Helper()
	l, err := ComputeLevel(t.Context(), c, h, layer, layers.Span{From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// dawn is the first midnight of the levels of made-up markets.
var dawn = noon.AddDate(0, 0, -20).Truncate(24 * time.Hour)

// alike is a market of tokens that move alike, each ten times as dear as the one before.
func alike(tokens ...string) past {
	var p past
	for i, token := range tokens {
		p = append(p, quotes(token, "one", noon.AddDate(0, 0, -32), noon, time.Hour, walk(5)).
			mapped(func(s *layers.Sample) { s.Price.Exponent += int8(i) })...)
	}
	return p
}

// TestTheLevelOfMembersThatMoveAlikeIsTheirPrice whoever joins, leaves, or misses an hour
// or two.
func TestTheLevelOfMembersThatMoveAlikeIsTheirPrice(t *testing.T) {
	h := alike("aaa", "bbb", "ccc", "ddd")
	late := token("ddd", "alpha from: 2025-06-10T07:00:00Z, to: 2025-06-15T16:00:00Z")
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"), token("ccc", "alpha"), late)
	gap := time.Date(2025, 6, 12, 4, 30, 0, 0, time.UTC)
	l := level(t, c, h.without("bbb", gap, gap.Add(2*time.Hour)), "alpha", dawn, noon)
	members := map[int]int{}
	for _, p := range l.Points {
		want := 100 * priceAt(h, "aaa", p.Time) / priceAt(h, "aaa", dawn)
		silent := p.Time.After(gap) && p.Time.Before(gap.Add(2*time.Hour))
		if off := math.Abs(p.Level-want) / want; off > 1e-11 && !silent {
			t.Fatalf("%v: level %v, want %v", p.Time, p.Level, want)
		}
		members[p.Members]++
	}
	if want := map[int]int{3: 20*24 + 13 - (4*24 + 17), 4: 4*24 + 17}; !maps.Equal(members, want) {
		t.Errorf("hours by members held: %v, want %v", members, want)
	}
}

// TestSellingASilentMemberMovesNothing: two that move alike, one silent for nine hours. Once
// it is sold, and when it is held again, the level moves with the other.
func TestSellingASilentMemberMovesNothing(t *testing.T) {
	h, c := alike("aaa", "bbb", "ccc"), catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"), token("ccc", "alpha"))
	gap := time.Date(2025, 6, 12, 4, 30, 0, 0, time.UTC)
	l := level(t, c, h.without("bbb", gap, gap.Add(9*time.Hour)), "alpha", dawn, noon)
	sold := false
	for k := 1; k < len(l.Points); k++ {
		at := l.Points[k].Time
		if at.After(gap) && at.Before(gap.Add(4*time.Hour)) {
			continue // carried at its last price, which is up to an hour old itself
		}
		moved, want := l.Points[k].Level/l.Points[k-1].Level, priceAt(h, "aaa", at)/priceAt(h, "aaa", at.Add(-time.Hour))
		if math.Abs(moved-want) > 1e-12 {
			t.Fatalf("%v: moved by %v, want %v, %d members", at, moved, want, l.Points[k].Members)
		}
		sold = sold || l.Points[k].Members == 2
	}
	if !sold {
		t.Error("the silent member was not sold")
	}
}

func priceAt(p past, token string, at time.Time) float64 {
	i := slices.IndexFunc(p, func(s layers.Sample) bool { return s.Token == token && s.Time.Equal(at) })
	return p[i].Price.Float64()
}

// TestADeadPriceIsNotHeld adds a symbol that goes on being quoted at one price.
func TestADeadPriceIsNotHeld(t *testing.T) {
	members := []string{token("aaa", "alpha"), token("bbb", "alpha"), token("ccc", "alpha")}
	h := month("aaa", "bbb", "ccc")
	dead := quotes("dead", "one", noon.AddDate(0, 0, -32), noon, time.Hour, func(int) int64 { return 700_900 })
	want := level(t, catalogue(t, members...), h, "alpha", dawn, noon)
	got := level(t, catalogue(t, append(members, token("dead", "alpha"))...), slices.Concat(h, dead), "alpha", dawn, noon)
	if !slices.Equal(want.Points, got.Points) {
		t.Error("a dead price moves the level")
	}
}

// TestTheLevelOfOneMemberIsItsPriceAcrossAnOutage of everybody for a day and a half.
func TestTheLevelOfOneMemberIsItsPriceAcrossAnOutage(t *testing.T) {
	c, h := catalogue(t, token("aaa", "alpha")), alike("aaa")
	from := dawn.AddDate(0, 0, 3).Add(15*time.Hour + 30*time.Minute)
	l := level(t, c, h.without("", from, from.Add(36*time.Hour)), "alpha", dawn, noon)
	want := 100 * priceAt(h, "aaa", noon) / priceAt(h, "aaa", dawn)
	if !l.Now.Known || math.Abs(l.Now.Value-want) > 1e-11*want {
		t.Errorf("got %+v, want %v", l.Now, want)
	}
}

func TestALevelThatCannotBeToldSaysWhy(t *testing.T) {
	c, h := catalogue(t, token("aaa", "alpha")), alike("aaa")
	for name, x := range map[string]struct {
		from, to time.Time
		want     string
	}{
		"before there were prices": {noon.AddDate(0, 0, -60), noon.AddDate(0, 0, -50), "on no midnight of the span enough members were included"},
		"no midnight":              {noon.Add(-3 * time.Hour), noon, "on no midnight of the span enough members were included"},
		"prices have stopped":      {dawn, noon.AddDate(0, 0, 2), "no member that is held has had a price since 2025-06-22T13:00:00Z"},
	} {
		if got := level(t, c, h, "alpha", x.from, x.to).Now; got.Known || got.Reason != x.want {
			t.Errorf("%s: %+v, want %q", name, got, x.want)
		}
	}
	if _, err := ComputeLevel(t.Context(), c, h, "gamma", layers.Span{From: dawn, To: noon}); err == nil {
		t.Error("an unknown layer has a level")
	}
}

// TestAYearOfLevelsIsOnePieceAfterTheOther reads in pieces of 28 days, which must not show.
func TestAYearOfLevelsIsOnePieceAfterTheOther(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	start := dawn.AddDate(-1, 0, 0)
	h := quotes("aaa", "one", start.AddDate(0, 0, -2), dawn, time.Hour, walk(8)).ledger()
	l := level(t, c, h, "alpha", start, dawn)
	of := h["aaa"]
	want := 100 * of[len(of)-1].Price.Float64() / of[47].Price.Float64()
	if len(l.Points) != 365*24+1 || math.Abs(l.Now.Value-want) > 1e-10*want {
		t.Errorf("%d points, %+v, want %v", len(l.Points), l.Now, want)
	}
}
