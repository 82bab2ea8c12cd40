package risk

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
)

func rangeLayer(t testing.TB, c *layers.Catalogue, h History, layer string, w Window, i Instants) []LayerPoint {
	t.Helper()
	var points []LayerPoint
	for p, err := range RangeLayer(t.Context(), c, h, layer, w, i) {
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

func rangeToken(t testing.TB, c *layers.Catalogue, h History, token string, w Window, i Instants) []TokenPoint {
	t.Helper()
	var points []TokenPoint
	for p, err := range RangeToken(t.Context(), c, h, token, w, i) {
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, p)
	}
	return points
}

// differ says how two figures differ by more than rounding, or "".
func differ(name string, got, want Figure) string {
	near := got.Value == want.Value || math.Abs(got.Value-want.Value) <= 1e-12*math.Abs(want.Value)
	if got.Known == want.Known && got.Reason == want.Reason && near {
		return ""
	}
	return fmt.Sprintf("%s %+v, want %+v", name, got, want)
}

// checkLayer holds a point against the whole computation at that instant.
func checkLayer(t testing.TB, got LayerPoint, want LayerRisk) {
	t.Helper()
	for _, fault := range []string{
		differ("volatility", got.Volatility, want.Volatility), differ("downside", got.Downside, want.Downside),
		differ("median", got.MemberMedian, want.MemberMedian), differ("max", got.MemberMax, want.MemberMax),
	} {
		if fault != "" {
			t.Errorf("%s %s at %v: %s", want.Layer, want.Window.Name, got.Time, fault)
		}
	}
	counts := want.Counts()
	live := counts[Included] + counts[Stale] + counts[Frozen] + counts[Insufficient]
	if got.ValidSteps != want.ValidSteps || got.Coverage != want.Coverage || got.Included != counts[Included] || got.Live != live {
		t.Errorf("%s %s at %v: %+v, want %+v", want.Layer, want.Window.Name, got.Time, got, want)
	}
}

func checkToken(t testing.TB, got TokenPoint, want TokenRisk) {
	t.Helper()
	if fault := differ("volatility", got.Volatility, want.Volatility); fault != "" {
		t.Errorf("%s %s at %v: %s", want.Token, want.Window.Name, got.Time, fault)
	}
	got.Volatility, want.Volatility = Figure{}, Figure{}
	if got.TokenRisk != want {
		t.Errorf("at %v: %+v, want %+v", got.Time, got, want)
	}
}

// The recorded markets have sources that lag and fail, members that come and go by
// date, gaps, and the crash of October. Instants lie on no grid, and every point that is
// looked at stands for all: what it was rolled from is what came before.
func TestARangeSaysAtEachInstantWhatTheWholeComputationSays(t *testing.T) {
	var cases []oracleCase
	readJSON(t, "cases.json", &cases)
	random := rand.New(rand.NewPCG(5, 3))
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			catalogue, h := c.catalogue(t), c.history(t)
			l := h.ledger()
			for _, w := range Windows {
				// From before the first sample until after the last.
				days := []int{40, 40, 3, 2}[len(Windows)-1-indexOf(w)]
				i := Instants{
					Start: c.At.AddDate(0, 0, -days).Add(time.Duration(random.IntN(3600)) * time.Second), End: c.At.Add(3 * time.Hour),
					Step: time.Duration(days)*time.Duration(240+random.IntN(240))*time.Second + time.Duration(random.IntN(60))*time.Second,
				}
				for layer := range c.Layers {
					points := rangeLayer(t, catalogue, l, layer, w, i)
					for range 6 {
						p := points[random.IntN(len(points))]
						checkLayer(t, p, computeLayer(t, catalogue, l, layer, w.Name, p.Time))
					}
					last := points[len(points)-1]
					checkLayer(t, last, computeLayer(t, catalogue, l, layer, w.Name, last.Time))
				}
				for _, of := range catalogue.Tokens() {
					points := rangeToken(t, catalogue, l, of.Slug, w, i)
					for range 3 {
						p := points[random.IntN(len(points))]
						checkToken(t, p, computeToken(t, catalogue, l, of.Slug, w.Name, p.Time))
					}
				}
			}
		})
	}
}

func indexOf(w Window) int {
	for i := range Windows {
		if Windows[i].Name == w.Name {
			return i
		}
	}
	return -1
}

// restlessMarket draws a market in which everything that can happen to a member does:
// feeds that come, go and stand still, a rename, a conversion, a delisting and dated
// memberships.
func restlessMarket(t *rapid.T, days int, pace []time.Duration) (rows []string, p past) {
	begin := noon.AddDate(0, 0, -days)
	moment := func(label string) time.Time {
		return noon.Add(-time.Duration(rapid.IntRange(0, days*24*60).Draw(t, label)) * time.Minute)
	}
	left, joined, renamed, converted, gone := moment("left"), moment("joined"), moment("renamed"), moment("converted"), moment("gone")
	rows = []string{
		token("stays", "alpha"),
		token("leaves", "alpha to: '"+stamp(left)+"'", "beta from: '"+stamp(left)+"'"),
		token("joins", "alpha from: '"+stamp(joined)+"'"),
		row("renamed", "listings: [{source: one, symbol: A, to: '"+stamp(renamed)+"'}, {source: one, symbol: B, from: '"+stamp(renamed)+"'}, {source: two, symbol: c}]", "alpha"),
		row("older", "migration: {to: younger, ratio: 4, since: '"+stamp(converted)+"'}, listings: [{source: one, symbol: a, to: '"+stamp(converted)+"'}]", "alpha"),
		row("younger", "listings: [{source: one, symbol: y, from: '"+stamp(converted)+"'}]", "alpha"),
		row("gone", "delisted: '"+stamp(gone)+"', listings: [{source: one, symbol: g}]", "alpha"),
		row("pegged", "pegged: true, listings: [{source: one, symbol: p}]", "beta"),
	}
	for i, slug := range []string{"stays", "leaves", "joins", "renamed", "older", "younger", "gone", "pegged"} {
		for j, source := range []string{"one", "two"}[:1+i%2] {
			every := rapid.SampledFrom(pace).Draw(t, slug+source)
			price := walk(uint64(10*i + j + rapid.IntRange(0, 3).Draw(t, "seed")))
			if slug == "pegged" {
				price = func(int) int64 { return 1e6 }
			}
			p = append(p, quotes(slug, source, begin.Add(time.Duration(j)*7*time.Second), noon.Add(time.Hour), every, price)...)
		}
		from := moment("silent " + slug)
		p = p.without(slug, from, from.Add(time.Duration(rapid.IntRange(0, 600).Draw(t, "silence"))*time.Minute))
	}
	still := moment("still")
	return rows, p.mapped(func(s *layers.Sample) {
		if s.Token == "stays" && s.Time.After(still) && s.Time.Before(still.Add(3*time.Hour)) {
			s.Price = layers.Decimal{Coefficient: 100}
		}
		if s.Token == "older" {
			s.Price.Coefficient *= 4
		}
	})
}

func TestARangeFollowsWhateverHappensToMembers(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := Windows[rapid.IntRange(0, 2).Draw(r, "window")]
		days, pace := 2, []time.Duration{150 * time.Second, 5 * time.Minute, 7 * time.Minute}
		if w.TokenStep == coarseStep {
			days, pace = 9, []time.Duration{20 * time.Minute, time.Hour, 70 * time.Minute}
		}
		rows, p := restlessMarket(r, days, pace)
		c, l := catalogue(t, rows...), p.ledger()
		i := Instants{
			Start: noon.AddDate(0, 0, -days).Add(w.Span + time.Duration(rapid.IntRange(-7200, 7200).Draw(r, "start"))*time.Second),
			End:   noon.Add(2 * time.Hour), Step: time.Duration(rapid.IntRange(300, 9000).Draw(r, "step")) * time.Second,
		}
		for _, layer := range []string{"alpha", "beta"} {
			points := rangeLayer(t, c, l, layer, w, i)
			for range 4 {
				point := points[rapid.IntRange(0, len(points)-1).Draw(r, "point")]
				checkLayer(t, point, computeLayer(t, c, l, layer, w.Name, point.Time))
			}
		}
		for _, of := range c.Tokens() {
			points := rangeToken(t, c, l, of.Slug, w, i)
			point := points[rapid.IntRange(0, len(points)-1).Draw(r, "point")]
			checkToken(t, point, computeToken(t, c, l, of.Slug, w.Name, point.Time))
		}
		if t.Failed() {
			r.FailNow()
		}
	})
}
