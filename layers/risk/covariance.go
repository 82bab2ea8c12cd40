package risk

import "strata/layers/volatility"

// withholdCovariance withholds every figure that comes from the covariance matrix.
// A member that is not included keeps its own reason.
func (l *LayerRisk) withholdCovariance(reason string) {
	withheld := Figure{Reason: reason}
	l.Dispersion, l.Correlation, l.Implied, l.Diversification = withheld, withheld, withheld, withheld
	for i := range l.Members {
		if l.Members[i].State == Included {
			l.Members[i].RiskShare = withheld
		}
	}
}

// addCovariance fills in the figures of the one covariance matrix of the members
// that are included now, equally weighted. Only steps in which all of them have a
// return count: a matrix made pair by pair may have negative variances.
func (v *view) addCovariance(risk *LayerRisk, g grid, included []assay, reason string) {
	if reason != "" {
		risk.withholdCovariance(reason)
		return
	}
	returns := v.complete(included, risk.Window, g)
	if reason := rule3(len(returns[0]), g.n); reason != "" {
		risk.withholdCovariance(reason)
		return
	}
	weights := make([]float64, len(included))
	for i := range weights {
		weights[i] = 1 / float64(len(included))
	}
	s := volatility.Covariance(returns)
	risk.Dispersion = known(volatility.Dispersion(returns, weights, g.step))
	risk.Correlation, risk.Implied = correlation(s, included), implied(s, weights)
	risk.Diversification = diversification(s, weights)
	risk.addShares(s, weights)
	if risk.Window.isHeadline() {
		risk.Shrunk = shrunk(returns, weights, included)
	}
}

// complete returns the returns of the included members, one row each, in the steps
// in which all have one.
func (v *view) complete(included []assay, w Window, g grid) [][]float64 {
	paths, rows := make([]path, len(included)), make([][]float64, len(included))
	for i, a := range included {
		paths[i] = v.path(a.Token, w, g.step)
	}
	for k := range g.n {
		if !allValid(paths, k) {
			continue
		}
		for i, p := range paths {
			rows[i] = append(rows[i], p.returns[k])
		}
	}
	return rows
}

func allValid(paths []path, k int) bool {
	for _, p := range paths {
		if !p.valid[k] {
			return false
		}
	}
	return true
}

func correlation(s [][]float64, included []assay) Figure {
	if len(s) == 1 {
		return Figure{Reason: "one member has no correlation"}
	}
	for i := range s {
		if s[i][i] == 0 {
			return Figure{Reason: "the price of " + included[i].Token + " did not move on the layer's grid"}
		}
	}
	mean, ok := volatility.MeanCorrelation(s)
	if !ok {
		return Figure{Reason: "a member has no variance"}
	}
	return known(mean)
}

func implied(s [][]float64, weights []float64) Figure {
	if len(s) == 1 {
		return Figure{Reason: "one member has no correlation"}
	}
	mean, ok := volatility.ImpliedCorrelation(s, weights)
	if !ok {
		return Figure{Reason: "fewer than two members moved on the layer's grid"}
	}
	return known(mean)
}

func diversification(s [][]float64, weights []float64) Figure {
	if len(s) == 1 {
		return known(1)
	}
	ratio, ok := volatility.DiversificationRatio(s, weights)
	if !ok {
		return Figure{Reason: "the members together have no variance"}
	}
	return known(ratio)
}

// addShares gives each included member its share of the layer's variance. All of it
// is the only member's, whatever it is.
func (l *LayerRisk) addShares(s [][]float64, weights []float64) {
	shares, ok := volatility.RiskShares(s, weights)
	if len(weights) == 1 {
		shares, ok = []float64{1}, true
	}
	for i := range l.Members {
		member := &l.Members[i]
		switch {
		case member.State != Included:
		case !ok:
			member.RiskShare = Figure{Reason: "the members together have no variance"}
		default:
			member.RiskShare, shares = known(shares[0]), shares[1:]
		}
	}
}
