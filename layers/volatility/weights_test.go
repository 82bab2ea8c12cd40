package volatility_test

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"strata/layers/volatility"
)

func TestLimitedWeightsByHand(t *testing.T) {
	for name, c := range map[string]struct {
		sizes []float64
		limit float64
		want  []float64
	}{
		"none above the limit":           {[]float64{2, 3, 2, 3}, 0.4, []float64{0.2, 0.3, 0.2, 0.3}},
		"what is above goes to others":   {[]float64{80, 10, 5, 5}, 0.4, []float64{0.4, 0.3, 0.15, 0.15}},
		"which may put one above":        {[]float64{70, 20, 5, 5}, 0.4, []float64{0.4, 0.4, 0.1, 0.1}},
		"dust is not lifted":             {[]float64{100, 99, 98, 1e-9}, 0.25, []float64{0.25, 0.25, 0.25, 0.25}},
		"no room: equal":                 {[]float64{9, 1, 1, 1}, 0.3, []float64{0.25, 0.25, 0.25, 0.25}},
		"the limit is at what it allows": {[]float64{4, 3, 2, 1}, 0.4, []float64{0.4, 0.3, 0.2, 0.1}},
	} {
		if d := cmp.Diff(c.want, volatility.LimitedWeights(c.sizes, c.limit), cmpopts.EquateApprox(1e-15, 0)); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
}

// TestLimitedWeightsKeepTheirPromises draws sizes over twelve orders of magnitude.
func TestLimitedWeightsKeepTheirPromises(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		logs := rapid.SliceOfN(rapid.Float64Range(0, 12), 5, 40).Draw(r, "logs")
		sizes := make([]float64, len(logs))
		for i, l := range logs {
			sizes[i] = math.Pow(10, l)
		}
		const limit = 0.3
		weights := volatility.LimitedWeights(sizes, limit)
		var sum, ratio float64
		for i, w := range weights {
			sum += w
			if w > limit {
				r.Fatalf("weight %v above the limit", w)
			}
			if w < limit {
				if ratio == 0 {
					ratio = w / sizes[i]
				}
				if math.Abs(w/sizes[i]-ratio) > 1e-12*ratio {
					r.Fatalf("those below the limit are not in proportion: %v of %v", weights, sizes)
				}
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			r.Fatalf("weights sum to %v", sum)
		}
		if slices.Index(sizes, slices.Max(sizes)) != slices.Index(weights, slices.Max(weights)) && slices.Max(weights) < limit {
			r.Fatal("the largest does not weigh most")
		}
	})
}

func TestABasketOfEqualWeightsIsTheIndex(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := rapid.SliceOfN(rapid.Float64Range(-3, 3), 1, 20).Draw(r, "returns")
		weights := make([]float64, len(returns))
		for i := range weights {
			weights[i] = 1 / float64(len(returns))
		}
		want, got := volatility.IndexReturn(returns), volatility.BasketReturns(returns, [][]float64{weights})[0]
		if math.Abs(got-want) > 1e-14*max(1, math.Abs(want)) {
			r.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestABasketOfOneMovesAsItDoes: also when others are in it without weight.
func TestABasketOfOneMovesAsItDoes(t *testing.T) {
	got := volatility.BasketReturns([]float64{0.01, -8, -0.5}, [][]float64{{1, 0, 0}, {0, 1, 0}})
	if got[0] != 0.01 || math.Abs(got[1]+8) > 1e-12 {
		t.Errorf("got %v, want 0.01 and -8", got)
	}
}
