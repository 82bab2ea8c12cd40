package volatility

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// TestWithoutJumpsTheTestIsStandardNormal on 288 returns a day, whose volatility
// goes up and down by half.
func TestWithoutJumpsTheTestIsStandardNormal(t *testing.T) {
	var s spread
	beyond, days := 0, normal(4000, 288)
	for _, returns := range days {
		for k := range returns {
			returns[k] *= 1 + 0.5*math.Sin(2*math.Pi*float64(k)/288)
		}
		z, ok := JumpTest(returns)
		if !ok {
			t.Fatal("no statistic")
		}
		s.add(z)
		if z > 1.645 {
			beyond++
		}
	}
	if deviation := math.Sqrt(s.variance()); math.Abs(s.mean) > 0.1 || math.Abs(deviation-1) > 0.05 {
		t.Errorf("mean %.3f, standard deviation %.3f", s.mean, deviation)
	}
	if share := float64(beyond) / float64(len(days)); share < 0.03 || share > 0.08 {
		t.Errorf("%.3f beyond the 5 %% mark", share)
	}
}

func TestAJumpIsSeenByTheTestAndByItsReturn(t *testing.T) {
	for _, sign := range []float64{-1, 1} {
		returns := normal(1, 288*3)[0]
		returns[700] += sign * 0.5 // of a day's volatility of 1
		if z, ok := JumpTest(returns); !ok || z < 3.09 {
			t.Errorf("z %v", z)
		}
		down, up, ok := Jumps(returns, 270, 0.01)
		if want := (sign + 1) / 2; !ok || float64(up) != want || float64(down) != 1-want {
			t.Errorf("jump %+v: %d down, %d up", sign, down, up)
		}
	}
}

// TestWithoutJumpsFewAreCounted: in one of a hundred spans, by its own probability.
func TestWithoutJumpsFewAreCounted(t *testing.T) {
	spans := normal(500, 864+269)
	wrong := 0
	for _, returns := range spans {
		if down, up, _ := Jumps(returns, 270, 0.01); down+up > 0 {
			wrong++
		}
	}
	if wrong > 15 { // 5 expected
		t.Errorf("in %d of %d spans", wrong, len(spans))
	}
}

func TestJumpStatisticsForgetTheScale(t *testing.T) {
	returns := returnsOf(recorded(t, "minutes_TAO")["price"], 5)
	z, _ := JumpTest(returns)
	statistics, _ := LeeMykland(returns, 20)
	for _, c := range []float64{1e-9, -1, 1e3} {
		if got, ok := JumpTest(times(returns, c)); !ok || !near(got, z, 1e-11) {
			t.Errorf("times %v: z %v, not %v", c, got, z)
		}
		scaled, _ := LeeMykland(times(returns, c), 20)
		for k := range statistics {
			if math.Abs(scaled[k]-math.Copysign(1, c)*statistics[k]) > 1e-11 {
				t.Fatalf("times %v: statistic %d is %v, not %v", c, k, scaled[k], statistics[k])
			}
		}
	}
}

// TestAJumpStatisticKnowsThePastOnly: what comes later changes none before it.
func TestAJumpStatisticKnowsThePastOnly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		returns := drawReturns(r, 10)
		all, _ := LeeMykland(returns, 5)
		cut := rapid.IntRange(5, len(returns)).Draw(r, "cut")
		some, ok := LeeMykland(returns[:cut], 5)
		if !ok || len(some) != cut-4 {
			r.Fatalf("%d statistics of %d returns", len(some), cut)
		}
		for k := range some {
			if some[k] != all[k] {
				r.Errorf("statistic %d: %v, later %v", k, some[k], all[k])
			}
		}
	})
}

func TestWhereNothingMovedNothingIsAJump(t *testing.T) {
	returns := make([]float64, 30)
	if z, ok := JumpTest(returns); ok || z != 0 {
		t.Errorf("z %v", z)
	}
	returns[25] = 1
	if z, ok := JumpTest(returns); ok || z != 0 {
		t.Errorf("z of a single move: %v", z)
	}
	if down, up, ok := Jumps(returns, 10, 0.01); !ok || down+up != 0 {
		t.Errorf("%d down, %d up, %t", down, up, ok)
	}
}

func TestJumpsThatCannotBeCountedAreNot(t *testing.T) {
	returns := []float64{1, -1, 1, -1, 1, -1}
	for _, window := range []int{-1, 0, 2, 7} {
		if _, ok := LeeMykland(returns, window); ok {
			t.Errorf("a window of %d", window)
		}
	}
	for _, c := range []struct {
		n           int
		probability float64
	}{{2, 0.01}, {-1, 0.01}, {100, 0}, {100, 1}, {100, -1}} {
		if got, ok := GumbelThreshold(c.n, c.probability); ok || got != 0 {
			t.Errorf("%v: %v", c, got)
		}
	}
	for _, c := range []struct {
		window      int
		probability float64
	}{{7, 0.01}, {5, 0.01}, {3, 2}} {
		if _, _, ok := Jumps(returns, c.window, c.probability); ok {
			t.Errorf("%v counts", c)
		}
	}
}

// TestTheThresholdIsThePapers: 5.66 for three days of five minutes at 1 %, and
// windows that grow as the root of the returns in a year.
func TestTheThresholdIsThePapers(t *testing.T) {
	if got, ok := GumbelThreshold(864, 0.01); !ok || math.Abs(got-5.66) > 0.005 {
		t.Errorf("threshold %v", got)
	}
	for step, want := range map[time.Duration]int{5 * time.Minute: 325, time.Hour: 94, day: 20} {
		if got := LeeMyklandWindow(step); got != want {
			t.Errorf("%v: %d, want %d", step, got, want)
		}
	}
}
