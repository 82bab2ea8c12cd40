package risk

import (
	"math"
	"strings"
	"testing"
)

// oracleAnswer is what testdata/oracle.py makes of a case; null is withheld.
type oracleAnswer struct {
	Tokens map[string]map[string]struct {
		State      MemberState
		Coverage   float64
		Valid      int `json:"valid_steps"`
		Volatility *float64
	}
	Layers map[string]map[string]struct {
		Valid                             int `json:"valid_steps"`
		Volatility, Downside, Median, Max *float64
		Dispersion, Correlation           *float64
		Diversification                   *float64
		Shares                            map[string]float64
	}
}

// TestNumbersAgreeWithNumPyOnRecordedPrices compares every published and every
// withheld number with an independent implementation.
func TestNumbersAgreeWithNumPyOnRecordedPrices(t *testing.T) {
	var cases []oracleCase
	var answers []oracleAnswer
	readJSON(t, "cases.json", &cases)
	readJSON(t, "oracle.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			s := compute(t, c.catalogue(t), c.history(t), c.At)
			compareTokens(t, s, answers[i])
			compareLayers(t, s, answers[i])
		})
	}
}

func compareTokens(t *testing.T, s *Snapshot, answer oracleAnswer) {
	for token, windows := range answer.Tokens {
		for name, want := range windows {
			got, ok := s.Token(strings.ToLower(token), name)
			if !ok {
				t.Fatalf("%s %s is missing", token, name)
			}
			if got.ValidSteps != want.Valid || got.Coverage != want.Coverage {
				t.Errorf("%s %s: %d steps, coverage %v, want %d, %v", token, name, got.ValidSteps, got.Coverage, want.Valid, want.Coverage)
			}
			compareFigure(t, token+" "+name, got.Volatility, want.Volatility)
		}
	}
}

func compareLayers(t *testing.T, s *Snapshot, answer oracleAnswer) {
	for layer, windows := range answer.Layers {
		for name, want := range windows {
			got, ok := s.Layer(layer, name)
			if !ok {
				t.Fatalf("%s %s is missing", layer, name)
			}
			if got.ValidSteps != want.Valid {
				t.Errorf("%s %s: %d valid steps, want %d", layer, name, got.ValidSteps, want.Valid)
			}
			at := layer + " " + name + " "
			compareFigure(t, at+"volatility", got.Volatility, want.Volatility)
			compareFigure(t, at+"downside", got.Downside, want.Downside)
			compareFigure(t, at+"median", got.MemberMedian, want.Median)
			compareFigure(t, at+"max", got.MemberMax, want.Max)
			compareFigure(t, at+"dispersion", got.Dispersion, want.Dispersion)
			compareFigure(t, at+"correlation", got.Correlation, want.Correlation)
			compareFigure(t, at+"diversification", got.Diversification, want.Diversification)
			for _, m := range got.Members {
				token := strings.ToUpper(m.Token)
				compareFigure(t, at+token+" share", m.RiskShare, lookup(want.Shares, token))
				if state := answer.Tokens[token][name].State; m.State != state {
					t.Errorf("%s%s is %s, want %s", at, token, m.State, state)
				}
			}
		}
	}
}

func lookup(values map[string]float64, key string) *float64 {
	if v, ok := values[key]; ok {
		return &v
	}
	return nil
}

func compareFigure(t *testing.T, what string, got Figure, want *float64) {
	t.Helper()
	switch {
	case got.Known != (want != nil):
		t.Errorf("%s: published %t (%s), want %t", what, got.Known, got.Reason, want != nil)
	case !got.Known && got.Reason == "":
		t.Errorf("%s: withheld without a reason", what)
	case got.Known && math.Abs(got.Value-*want) > 1e-11*math.Abs(*want):
		t.Errorf("%s: got %.17g, want %.17g", what, got.Value, *want)
	}
}
