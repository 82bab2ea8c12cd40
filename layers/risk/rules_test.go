package risk

import (
	"testing"
	"time"

	"strata/layers"
)

// everyFive is a day and more of a random walk, one sample in each 5 m interval.
func everyFive(seed uint64) past {
	return quotes("aaa", "one", noon.Add(-26*time.Hour), noon, 5*time.Minute, walk(seed))
}

// TestATokenIsWithheldWhenARuleFailsAndOnlyThen stands on both sides of every
// boundary of rule 1, and reads the reason.
func TestATokenIsWithheldWhenARuleFailsAndOnlyThen(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	day := noon.Add(-24 * time.Hour)
	minute := func(n int) time.Duration { return time.Duration(n) * time.Minute }
	for _, tc := range []struct {
		name, window string
		history      past
		at           time.Time
		reason       string // "" is published
	}{
		{"every interval", "24h", everyFive(1), noon, ""},
		{"231 of 288 intervals", "24h", everyFive(1).without("", day.Add(minute(301)), day.Add(minute(301+57*5))), noon, ""},
		{"230 of 288 intervals", "24h", everyFive(1).without("", day.Add(minute(301)), day.Add(minute(301+58*5))), noon, "coverage 0.79 is below 0.80"},
		{"11 of 12 intervals", "1h", everyFive(1).without("", noon.Add(-minute(34)), noon.Add(-minute(29))), noon, ""},
		{"10 of 12 intervals", "1h", everyFive(1).without("", noon.Add(-minute(34)), noon.Add(-minute(24))), noon, "coverage 0.83 is below 0.90"},
		{"newest sample 10 minutes old", "24h", everyFive(1), noon.Add(minute(10)), ""},
		{"newest sample just over 10 minutes old", "24h", everyFive(1), noon.Add(minute(10) + time.Second), "newest sample is 10m1s old, limit 10m0s"},
		{"newest hourly sample nearly an hour old", "7d", month("aaa").without("", noon.Add(-minute(59)), noon.Add(1)), noon.Add(-time.Second), ""},
		{"newest hourly sample over an hour old", "7d", month("aaa").without("", noon.Add(-minute(60)), noon.Add(1)), noon, "newest sample is 1h1m0s old, limit 1h0m0s"},
		{"first return at a fifth of the window", "24h", everyFive(1).without("", day.Add(-minute(180)), day.Add(minute(280))), noon, ""},
		{"first return after a fifth of the window", "24h", everyFive(1).without("", day.Add(-minute(180)), day.Add(minute(285))), noon, "first return ends 4h50m0s into the window, limit 4h48m0s"},
		{"newest sample two days old", "24h", everyFive(1), noon.Add(48 * time.Hour), "no sample in the last 24h0m0s"},
		{"no sample", "24h", nil, noon, "no sample in the last 24h0m0s"},
		{"a token listed ten days ago", "30d", month("aaa").without("", time.Time{}, noon.AddDate(0, 0, -10)), noon, "coverage 0.33 is below 0.80"},
		{"hours alone in a window of minutes", "24h", month("aaa").without("", noon.Add(-26*time.Hour), noon.Add(-5*time.Minute)), noon, "coverage 0.00 is below 0.80"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := computeToken(t, c, tc.history, "aaa", tc.window, tc.at)
			if got.Volatility.Reason != tc.reason || got.Volatility.Known != (tc.reason == "") {
				t.Errorf("published %t, reason %q, want %q", got.Volatility.Known, got.Volatility.Reason, tc.reason)
			}
		})
	}
}

// TestTenReturnsAreEnoughAndNineAreNot asks the rule itself: where coverage is met,
// so few returns are hard to come by.
func TestTenReturnsAreEnoughAndNineAreNot(t *testing.T) {
	w := window(t, "1h")
	valid := func(n int) path {
		p := path{returns: make([]float64, 12), valid: make([]bool, 12)}
		for k := range n {
			p.valid[k] = true
		}
		return p
	}
	if reason := insufficient(valid(10).extent(), 1, w.MinCoverage, w); reason != "" {
		t.Errorf("10 returns: %s", reason)
	}
	if reason, want := insufficient(valid(9).extent(), 1, w.MinCoverage, w), "9 valid returns, 10 needed"; reason != want {
		t.Errorf("9 returns: got %q, want %q", reason, want)
	}
}

// TestTheFirstReturnMayEndAFifthIntoTheWindow is on the boundary in the only window
// that has a step there.
func TestTheFirstReturnMayEndAFifthIntoTheWindow(t *testing.T) {
	w := window(t, "30d")
	from := func(first int) path {
		p := path{returns: make([]float64, 720), valid: make([]bool, 720)}
		for k := first; k < 720; k++ {
			p.valid[k] = true
		}
		return p
	}
	if reason := insufficient(from(143).extent(), 1, w.MinCoverage, w); reason != "" {
		t.Errorf("after 144 h: %s", reason)
	}
	want := "first return ends 145h0m0s into the window, limit 144h0m0s"
	if reason := insufficient(from(144).extent(), 1, w.MinCoverage, w); reason != want {
		t.Errorf("after 145 h: got %q, want %q", reason, want)
	}
}

// standing is a day of a walk after which the price stands for the last while.
func standing(source string, while time.Duration) past {
	p := quotes("aaa", source, noon.Add(-26*time.Hour), noon, time.Minute, walk(3))
	var last layers.Decimal
	return p.mapped(func(s *layers.Sample) {
		if s.Time.After(noon.Add(-while)) {
			s.Price = last
		}
		last = s.Price
	})
}

// since returns a source that has said one price for a while, and nothing before.
func since(source string, while time.Duration) past {
	return quotes("aaa", source, noon.Add(-while), noon, 5*time.Minute, func(int) int64 { return 7e5 })
}

func TestAPriceThatStandsForAnHourAtEverySourceIsFrozen(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	hour := time.Hour
	for _, tc := range []struct {
		name    string
		history past
		reason  string
	}{
		{"just under an hour", standing("one", hour-time.Minute), ""},
		{"an hour", standing("one", hour), "price has not moved for at least 1h0m0s, limit 1h0m0s"},
		{"one source stands, the other moves", append(standing("one", 3*hour), standing("two", 0)...), ""},
		{"both stand for days", append(standing("one", 25*time.Hour), standing("two", 26*time.Hour)...), "price has not moved for at least 23h59m0s, limit 1h0m0s"},
		{"a source that has just joined knows of no move", append(standing("one", 3*hour), since("two", hour/2)...), "price has not moved for at least 3h0m0s, limit 1h0m0s"},
		{"a token that has just been listed", since("one", hour/2), "coverage 0.02 is below 0.80"},
		{"both stand", append(standing("one", 3*hour), standing("two", 2*hour)...), "price has not moved for at least 2h0m0s, limit 1h0m0s"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := computeToken(t, c, tc.history, "aaa", "24h", noon)
			if got.Volatility.Reason != tc.reason {
				t.Errorf("reason %q, want %q", got.Volatility.Reason, tc.reason)
			}
		})
	}
}

func TestAPeggedTokenMayStandStillAndHasNoVolatility(t *testing.T) {
	c := catalogue(t, row("aaa", "pegged: true, listings: [{source: one, symbol: aaa}]", "alpha"))
	flat := quotes("aaa", "one", noon.AddDate(0, 0, -32), noon, 5*time.Minute, func(int) int64 { return 1e6 })
	for _, w := range Windows {
		if got := computeToken(t, c, flat, "aaa", w.Name, noon).Volatility; !got.Known || got.Value != 0 {
			t.Errorf("%s: %+v, want exactly 0", w.Name, got)
		}
	}
	layer := computeLayer(t, c, flat, "alpha", "30d", noon)
	if layer.Volatility != known(0) || layer.Dispersion != known(0) || layer.Diversification != known(1) {
		t.Errorf("flat layer: %+v", layer)
	}
	if member(t, layer, "aaa").RiskShare != known(1) || layer.Correlation.Known {
		t.Errorf("flat member: %+v, correlation %+v", layer.Members, layer.Correlation)
	}
}

func TestStaleComesBeforeFrozenBeforeInsufficient(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"))
	flat := quotes("aaa", "one", noon.Add(-2*time.Hour), noon, time.Minute, func(int) int64 { return 7e5 })
	for _, tc := range []struct {
		at   time.Time
		want MemberState
	}{
		{noon.Add(11 * time.Minute), Stale},
		{noon, Frozen},
		{noon.Add(-time.Hour - 2*time.Minute), Insufficient},
	} {
		layer := computeLayer(t, c, flat, "alpha", "24h", tc.at)
		if got := member(t, layer, "aaa").State; got != tc.want {
			t.Errorf("at %v: %s, want %s", tc.at, got, tc.want)
		}
		if counts := layer.Counts(); counts[tc.want] != 1 {
			t.Errorf("counts %v, want one %s", counts, tc.want)
		}
	}
}

func TestMembersThatAreNotLiveAreShownAndNotCounted(t *testing.T) {
	c := catalogue(t, token("live", "alpha"),
		row("project", "tokenless: true", "alpha"),
		row("gone", "delisted: 2025-01-02, listings: [{source: one, symbol: gone}]", "alpha"),
		row("moved", "migration: {to: live, ratio: 2, since: 2025-03-04}, listings: [{source: one, symbol: moved}]", "alpha"),
		row("hidden", "listings: [{source: one, symbol: hidden, to: 2025-01-01}]", "alpha"))
	layer := computeLayer(t, c, month("live", "gone", "moved", "hidden"), "alpha", "24h", noon)
	want := map[string]string{
		"project": "tokenless: a project without a token",
		"gone":    "delisted: delisted on 2025-01-02",
		"moved":   "migrated: migrated to live on 2025-03-04",
		"hidden":  "unlisted: no source lists it",
		"live":    "included: ",
	}
	for _, m := range layer.Members {
		if got := string(m.State) + ": " + m.Reason; got != want[m.Token] {
			t.Errorf("%s: %q, want %q", m.Token, got, want[m.Token])
		}
	}
	if !layer.Volatility.Known || member(t, layer, "live").Weight != 1 {
		t.Errorf("the only live member is not the layer: %+v", layer.Volatility)
	}
	s := compute(t, c, month("live"), noon)
	if _, ok := s.Token("project", "24h"); ok {
		t.Error("a project without a token has a volatility")
	}
	if p, ok := s.Price("gone"); !ok || p.Reason != "delisted on 2025-01-02" {
		t.Errorf("price of a delisted token: %+v", p)
	}
}

// TestHalfTheMembersAndAtLeastTwoMakeALayer withholds members one by one.
func TestHalfTheMembersAndAtLeastTwoMakeALayer(t *testing.T) {
	all := []string{"t1", "t2", "t3", "t4", "t5"}
	for _, tc := range []struct {
		members, priced int
		reason          string
	}{
		{1, 1, ""}, {1, 0, "0 of 1 members included, 1 needed, 1 stale"},
		{2, 2, ""}, {2, 1, "1 of 2 members included, 2 needed, 1 stale"},
		{3, 2, ""}, {4, 2, ""},
		{5, 3, ""}, {5, 2, "2 of 5 members included, 3 needed, 3 stale"},
		{0, 0, "the layer has no live member"},
	} {
		rows := []string{token("other", "beta")}
		for _, slug := range all[:tc.members] {
			rows = append(rows, token(slug, "alpha"))
		}
		layer := computeLayer(t, catalogue(t, rows...), month(all[:tc.priced]...), "alpha", "24h", noon)
		for name, f := range map[string]Figure{
			"volatility": layer.Volatility, "downside": layer.Downside, "median": layer.MemberMedian,
			"max": layer.MemberMax, "dispersion": layer.Dispersion, "diversification": layer.Diversification,
		} {
			if f.Known != (tc.reason == "") || f.Reason != tc.reason {
				t.Errorf("%d of %d: %s known %t, reason %q, want %q", tc.priced, tc.members, name, f.Known, f.Reason, tc.reason)
			}
		}
	}
}

// TestALayerNeedsFourFifthsOfItsStepsAndAMatrixThirty takes the same hours away from
// all members: coverage on the token grid falls with the steps, so the rules of
// steps are met by themselves; here they are asked directly, on both sides.
func TestALayerNeedsFourFifthsOfItsStepsAndAMatrixThirty(t *testing.T) {
	for _, tc := range []struct{ got, want string }{
		{rule2Steps(39, 48), ""},
		{rule2Steps(38, 48), "38 of 48 steps have enough members, 39 needed"},
		{rule2Steps(576, 720), ""},
		{rule2Steps(575, 720), "575 of 720 steps have enough members, 576 needed"},
		{rule3(30, 48), ""},
		{rule3(29, 48), "29 of 48 steps have all members, 30 needed"},
		{rule3(432, 720), ""},
		{rule3(431, 720), "431 of 720 steps have all members, 432 needed"},
	} {
		if tc.got != tc.want {
			t.Errorf("got %q, want %q", tc.got, tc.want)
		}
	}
}

// TestGapsAtDifferentTimesWithholdTheMatrixAndKeepTheIndex gives each of three
// members four hours of silence of its own: each step still has two of them, but
// too few steps have all.
func TestGapsAtDifferentTimesWithholdTheMatrixAndKeepTheIndex(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"), token("ccc", "alpha"), token("ddd", "alpha"), token("eee", "alpha"))
	h := month("aaa", "bbb", "ccc", "ddd", "eee")
	for i, slug := range []string{"aaa", "bbb", "ccc", "ddd", "eee"} {
		from := noon.Add(time.Duration(-22+4*i) * time.Hour)
		h = h.without(slug, from.Add(time.Second), from.Add(4*time.Hour))
	}
	layer := computeLayer(t, c, h, "alpha", "24h", noon)
	if !layer.Volatility.Known || layer.ValidSteps != 48 {
		t.Errorf("index: %+v, %d steps", layer.Volatility, layer.ValidSteps)
	}
	// Of each 8 silent steps the tolerance of an hour bridges two: 48 - 5·6 remain.
	if want := "18 of 48 steps have all members, 30 needed"; layer.Correlation.Reason != want {
		t.Errorf("correlation: %+v, want %q", layer.Correlation, want)
	}
	if layer.Dispersion.Known || layer.Diversification.Known || member(t, layer, "aaa").RiskShare.Known {
		t.Error("a covariance number is published")
	}
}

func TestTheHourHasNoIndexButAMedian(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha"))
	layer := computeLayer(t, c, month("aaa", "bbb"), "alpha", "1h", noon)
	if !layer.MemberMedian.Known || !layer.MemberMax.Known || layer.Coverage != 1 || layer.Steps != 0 {
		t.Errorf("%+v", layer)
	}
	want := Figure{Reason: "the 1h window is too short for a layer index"}
	if layer.Volatility != want || layer.Correlation != want {
		t.Errorf("volatility %+v, correlation %+v", layer.Volatility, layer.Correlation)
	}
}
