package risk

// Regime says in a word how a layer's volatility compares with its own past.
type Regime string

// The regimes, by percentile.
const (
	Calm     Regime = "calm"     // below 0.20
	Normal   Regime = "normal"   // from 0.20
	Elevated Regime = "elevated" // from 0.80
	Extreme  Regime = "extreme"  // from 0.95
)

// Regimes are all regimes, calmest first.
var Regimes = []Regime{Calm, Normal, Elevated, Extreme}

// regime returns the regime of a percentile, given the one before, "" for none. Upwards
// it follows at once; downwards only when the percentile is clearly, by 0.05, below the
// bound of the regime it leaves, so that one on the edge does not flap. However far it
// falls at once, it comes to where it would have come in small steps.
func regime(percentile float64, before Regime) Regime {
	now := Calm
	falling := false
	for i := len(Regimes) - 1; i > 0 && now == Calm; i-- {
		enter, leave := bounds(Regimes[i])
		falling = falling || Regimes[i] == before
		if percentile >= enter || falling && percentile >= leave {
			now = Regimes[i]
		}
	}
	return now
}

// bounds returns the percentile from which a regime holds, and the one below which it
// is left.
func bounds(r Regime) (enter, leave float64) {
	switch r {
	case Extreme:
		return 0.95, 0.90
	case Elevated:
		return 0.80, 0.75
	case Normal:
		return 0.20, 0.15
	default:
		return 0, 0
	}
}
