package volatility

import (
	"testing"
	"time"
)

// month is what a 30d window holds, an hour each; fine is a day of five minutes.
const month, fine = 720, 288

func BenchmarkClose(b *testing.B) {
	returns := normal(1, month)[0]
	for name, estimate := range map[string]func() (float64, bool){
		"zero":     func() (float64, bool) { return CloseZero(returns, time.Hour), true },
		"demeaned": func() (float64, bool) { return CloseDemeaned(returns, time.Hour) },
		"ewma":     func() (float64, bool) { return EWMA(returns, 0.99, time.Hour) },
	} {
		bench(b, name, estimate)
	}
}

func BenchmarkIrregularEWMA(b *testing.B) {
	e := IrregularEWMA{HalfLife: time.Hour, MaxGap: time.Hour}
	at, price := time.Unix(0, 0), 100.0
	b.ReportAllocs()
	for b.Loop() {
		at, price = at.Add(time.Minute), 201-price
		e.Add(at, price)
	}
}

func BenchmarkRange(b *testing.B) {
	bars := walkedBars(month, 12, 0.01)
	for name, estimate := range map[string]func() (float64, bool){
		"parkinson":         func() (float64, bool) { return Parkinson(bars, time.Hour) },
		"garman-klass":      func() (float64, bool) { return GarmanKlass(bars, time.Hour) },
		"garman-klass full": func() (float64, bool) { return GarmanKlassFull(bars, time.Hour) },
		"rogers-satchell":   func() (float64, bool) { return RogersSatchell(bars, time.Hour) },
		"gk-yang-zhang":     func() (float64, bool) { return GarmanKlassYangZhang(100, bars, time.Hour) },
		"yang-zhang":        func() (float64, bool) { return YangZhang(100, bars, time.Hour) },
	} {
		bench(b, name, estimate)
	}
}

func BenchmarkRealised(b *testing.B) {
	returns := normal(1, fine)[0]
	for name, estimate := range map[string]func() (float64, bool){
		"variance":      func() (float64, bool) { return RealisedVariance(returns), true },
		"semivariances": func() (float64, bool) { down, up := Semivariances(returns); return down + up, true },
		"bipower":       func() (float64, bool) { return BipowerVariation(returns) },
		"min":           func() (float64, bool) { return MinRV(returns) },
		"med":           func() (float64, bool) { return MedRV(returns) },
		"jump test":     func() (float64, bool) { return JumpTest(returns) },
	} {
		bench(b, name, estimate)
	}
}

func BenchmarkJumps(b *testing.B) {
	returns := normal(1, 3*fine)[0]
	bench(b, "three days", func() (float64, bool) { down, up, ok := Jumps(returns, 325, 0.01); return float64(down + up), ok })
}

func BenchmarkNoise(b *testing.B) {
	returns := normal(1, 1440)[0]
	for name, estimate := range map[string]func() (float64, bool){
		"two scales of 30": func() (float64, bool) { return TSRV(returns, 30) },
		"kernel of 30":     func() (float64, bool) { return RealisedKernel(returns, 30) },
		"variance":         func() (float64, bool) { return NoiseVariance(returns) },
	} {
		bench(b, name, estimate)
	}
}

func BenchmarkModels(b *testing.B) {
	returns := returnsOf(closes(recordedBars(b, "BTC")), 1)
	variances := dailyVariances(recorded(b, "hours_ETH")["price"])
	g := GARCH{1e-5, 0.1, 0.85}
	for name, estimate := range map[string]func() (float64, bool){
		"har of a year":      func() (float64, bool) { m, ok := FitLogHAR(variances, 1); return m.Day, ok },
		"garch fit of 1500":  func() (float64, bool) { m, ok := FitGARCH(returns); return m.Alpha, ok },
		"garch filter":       func() (float64, bool) { return g.Filter(returns, 1e-3)[len(returns)], true },
		"garch likelihood":   func() (float64, bool) { return g.LogLikelihood(returns, 1e-3) },
		"vol of vol":         func() (float64, bool) { return VolOfVol(variances[:31], day) },
		"cone slice of 1500": func() (float64, bool) { c, ok := Cone(returns, 30, []float64{0.5}, day); return c.VarianceFactor, ok },
	} {
		bench(b, name, estimate)
	}
}

func bench(b *testing.B, name string, estimate func() (float64, bool)) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, ok := estimate(); !ok {
				b.Fatal("no estimate")
			}
		}
	})
}
