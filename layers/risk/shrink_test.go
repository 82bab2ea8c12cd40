package risk

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
)

// shrunkAnswer is what testdata/oracle_shrunk.py makes of a case; null is withheld.
type shrunkAnswer struct {
	Layers map[string]map[string]struct {
		Implied *float64
		Shrunk  *struct {
			Intensity                             float64
			Shares                                map[string]float64
			Correlation, Implied, Diversification *float64
		}
	}
}

func TestImpliedCorrelationAndShrinkageAgreeWithNumPyOnRecordedPrices(t *testing.T) {
	var cases []oracleCase
	var answers []shrunkAnswer
	readJSON(t, "cases.json", &cases)
	readJSON(t, "shrunk.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s := compute(t, c.catalogue(t), c.history(t), c.At)
			for layer, windows := range answers[i].Layers {
				for name, want := range windows {
					got, _ := s.Layer(layer, name)
					at := layer + " " + name + " "
					compareFigure(t, at+"implied", got.Implied, want.Implied)
					if (got.Shrunk != nil) != (want.Shrunk != nil) {
						t.Fatalf("%sshrunk: %+v, want %+v", at, got.Shrunk, want.Shrunk)
					}
					if got.Shrunk == nil {
						continue
					}
					compareFigure(t, at+"intensity", known(got.Shrunk.Intensity), &want.Shrunk.Intensity)
					compareFigure(t, at+"shrunk correlation", got.Shrunk.Correlation, want.Shrunk.Correlation)
					compareFigure(t, at+"shrunk implied", got.Shrunk.Implied, want.Shrunk.Implied)
					compareFigure(t, at+"shrunk diversification", got.Shrunk.Diversification, want.Shrunk.Diversification)
					for token, share := range want.Shrunk.Shares {
						compareFigure(t, at+"shrunk share of "+token, known(got.Shrunk.Shares[strings.ToLower(token)]), &share)
					}
				}
			}
		})
	}
}

func TestShrunkSharesSumToOneAndShrinkingLowersCorrelation(t *testing.T) {
	h := threeAndOneMonth()
	l := computeLayer(t, threeAndOne(t), h, "alpha", "24h", noon)
	var sum float64
	for share := range maps.Values(l.Shrunk.Shares) {
		sum += share
	}
	if math.Abs(sum-1) > 1e-12 || len(l.Shrunk.Shares) != 3 {
		t.Errorf("%d shares sum to %v", len(l.Shrunk.Shares), sum)
	}
	if math.Abs(l.Shrunk.Correlation.Value) > math.Abs(l.Correlation.Value) {
		t.Errorf("shrunk %v, as it is %v", l.Shrunk.Correlation.Value, l.Correlation.Value)
	}
	for _, name := range []string{"1h", "7d", "30d"} {
		if l := computeLayer(t, threeAndOne(t), h, "alpha", name, noon); l.Shrunk != nil {
			t.Errorf("%s is shrunk", name)
		}
	}
}

func TestAMemberAloneIsNotShrunk(t *testing.T) {
	l := computeLayer(t, threeAndOne(t), threeAndOneMonth(), "beta", "24h", noon)
	if got := l.Shrunk; got.Intensity != 0 || got.Diversification != known(1) || got.Correlation.Known || got.Implied.Known {
		t.Errorf("got %+v", got)
	}
	if shares := slices.Collect(maps.Values(l.Shrunk.Shares)); !slices.Equal(shares, []float64{1}) {
		t.Errorf("shares %v", shares)
	}
}
