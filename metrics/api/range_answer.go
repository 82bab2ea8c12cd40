package api

import (
	"time"

	"strata/layers/risk"
)

// LayerRange is the volatility of one layer over time, oldest first.
type LayerRange struct {
	Layer     string `json:"layer" example:"infrastructure"`
	Weighting string `json:"weighting" doc:"Weights of the included members in the index"`
	RangeAbout
	Points []LayerRangePoint `json:"points" nullable:"false" doc:"One for each instant; a number that is withheld then is null"`
}

// TokenRange is the volatility of one token over time, oldest first.
type TokenRange struct {
	Token string `json:"token" example:"bittensor"`
	RangeAbout
	Points []TokenRangePoint `json:"points" nullable:"false" doc:"One for each instant; a number that is withheld then is null"`
}

// RangeAbout says what a range is of.
type RangeAbout struct {
	Window    string    `json:"window" example:"24h"`
	Estimator string    `json:"estimator" doc:"close: zero-mean close-to-close log returns"`
	Start     time.Time `json:"start" doc:"First instant asked for"`
	End       time.Time `json:"end" doc:"Instant to stop before"`
	Step      float64   `json:"step_seconds" doc:"From one point to the next; the points are at its multiples since 1970"`
}

// LayerRangePoint is one layer at one instant, by the members and the rules of then.
type LayerRangePoint struct {
	Time         time.Time `json:"time"`
	Live         int       `json:"live" doc:"Members whose price is expected"`
	Included     int       `json:"included" doc:"Members that count"`
	Coverage     float64   `json:"coverage_ratio"`
	Volatility   *float64  `json:"volatility_ratio" doc:"Annualised volatility of the equal-weight index"`
	MemberMedian *float64  `json:"member_median_ratio"`
	MemberMax    *float64  `json:"member_max_ratio"`
	Downside     *float64  `json:"downside_ratio"`
	Reasons      reasons   `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

// TokenRangePoint is one token at one instant.
type TokenRangePoint struct {
	Time       time.Time `json:"time"`
	Coverage   float64   `json:"coverage_ratio"`
	Volatility *float64  `json:"volatility_ratio"`
	Reasons    reasons   `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

func rangeAbout(r asked) RangeAbout {
	return RangeAbout{
		Window: r.window.Name, Estimator: estimator,
		Start: r.from.UTC(), End: r.to.UTC(), Step: r.instants.Step.Seconds(),
	}
}

func layerRangePoint(p risk.LayerPoint) LayerRangePoint {
	why := reasons{}
	return LayerRangePoint{
		Time: p.Time.UTC(), Live: p.Live, Included: p.Included, Coverage: p.Coverage,
		Volatility:   why.number("volatility_ratio", p.Volatility),
		MemberMedian: why.number("member_median_ratio", p.MemberMedian),
		MemberMax:    why.number("member_max_ratio", p.MemberMax),
		Downside:     why.number("downside_ratio", p.Downside),
		Reasons:      why,
	}
}

func tokenRangePoint(p risk.TokenPoint) TokenRangePoint {
	why := reasons{}
	return TokenRangePoint{
		Time: p.Time.UTC(), Coverage: p.Coverage, Volatility: why.number("volatility_ratio", p.Volatility), Reasons: why,
	}
}
