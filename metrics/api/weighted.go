package api

import "strata/layers/risk"

// Weighted is what is known of a layer's index with other weights than equal ones.
type Weighted struct {
	Weighting  string   `json:"weighting" enum:"cap,sqrt" doc:"By market cap at the start of each UTC day, or its square root, none above 30 %; a layer of less than five live members has equal weights"`
	ValidSteps int      `json:"valid_steps" doc:"Steps in which enough members have a return, and all of these a market cap"`
	Volatility *float64 `json:"volatility_ratio" doc:"Annualised volatility of the index, 0.8 is 80 % a year"`
	Reasons    reasons  `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

func weightedIndices(all []risk.Weighted) []Weighted {
	shown := make([]Weighted, len(all))
	for i, of := range all {
		why := reasons{}
		shown[i] = Weighted{
			Weighting: string(of.Weighting), ValidSteps: of.ValidSteps,
			Volatility: why.number("volatility_ratio", of.Volatility), Reasons: why,
		}
	}
	return shown
}
