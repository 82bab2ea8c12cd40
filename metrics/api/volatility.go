package api

import (
	"time"

	"strata/layers/risk"
)

// How the numbers of this version are made. The fields are in the answer because
// other ways will stand beside them.
const (
	estimator = "close" // zero-mean close-to-close log returns
	weighting = "equal" // of the included members
)

// LayerVolatility is what is known of one layer in one window.
type LayerVolatility struct {
	Layer           string       `json:"layer" example:"infrastructure"`
	Window          string       `json:"window" example:"24h"`
	At              time.Time    `json:"at" doc:"End of the last grid step"`
	Estimator       string       `json:"estimator" doc:"close: zero-mean close-to-close log returns"`
	Weighting       string       `json:"weighting" doc:"Weights of the included members in the index"`
	StepSeconds     float64      `json:"step_seconds" doc:"Step of the layer grid; 0 when the window has none"`
	Steps           int          `json:"steps" doc:"Steps of the layer grid in the window"`
	ValidSteps      int          `json:"valid_steps" doc:"Steps in which enough members have a return"`
	Coverage        float64      `json:"coverage_ratio" doc:"valid_steps / steps; of a window without a layer grid the mean coverage of the members"`
	Status          string       `json:"status" enum:"ok,insufficient" doc:"Whether volatility_ratio is published"`
	Reason          string       `json:"reason,omitempty" doc:"Why volatility_ratio is null"`
	Volatility      *float64     `json:"volatility_ratio" doc:"Annualised volatility of the equal-weight index, 0.8 is 80 % a year"`
	Weighted        []Weighted   `json:"weighted" nullable:"false" doc:"Of the indices with other weights; empty when the window has no layer grid"`
	MemberMedian    *float64     `json:"member_median_ratio" doc:"Median volatility of the included members"`
	MemberMax       *float64     `json:"member_max_ratio" doc:"Highest volatility of the included members"`
	Downside        *float64     `json:"downside_ratio" doc:"Annualised downside volatility of the index"`
	Dispersion      *float64     `json:"dispersion_ratio" doc:"Annualised spread of the members' returns around the index"`
	Correlation     *float64     `json:"correlation_average" doc:"Mean pairwise correlation of the included members"`
	Implied         *float64     `json:"correlation_implied" doc:"The one correlation of all pairs with which the members' volatilities make that of their portfolio"`
	Diversification *float64     `json:"diversification_ratio" doc:"Weighted mean volatility of the members over that of their portfolio"`
	Percentile      *float64     `json:"percentile_ratio" doc:"Share of the previous days on which the 24h volatility on the 1h grid was lower; given for the 24h window"`
	PercentileDays  *int         `json:"percentile_days" doc:"How many previous days those are: 365, or 90 while less than half of the year is known"`
	ZScore          *float64     `json:"zscore" doc:"Standard deviations of the logarithm of that volatility from its mean of the previous 90 days; given for the 24h window"`
	Regime          *string      `json:"regime" doc:"By percentile_ratio: calm, normal from 0.2, elevated from 0.8, extreme from 0.95; left downwards 0.05 below these"`
	Shrunk          *Shrunk      `json:"shrunk,omitempty" doc:"The same of the covariance matrix shrunk towards the identity (Ledoit and Wolf 2004); of the 24h window, whose steps are few"`
	Betas           []Beta       `json:"betas" nullable:"false" doc:"To each benchmark; given for the 7d and 30d windows"`
	Reasons         reasons      `json:"reasons,omitempty" doc:"Why a number is null, by field"`
	Members         []MemberRisk `json:"members" nullable:"false"`

	Explanations []Explanation `json:"explanations,omitempty" doc:"Of the price of each live member at the instant asked for, with explain=1"`
}

// Beta is how a layer moved along with a benchmark.
type Beta struct {
	Benchmark     string   `json:"benchmark" example:"btc" doc:"Ticker in lower case, as in the metrics"`
	Token         string   `json:"token" example:"bitcoin" doc:"Slug of the benchmark"`
	Beta          *float64 `json:"beta" doc:"What the index moves when the benchmark moves by 1"`
	RSquared      *float64 `json:"r2_ratio" doc:"Share of the index's variance that goes along with the benchmark"`
	Idiosyncratic *float64 `json:"idiosyncratic_volatility_ratio" doc:"Annualised volatility that is left without the benchmark"`
	Member        bool     `json:"member" doc:"Whether the benchmark is part of the index and so compared with itself too"`
	Reasons       reasons  `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

// MemberRisk is one member of a layer in one window.
type MemberRisk struct {
	Token      string   `json:"token" example:"bittensor"`
	State      string   `json:"state" doc:"included, stale, frozen or insufficient; of members that are not live the state of the catalogue"`
	Reason     string   `json:"reason,omitempty" doc:"Why it is not included"`
	Weight     float64  `json:"weight" doc:"Weight in the index"`
	Volatility *float64 `json:"volatility_ratio"`
	Coverage   float64  `json:"coverage_ratio"`
	RiskShare  *float64 `json:"risk_share" doc:"Share of the layer's variance; the shares sum to 1"`
	Reasons    reasons  `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

// TokenVolatility is what is known of one token in one window.
type TokenVolatility struct {
	Token       string    `json:"token" example:"bittensor"`
	Window      string    `json:"window" example:"24h"`
	At          time.Time `json:"at" doc:"End of the last grid step"`
	Estimator   string    `json:"estimator" doc:"close: zero-mean close-to-close log returns"`
	StepSeconds float64   `json:"step_seconds" doc:"Step of the grid"`
	Steps       int       `json:"steps" doc:"Steps of the grid in the window"`
	ValidSteps  int       `json:"valid_steps" doc:"Steps in which a source has a return"`
	Coverage    float64   `json:"coverage_ratio" doc:"Share of grid intervals with a new sample"`
	Status      string    `json:"status" enum:"ok,insufficient" doc:"Whether volatility_ratio is published"`
	Reason      string    `json:"reason,omitempty" doc:"Why volatility_ratio is null"`
	Volatility  *float64  `json:"volatility_ratio" doc:"Annualised volatility, 0.8 is 80 % a year"`
	Reasons     reasons   `json:"reasons,omitempty" doc:"Why a number is null, by field"`

	Explanation *Explanation `json:"explanation,omitempty" doc:"Of the price at the instant asked for, with explain=1"`
}

func layerVolatility(l *risk.LayerRisk) LayerVolatility {
	why := reasons{}
	return LayerVolatility{
		Layer: l.Layer, Window: l.Window.Name, At: l.At.UTC(), Estimator: estimator, Weighting: weighting,
		StepSeconds: l.Window.LayerStep.Seconds(), Steps: l.Steps, ValidSteps: l.ValidSteps, Coverage: l.Coverage,
		Status: status(l.Volatility), Reason: l.Volatility.Reason,
		Volatility:      why.number("volatility_ratio", l.Volatility),
		Weighted:        weightedIndices(l.Weighted),
		MemberMedian:    why.number("member_median_ratio", l.MemberMedian),
		MemberMax:       why.number("member_max_ratio", l.MemberMax),
		Downside:        why.number("downside_ratio", l.Downside),
		Dispersion:      why.number("dispersion_ratio", l.Dispersion),
		Correlation:     why.number("correlation_average", l.Correlation),
		Implied:         why.number("correlation_implied", l.Implied),
		Diversification: why.number("diversification_ratio", l.Diversification),
		Shrunk:          shrunk(l.Shrunk),
		Percentile:      why.number("percentile_ratio", l.Percentile),
		PercentileDays:  why.days(l),
		ZScore:          why.number("zscore", l.ZScore),
		Regime:          why.regime(l),
		Betas:           betas(l.Betas),
		Reasons:         why, Members: memberRisks(l.Members),
	}
}

// days returns on how many days a percentile rests, or nil after noting why there is
// none.
func (r reasons) days(l *risk.LayerRisk) *int {
	if l.Percentile.Known {
		return &l.PercentileDays
	}
	r["percentile_days"] = l.Percentile.Reason
	return nil
}

// regime returns the regime of a percentile, or nil after noting why there is none.
func (r reasons) regime(l *risk.LayerRisk) *string {
	if l.Percentile.Known {
		return new(string(l.Regime))
	}
	r["regime"] = l.Percentile.Reason
	return nil
}

func betas(all []risk.Beta) []Beta {
	shown := make([]Beta, len(all))
	for i, b := range all {
		why := reasons{}
		shown[i] = Beta{
			Benchmark: b.Benchmark, Token: b.Token, Member: b.Member,
			Beta:          why.number("beta", b.Beta),
			RSquared:      why.number("r2_ratio", b.RSquared),
			Idiosyncratic: why.number("idiosyncratic_volatility_ratio", b.Idiosyncratic), Reasons: why,
		}
	}
	return shown
}

func memberRisks(members []risk.Member) []MemberRisk {
	risks := make([]MemberRisk, len(members))
	for i, m := range members {
		why := reasons{}
		risks[i] = MemberRisk{
			Token: m.Token, State: string(m.State), Reason: m.Reason, Weight: m.Weight, Coverage: m.Coverage,
			Volatility: why.number("volatility_ratio", m.Volatility),
			RiskShare:  why.number("risk_share", m.RiskShare), Reasons: why,
		}
	}
	return risks
}

func tokenVolatility(t *risk.TokenRisk) TokenVolatility {
	why := reasons{}
	return TokenVolatility{
		Token: t.Token, Window: t.Window.Name, At: t.At.UTC(), Estimator: estimator,
		StepSeconds: t.Window.TokenStep.Seconds(), Steps: t.Steps, ValidSteps: t.ValidSteps, Coverage: t.Coverage,
		Status: status(t.Volatility), Reason: t.Volatility.Reason,
		Volatility: why.number("volatility_ratio", t.Volatility), Reasons: why,
	}
}
