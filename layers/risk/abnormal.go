package risk

import (
	"fmt"
	"time"

	"strata/layers/volatility"
)

// How many of the previous days make the past that a layer's volatility is compared
// with, and how many of those must have a value (docs/METHOD.md).
const (
	quarterDays, quarterNeeded = 90, 60
	yearDays, yearNeeded       = 365, 180
)

// days holds what the volatility of the layers was at past midnights, as its
// logarithm: by day, then by layer. A day that was looked at is there; a layer without
// a value that day is not. A day is the number, since the Unix epoch, of the midnight
// at its end.
type days map[int64]map[string]float64

// midnight returns the time at the end of a day.
func midnight(day int64) time.Time { return time.Unix(day*24*60*60, 0).UTC() }

// lastDay returns the newest day that a present is compared with: the last that had
// ended when the 24 hours began that end at the last full hour before an instant, so
// that nothing is compared with itself.
func lastDay(at time.Time) int64 {
	return at.Truncate(coarseStep).Add(-24*time.Hour).Unix() / (24 * 60 * 60)
}

// year returns the days that a present is compared with, newest first.
func year(at time.Time) []int64 {
	past, last := make([]int64, yearDays), lastDay(at)
	for i := range past {
		past[i] = last - int64(i)
	}
	return past
}

// values returns the known values of a layer in some days.
func (d days) values(layer string, past []int64) []float64 {
	var values []float64
	for _, day := range past {
		if value, ok := d[day][layer]; ok {
			values = append(values, value)
		}
	}
	return values
}

// isHeadline says whether a window is the one whose abnormality is told.
func (w Window) isHeadline() bool { return w.Name == oneDay.Name }

// addAbnormality fills in how unusual the layer's volatility is.
func (v *view) addAbnormality(risk *LayerRisk) {
	if !risk.Window.isHeadline() {
		withheld := Figure{Reason: "given for the " + oneDay.Name + " window"}
		risk.ZScore, risk.Percentile = withheld, withheld
		return
	}
	now := v.lastHour().logVolatility(risk.Layer)
	if !now.Known {
		risk.ZScore, risk.Percentile = now, now
		return
	}
	past := year(v.at)
	quarter, all := v.days.values(risk.Layer, past[:quarterDays]), v.days.values(risk.Layer, past)
	risk.ZScore = zscore(now.Value, quarter)
	risk.Percentile, risk.PercentileDays = percentile(now.Value, quarter, all)
	if risk.Percentile.Known {
		risk.Regime = regime(risk.Percentile.Value, v.regimeBefore(risk))
	}
}

// zscore compares a logarithm with those of a quarter.
func zscore(now float64, quarter []float64) Figure {
	if reason := fewDays(len(quarter), quarterDays, quarterNeeded); reason != "" {
		return Figure{Reason: reason}
	}
	z, ok := volatility.ZScore(now, quarter)
	if !ok {
		return Figure{Reason: fmt.Sprintf("the volatility of the last %d days did not vary", quarterDays)}
	}
	return known(z)
}

// percentile compares a value with those of a year, or of a quarter while too little
// of the year is known, and says of how many days that was.
func percentile(now float64, quarter, year []float64) (Figure, int) {
	tooShort := fewDays(len(year), yearDays, yearNeeded)
	if tooShort == "" {
		return known(volatility.PercentRank(now, year)), yearDays
	}
	if reason := fewDays(len(quarter), quarterDays, quarterNeeded); reason != "" {
		return Figure{Reason: tooShort + "; " + reason}, 0
	}
	return known(volatility.PercentRank(now, quarter)), quarterDays
}

// fewDays says why too few of the previous days have a value, or "".
func fewDays(got, of, want int) string {
	if got < want {
		return fmt.Sprintf("%d of the last %d days have a value, %d needed", got, of, want)
	}
	return ""
}

func (v *view) regimeBefore(risk *LayerRisk) Regime {
	if v.previous == nil {
		return ""
	}
	before, ok := v.previous.Layer(risk.Layer, risk.Window.Name)
	if !ok {
		return ""
	}
	return before.Regime
}
