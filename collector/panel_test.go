package collector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"strata/layers"
)

// script is a source that says one thing a cycle: a price, or nothing for "".
type script struct {
	fake
	derived bool
	every   time.Duration
}

func (s *script) Derived() bool        { return s.derived }
func (s *script) Every() time.Duration { return s.every }

func says(t testing.TB, name string, prices ...string) *script {
	s := &script{fake: fake{name: name}}
	s.latest = func(context.Context, []layers.Listing) (Answer, error) {
		n := int(s.Requests()) - 1
		if n >= len(prices) || prices[n] == "" {
			return Answer{}, nil
		}
		p, err := layers.ParseDecimal(prices[n])
		if err != nil {
			t.Fatal(err)
		}
		return Answer{Quotes: []Quote{{Token: "bittensor", Price: p, Time: time.Now()}}}, nil
	}
	return s
}

// cycles runs one cycle a minute, and returns what came of each: the sources that were
// accepted, the reasons why others were not, and the state of the token.
func cycles(t *testing.T, n int, sources ...*script) (lines []string) {
	t.Helper()
	var kept shelf
	names := []string{"bittensor"}
	for _, s := range sources {
		names = append(names, s.name)
	}
	c := startOn(t, &kept, Options{}, listing(t, strings.Join(names, " ")), sources...)
	for range n {
		cycle := c.Collect(t.Context())
		var words []string
		for _, h := range cycle.Heard {
			word := h.Source
			if h.Reason != "" {
				word += "-" + string(h.Reason)
			}
			words = append(words, word)
		}
		lines = append(lines, strings.Join(append(words, string(cycle.Tokens[0].State)), " "))
		elapse(time.Minute)
	}
	return lines
}

func TestWhatBecomesOfAJumpDependsOnWhoElseHasASay(t *testing.T) {
	for name, test := range map[string]struct {
		sources [][]string // a, b, c, d
		want    []string
	}{
		"alone it takes three confirmations": {
			[][]string{{"1", "10", "10.1", "10", "9.9", "10"}},
			[]string{"a single_source", "a-held held", "a-held held", "a-held held", "a single_source", "a single_source"},
		},
		"alone it comes and goes": {
			[][]string{{"1", "10", "10", "1", "10", "10", "10", "1"}},
			[]string{"a single_source", "a-held held", "a-held held", "a single_source", "a-held held", "a-held held", "a-held held", "a single_source"},
		},
		"two others outvote it at once": {
			[][]string{{"1", "10", "10", "10", "10", "1"}, {"1", "1.001", "1", "1.001", "1", "1.001"}, {"1", "1", "1", "1", "1", "1"}},
			[]string{"a b c ok", "a-outlier b c ok", "a-outlier b c ok", "a-outlier b c ok", "a-outlier b c ok", "a b c ok"},
		},
		"what was outvoted is not confirmed by it": {
			[][]string{{"1", "10", "10", "10", "10", "10"}, {"1", "1", "1"}, {"1", "1.001", "1"}},
			[]string{"a b c ok", "a-outlier b c ok", "a-outlier b c ok", "a-held held", "a-held held", "a single_source"},
		},
		"two others that were there before confirm it at once": {
			[][]string{{"1", "", "3", "3"}, {"1", "1.6", "2.5", "3"}, {"1", "1.6", "2.5", "3"}},
			[]string{"a b c ok", "b c ok", "a-outlier b c ok", "a b c ok"},
		},
		"one other source confirms it at once": {
			[][]string{{"1", "", "2"}, {"1", "1.5", "2"}},
			[]string{"a b ok", "b single_source", "a b ok"},
		},
		"all jump together, which takes one confirmation": {
			[][]string{{"1", "10", "10.01"}, {"1", "10", "10.01"}, {"1", "10.01", "10"}},
			[]string{"a b c ok", "a-held b-held c-held held", "a b c ok"},
		},
		"one of two jumps, and the other one is steady": {
			[][]string{{"1", "10", "10"}, {"1", "1.001", "1.002"}},
			[]string{"a b ok", "a-held b single_source", "a-disputed b disputed"},
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var sources []*script
			for i, prices := range test.sources {
				sources = append(sources, says(t, string(rune('a'+i)), prices...))
			}
			if got := cycles(t, len(test.want), sources...); !slices.Equal(got, test.want) {
				t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(test.want, "\n"))
			}
		})
	}
}

func TestADerivedSourceNeverVotesAndFillsGaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		llama := says(t, "llama", "1.3", "1.3", "1.4", "1.41", "10")
		llama.derived = true
		got := cycles(t, 5, says(t, "gecko", "1", "1.01", "", "1.42", ""), llama)
		// Beside CoinGecko it says nothing, whatever it says; alone it does.
		want := []string{"gecko llama-derived single_source", "gecko llama-derived single_source", "llama single_source",
			"gecko llama-derived single_source", "llama-held held"}
		if !slices.Equal(got, want) {
			t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}

func TestTwoDerivedSourcesDoNotOutvoteOneThatIsNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		one, two := says(t, "one", "2"), says(t, "two", "2")
		one.derived, two.derived = true, true
		if got := cycles(t, 1, says(t, "kraken", "1"), one, two); got[0] != "kraken one-derived two-derived single_source" {
			t.Error(got[0])
		}
	})
}

func TestASourceThatRestsIsAskedRarelyAndItsWordStands(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		paprika := says(t, "paprika", "1", "1.001", "", "1")
		paprika.every = 3 * time.Minute
		began := time.Now()
		got := cycles(t, 10, paprika)
		want := []string{
			"paprika single_source", "paprika-resting single_source", "paprika-resting single_source",
			"paprika single_source", "paprika-resting single_source", "paprika-resting single_source",
			"missing", "missing", "missing", // it said nothing when it was asked
			"paprika single_source",
		}
		if !slices.Equal(got, want) {
			t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		for i, at := range paprika.asked() {
			if at.Sub(began) != time.Duration(3*i)*time.Minute {
				t.Errorf("asked after %s", at.Sub(began))
			}
		}
	})
}

func TestASourceThatRestsIsNeitherDownNorCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		paprika := says(t, "paprika", "1", "1.001")
		paprika.every = 3 * time.Minute
		c := startOn(t, &kept, Options{}, listing(t, "bittensor paprika"), paprika)
		c.Collect(t.Context())
		elapse(time.Minute)
		cycle := c.Collect(t.Context())
		source := c.Status().Sources[0]
		if cycle.Err != nil || len(cycle.Down)+len(cycle.OK)+len(cycle.Rejected)+len(cycle.Samples) != 0 || !source.Up || source.LastError != "" {
			t.Errorf("%+v, %+v", cycle, source)
		}
	})
}

// The same promise as that of the band, through the whole collector: whatever one of
// three or more sources says, and in which order they stand, it is not stored, and
// nothing of the others is lost.
func TestThroughAllGatesOneLiarIsRejectedAndTheOthersAreNot(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(3, 7).Draw(rt, "sources")
		liar := rapid.IntRange(0, n-1).Draw(rt, "liar")
		level := rapid.Int64Range(100_000, 10_000_000).Draw(rt, "level")
		noise := rapid.SliceOfN(rapid.Int64Range(0, level/2000), n, n).Draw(rt, "noise of 5 bp")
		lie := rapid.OneOf(rapid.Float64Range(1.0065, 1000), rapid.Float64Range(0.001, 0.9925)).Draw(rt, "lie")
		noise[liar] = int64(float64(level)*lie) - level
		synctest.Test(t, func(t *testing.T) {
			var sources []*fake
			for i := range n {
				p := layers.Decimal{Coefficient: level + noise[i], Exponent: -5}
				sources = append(sources, &fake{name: fmt.Sprintf("s%d", i), latest: quoting(always(p))})
			}
			var kept shelf
			c := start(t, &kept, Options{}, sources...)
			for range 2 {
				elapse(time.Minute)
				cycle := c.Collect(t.Context())
				if len(cycle.Samples) != 3*(n-1) {
					rt.Errorf("%d samples of %d honest sources of 3 tokens: %+v", len(cycle.Samples), n-1, cycle.Rejected)
				}
				if slices.ContainsFunc(cycle.Samples, func(s layers.Sample) bool { return s.Source == sources[liar].name }) {
					rt.Errorf("the lie was kept: %+v", cycle.Samples)
				}
			}
		})
	})
}

func TestTiesAmongThreeSourcesAreNoCauseToRejectAnyone(t *testing.T) {
	for _, prices := range [][]float64{
		{1, 1, 1}, {1, 1, 1.0049}, {1, 1.0049, 1.0049}, {1e-9, 1e-9, 1e-9}, {1, 1, 1, 1}, {1, 1, 1.004, 1.004},
	} {
		var voters []voter
		for _, p := range prices {
			voters = append(voters, voter{price: p})
		}
		if result := combine(voters); slices.Contains(result.keep, false) || result.disputed {
			t.Errorf("%v: %+v", prices, result)
		}
	}
	for _, prices := range [][]float64{{1, 1, 1.0051}, {1.0051, 1, 1}, {1, 1.0051, 1}, {1, 1, 0.9949}} {
		var voters []voter
		for _, p := range prices {
			voters = append(voters, voter{price: p})
		}
		kept := combine(voters).keep
		for i, p := range prices {
			if kept[i] != (p == 1) {
				t.Errorf("%v: kept %v", prices, kept)
			}
		}
	}
}
