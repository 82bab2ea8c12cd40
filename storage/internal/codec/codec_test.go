package codec

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"strata/layers"
)

func TestAnySeriesComeBackAsTheyWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		series := drawSeries(t)
		value, err := Encode(series)
		if err != nil {
			t.Fatal(err)
		}
		s, err := Open(value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(sortedByID(series), readAll(t, s)); diff != "" {
			t.Fatal(diff)
		}
	})
}

// sortedByID is what reading everything should give.
func sortedByID(series []Series) []Series {
	return slices.SortedFunc(slices.Values(series), func(a, b Series) int { return int(a.ID) - int(b.ID) })
}

type fataler interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// readAll reads every series of a segment, and checks Info on the way.
func readAll(t fataler, s *Segment) []Series {
	t.Helper()
	var all []Series
	for id := range s.IDs() {
		points, err := s.Points(nil, id)
		if err != nil {
			t.Fatal(err)
		}
		count, first, last, ok := s.Info(id)
		if !ok || count != len(points) || count > 0 && (first != points[0].Time || last != points[count-1].Time) {
			t.Fatalf("info of %d is %d points, %d to %d, %v", id, count, first, last, ok)
		}
		all = append(all, Series{ID: id, Points: points})
	}
	return all
}

// drawSeries draws series whose times are shared, nearly shared or their own.
func drawSeries(t *rapid.T) []Series {
	ids := rapid.SliceOfNDistinct(rapid.Uint32(), 1, 200, rapid.ID).Draw(t, "ids")
	common := drawTimes(t)
	series := make([]Series, 0, len(ids))
	for _, id := range ids {
		times := common
		switch rapid.IntRange(0, 4).Draw(t, "sharing") {
		case 0:
			times = drawTimes(t)
		case 1:
			keep := rapid.SliceOfN(rapid.IntRange(0, 9), len(common), len(common)).Draw(t, "keep")
			times = nil
			for i, k := range keep {
				if k > 0 {
					times = append(times, common[i])
				}
			}
		}
		series = append(series, Series{ID: id, Points: drawPoints(t, times)})
	}
	return series
}

func drawTimes(t *rapid.T) []int64 {
	steps := rapid.OneOf(rapid.Just(int64(60_000)), rapid.Int64Range(55_000, 65_000), rapid.Int64Range(1, 1<<50))
	n := rapid.IntRange(0, 30).Draw(t, "points")
	var times []int64
	at := rapid.OneOf(rapid.Just(int64(1_700_000_000_000)), rapid.Int64Range(-1<<59, 1<<59)).Draw(t, "start")
	for range n {
		times = append(times, at)
		at += steps.Draw(t, "step")
	}
	return times
}

func drawPoints(t *rapid.T, times []int64) []Point {
	coefficients := rapid.OneOf(rapid.Int64Range(70_000, 70_010), rapid.Int64(), rapid.SampledFrom([]int64{0, 1, -1, 10, 100, math.MaxInt64, math.MinInt64}))
	powers := rapid.SampledFrom([]*rapid.Generator[int8]{rapid.Just(int8(-4)), rapid.Int8Range(-4, 0), rapid.Int8()}).Draw(t, "exponents")
	strips := rapid.Bool().Draw(t, "strips")
	var points []Point
	for _, at := range times {
		v := layers.Decimal{Coefficient: coefficients.Draw(t, "coefficient"), Exponent: powers.Draw(t, "exponent")}
		if strips {
			v = exponents{v.Exponent, max(v.Exponent, 0)}.decimal(v.Coefficient)
		}
		points = append(points, Point{Time: at, Value: v})
	}
	return points
}

func TestAPriceThatNeverMovesStaysWithinTheExpansionThatIsRead(t *testing.T) {
	quiet := []Series{{ID: 1}}
	for i := range int64(100_000) {
		quiet[0].Points = append(quiet[0].Points, Point{Time: 1000 * i, Value: layers.Decimal{Coefficient: 1}})
	}
	value, err := Encode(quiet)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(value)
	if err != nil {
		t.Fatalf("%d bytes: %v", len(value), err)
	}
	if diff := cmp.Diff(quiet, readAll(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestReadingIntoRoomThatIsThereAllocatesNothing(t *testing.T) {
	series, value := small(t)
	s, err := Open(value)
	if err != nil {
		t.Fatal(err)
	}
	dst := make([]Point, 0, 64)
	for _, want := range series {
		allocations := testing.AllocsPerRun(10, func() {
			if dst, err = s.Points(dst[:0], want.ID); err != nil {
				t.Fatal(err)
			}
		})
		if allocations != 0 {
			t.Errorf("series %d: %v allocations", want.ID, allocations)
		}
	}
}

func TestPointsAreAppendedToWhatIsThere(t *testing.T) {
	series, value := small(t)
	s, err := Open(value)
	if err != nil {
		t.Fatal(err)
	}
	var all, want []Point
	for _, one := range series {
		want = append(want, one.Points...)
		if all, err = s.Points(all, one.ID); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}

func TestASeriesThatIsNotThereHasNoPoints(t *testing.T) {
	_, value := small(t)
	s, err := Open(value)
	if err != nil {
		t.Fatal(err)
	}
	points, err := s.Points(nil, 11)
	if _, _, _, ok := s.Info(11); ok || points != nil || err != nil {
		t.Errorf("%v points, %v, %v", points, err, ok)
	}
}
