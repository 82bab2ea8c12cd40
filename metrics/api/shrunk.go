package api

import "strata/layers/risk"

// Shrunk is what a layer's covariance matrix says once it is shrunk.
type Shrunk struct {
	Intensity       float64            `json:"intensity_ratio" doc:"0: as it is, 1: no correlation left"`
	Correlation     *float64           `json:"correlation_average"`
	Implied         *float64           `json:"correlation_implied"`
	Diversification *float64           `json:"diversification_ratio"`
	Shares          map[string]float64 `json:"risk_shares" nullable:"true" doc:"Share of the layer's variance, by token; they sum to 1"`
	Reasons         reasons            `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

func shrunk(of *risk.Shrunk) *Shrunk {
	if of == nil {
		return nil
	}
	why := reasons{}
	return &Shrunk{
		Intensity:       of.Intensity,
		Correlation:     why.number("correlation_average", of.Correlation),
		Implied:         why.number("correlation_implied", of.Implied),
		Diversification: why.number("diversification_ratio", of.Diversification),
		Shares:          of.Shares, Reasons: why,
	}
}
