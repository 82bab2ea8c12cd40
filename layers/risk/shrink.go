package risk

import "strata/layers/volatility"

// Shrunk is what a covariance matrix says once it is shrunk (see [volatility.LedoitWolf]).
// With about as many steps as members, the matrix of the returns alone mistakes noise for
// diversification.
type Shrunk struct {
	Intensity                             float64 // 0 as it is, 1 no correlation left
	Correlation, Implied, Diversification Figure
	Shares                                map[string]float64 // of the variance, by token; nil when there is none
}

// shrunk returns the figures of the shrunk covariance matrix of the included members.
func shrunk(returns [][]float64, weights []float64, included []assay) *Shrunk {
	s, intensity := volatility.LedoitWolf(returns)
	of := &Shrunk{
		Intensity: intensity, Correlation: correlation(s, included), Implied: implied(s, weights), Diversification: diversification(s, weights),
	}
	shares, ok := volatility.RiskShares(s, weights)
	if !ok {
		return of
	}
	of.Shares = make(map[string]float64, len(shares))
	for i, share := range shares {
		of.Shares[included[i].Token] = share
	}
	return of
}
