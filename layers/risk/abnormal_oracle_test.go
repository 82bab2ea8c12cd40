package risk

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// abnormalAnswer is what testdata/oracle_abnormal.py makes of a case; null is withheld.
type abnormalAnswer struct {
	Layers map[string]struct {
		ZScore     *float64
		Percentile *float64
		Days       int `json:"percentile_days"`
		Regime     Regime
		Betas      map[string]map[string]struct {
			Beta, R2, Idiosyncratic *float64
		}
	}
}

// TestAbnormalityAndBetaAgreeWithNumPyOnRecordedPrices goes through half a year of
// hours, up to the crash of 10 October 2025, of nine tokens.
func TestAbnormalityAndBetaAgreeWithNumPyOnRecordedPrices(t *testing.T) {
	var cases []oracleCase
	var answers []abnormalAnswer
	readJSON(t, "abnormal_cases.json", &cases)
	readJSON(t, "abnormal.json", &answers)
	for i, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			catalogue, h := c.catalogue(t), c.history(t).ledger()
			s := compute(t, catalogue, h, c.At)
			for layer, want := range answers[i].Layers {
				got, _ := s.Layer(layer, "24h")
				compareFigure(t, layer+" zscore", got.ZScore, want.ZScore)
				compareFigure(t, layer+" percentile", got.Percentile, want.Percentile)
				if got.PercentileDays != want.Days || got.Regime != want.Regime {
					t.Errorf("%s: %d days, %q, want %d, %q", layer, got.PercentileDays, got.Regime, want.Days, want.Regime)
				}
			}
			compareBetas(t, s, answers[i])
			recalled := engine(t, catalogue, h, c.At).Snapshot(c.At)
			recalled.Took = 0
			if d := cmp.Diff(s, recalled); d != "" {
				t.Errorf("the engine differs: %s", d)
			}
		})
	}
}

func compareBetas(t *testing.T, s *Snapshot, answer abnormalAnswer) {
	t.Helper()
	for layer, want := range answer.Layers {
		for name, of := range want.Betas {
			got, _ := s.Layer(layer, name)
			if len(got.Betas) != len(of) {
				t.Errorf("%s %s: %d betas, want %d", layer, name, len(got.Betas), len(of))
			}
			for _, b := range got.Betas {
				at, want := layer+" "+name+" "+b.Benchmark+" ", of[strings.ToUpper(b.Token)]
				compareFigure(t, at+"beta", b.Beta, want.Beta)
				compareFigure(t, at+"r2", b.RSquared, want.R2)
				compareFigure(t, at+"idiosyncratic", b.Idiosyncratic, want.Idiosyncratic)
				if b.Member != (layer == "middleware" && b.Token == "eth") {
					t.Errorf("%s: member %t", at, b.Member)
				}
			}
		}
	}
}
