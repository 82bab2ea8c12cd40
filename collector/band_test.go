package collector

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// honest draws n quotes that differ by at most 5 bp, around any price.
func honest(t *rapid.T, n int) []voter {
	level := rapid.Float64Range(1e-9, 1e6).Draw(t, "level")
	voters := make([]voter, n)
	for i := range voters {
		voters[i].price = level * (1 + rapid.Float64Range(0, 0.0005).Draw(t, "noise"))
	}
	return voters
}

func TestOfThreeOrMoreSourcesTheOneThatIsWrongIsAlwaysRejected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voters := honest(t, rapid.IntRange(2, 8).Draw(t, "honest"))
		wrong := rapid.OneOf(
			rapid.Just(1.5), rapid.Just(1.01), rapid.Just(0.99), rapid.Just(0.5),
			rapid.Float64Range(1.0065, 1e6), rapid.Float64Range(1e-6, 0.9925),
		).Draw(t, "wrong")
		at := rapid.IntRange(0, len(voters)).Draw(t, "place")
		voters = slices.Insert(voters, at, voter{price: voters[0].price * wrong})
		result := combine(voters)
		for i, kept := range result.keep {
			if kept == (i == at) {
				t.Fatalf("voter %d of %v is kept: %v, the wrong one is %d", i, voters, kept, at)
			}
		}
		if result.reason != ReasonOutlier {
			t.Fatalf("the reason is %q", result.reason)
		}
	})
}

func TestHonestQuotesAreNeverRejected(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		result := combine(honest(t, rapid.IntRange(1, 8).Draw(t, "sources")))
		if slices.Contains(result.keep, false) || result.disputed {
			t.Fatalf("honest quotes: %+v", result)
		}
	})
}

func TestTwoSourcesThatDisagreeAreAskedForTheirPast(t *testing.T) {
	for name, test := range map[string]struct {
		a, b         voter
		keepA, keepB bool
	}{
		"one jumped by 40 %, the other is where it was": {voter{price: 100.1, last: 100, recent: true}, voter{price: 140, last: 100, recent: true}, true, false},
		"one moved by 1 %, the other traded meanwhile":  {voter{price: 100.1, last: 100, recent: true}, voter{price: 101, last: 100, recent: true}, true, false},
		"both moved":                                    {voter{price: 98, last: 100, recent: true}, voter{price: 97, last: 100, recent: true}, true, true},
		"each is steady in its own place":               {voter{price: 100, last: 99.9, recent: true}, voter{price: 102, last: 101.9, recent: true}, true, true},
		"no past, 4 % apart":                            {voter{price: 100}, voter{price: 104}, true, true},
		"no past, 6 % apart: nobody knows":              {voter{price: 100}, voter{price: 106}, false, false},
		"a newcomer beside a steady one":                {voter{price: 100.1, last: 100, recent: true}, voter{price: 50}, true, false},
		"a newcomer beside one that moved":              {voter{price: 97, last: 100, recent: true}, voter{price: 50}, true, false},
		"a market without trades, and one that moves":   {voter{price: 100, last: 100, recent: true, repeat: true}, voter{price: 101, last: 100, recent: true}, true, true},
		"the same, a cycle later":                       {voter{price: 100, last: 100, recent: true, repeat: true}, voter{price: 101.1, last: 101, recent: true}, false, true},
		"a market without trades, and a leap of 40 %":   {voter{price: 100, last: 100, recent: true, repeat: true}, voter{price: 140, last: 100, recent: true}, true, false},
		"one that lost a dispute a while ago, 1 % off":  {voter{price: 100.1, last: 100, recent: true}, voter{price: 101.1, last: 100}, true, true},
		"one that lost a dispute a while ago, 40 % off": {voter{price: 100.1, last: 100, recent: true}, voter{price: 140, last: 100}, true, false},
	} {
		result := combine([]voter{test.a, test.b})
		if want := []bool{test.keepA, test.keepB}; !slices.Equal(result.keep, want) || !result.disputed {
			t.Errorf("%s: %+v, want keep %v", name, result, want)
		}
		mirrored := combine([]voter{test.b, test.a})
		if want := []bool{test.keepB, test.keepA}; !slices.Equal(mirrored.keep, want) {
			t.Errorf("%s, the other way round: %+v, want keep %v", name, mirrored, want)
		}
	}
}

func TestWithin50BasisPointsNothingIsDisputed(t *testing.T) {
	if result := combine([]voter{{price: 100, last: 90}, {price: 100.49, last: 100}}); result.disputed || slices.Contains(result.keep, false) {
		t.Errorf("49 bp: %+v", result)
	}
	if result := combine([]voter{{price: 100, last: 100}, {price: 100.51, last: 100.5}}); !result.disputed {
		t.Errorf("51 bp: %+v", result)
	}
}
