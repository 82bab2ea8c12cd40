package volatility

import (
	"fmt"
	"math"
	"testing"
)

// rAnswer is what testdata/oracle.R gets from R's TTR and fGarch for a token.
type rAnswer struct {
	Month      map[string]float64 `json:"ranges_30"`
	Year       map[string]float64 `json:"ranges_365"`
	Percentile float64            `json:"percentile_366"`
	GARCH      struct {
		Omega, Alpha, Beta, Likelihood float64
		Variances                      []float64
	}
}

func everyRToken(t *testing.T, test func(t *testing.T, bars []Bar, want rAnswer)) {
	var answers map[string]rAnswer
	readJSON(t, "oracle_r.json", &answers)
	if len(answers) != 2 {
		t.Fatalf("%d tokens", len(answers))
	}
	for token, want := range answers {
		t.Run(token, func(t *testing.T) { test(t, recordedBars(t, token), want) })
	}
}

// TestEstimatorsAgreeWithTTR: TTR counts n+1 bars for n returns of closes, and
// divides by n-1 with zero mean too.
func TestEstimatorsAgreeWithTTR(t *testing.T) {
	everyRToken(t, func(t *testing.T, bars []Bar, answer rAnswer) {
		for n, want := range map[int]map[string]float64{30: answer.Month, 365: answer.Year} {
			got := rangesOf(bars, n)
			for _, name := range []string{"parkinson", "garman_klass", "rogers_satchell", "gk_yz", "yang_zhang"} {
				compare(t, fmt.Sprint(name, n), got[name].sigma, got[name].ok, want[name], exact)
			}
			returns := returnsOf(closes(bars[len(bars)-n-1:]), 1)
			demeaned, ok := CloseDemeaned(returns, day)
			compare(t, "close", demeaned, ok, want["close_demeaned"], exact)
			zero := CloseZero(returns, day) * math.Sqrt(float64(n)/float64(n-1))
			compare(t, "mean0", zero, true, want["close_mean0"], exact)
		}
	})
}

// TestPercentRankAgreesWithTTR, which counts the value among the 366, by half.
func TestPercentRankAgreesWithTTR(t *testing.T) {
	everyRToken(t, func(t *testing.T, bars []Bar, want rAnswer) {
		prices := closes(bars[len(bars)-366:])
		got := PercentRank(prices[365], prices[:365])
		compare(t, "percentile", got, true, (366*want.Percentile-0.5)/365, exact)
	})
}

// fGarchFirst is the first variance of fGarch.
func fGarchFirst(g GARCH, meanSquare float64) float64 {
	return g.Omega + (g.Alpha+g.Beta)*meanSquare
}

func TestTheGARCHFilterAgreesWithFGarch(t *testing.T) {
	everyRToken(t, func(t *testing.T, bars []Bar, answer rAnswer) {
		want := answer.GARCH
		returns := returnsOf(closes(bars), 1)
		theirs := GARCH{want.Omega, want.Alpha, want.Beta}
		first := fGarchFirst(theirs, RealisedVariance(returns)/float64(len(returns)))
		variances := theirs.Filter(returns, first)
		for i, h := range want.Variances {
			compare(t, fmt.Sprint("h ", 25*i), variances[25*i], true, h, exact)
		}
		likelihood, ok := theirs.LogLikelihood(returns, first)
		compare(t, "likelihood", likelihood, ok, want.Likelihood, exact)
	})
}

// TestTheGARCHFitIsNoWorseThanFGarchs: the likelihood that we climb is higher where
// we stop than where fGarch does, whose own has another first variance.
func TestTheGARCHFitIsNoWorseThanFGarchs(t *testing.T) {
	everyRToken(t, func(t *testing.T, bars []Bar, answer rAnswer) {
		want := answer.GARCH
		returns := returnsOf(closes(bars), 1)
		first := RealisedVariance(returns) / float64(len(returns))
		ours, ok := FitGARCH(returns)
		if !ok {
			t.Fatal("no fit")
		}
		here, _ := ours.LogLikelihood(returns, first)
		there, _ := GARCH{want.Omega, want.Alpha, want.Beta}.LogLikelihood(returns, first)
		if here < there {
			t.Errorf("%.12f below fGarch's %.12f: %+v, %+v", here, there, ours, want)
		}
		asTheirs, _ := ours.LogLikelihood(returns, fGarchFirst(ours, first))
		t.Logf("ours %+v: %.9f against %.9f; with fGarch's first variance %.9f against %.9f", ours, here, there, asTheirs, want.Likelihood)
		if asTheirs < want.Likelihood-0.01 {
			t.Errorf("with fGarch's first variance %.9f, far below %.9f", asTheirs, want.Likelihood)
		}
	})
}
