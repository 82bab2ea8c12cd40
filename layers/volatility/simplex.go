package volatility

import (
	"math"
	"slices"
)

type point struct {
	at   [3]float64
	cost float64
}

// simplex is four points that crawl downhill (Nelder and Mead 1965). It needs no
// derivatives and no chance.
type simplex struct {
	cost   func([3]float64) float64
	points [4]point // the lowest first
}

// climbDown finds a minimum near start. A simplex can collapse before it is there, so
// a new one goes on from where the last one ended until that helps no more.
func climbDown(cost func([3]float64) float64, start [3]float64) [3]float64 {
	const restarts, gain = 30, 1e-13
	best := point{start, cost(start)}
	for range restarts {
		found := newSimplex(cost, best, 0.5).descend()
		if best.cost-found.cost <= gain*(1+math.Abs(found.cost)) {
			return found.at
		}
		best = found
	}
	return best.at
}

func newSimplex(cost func([3]float64) float64, corner point, edge float64) *simplex {
	s := &simplex{cost: cost}
	s.points[0] = corner
	for i := range corner.at {
		at := corner.at
		at[i] += edge
		s.points[i+1] = point{at, cost(at)}
	}
	return s
}

func (s *simplex) descend() point {
	const steps, flat = 2000, 1e-15
	for range steps {
		slices.SortStableFunc(s.points[:], func(a, b point) int {
			switch {
			case a.cost < b.cost:
				return -1
			case a.cost > b.cost:
				return 1
			}
			return 0
		})
		if s.points[3].cost-s.points[0].cost <= flat*(1+math.Abs(s.points[0].cost)) {
			break
		}
		s.step()
	}
	return s.points[0]
}

// step moves the highest point through the middle of the others, further if that is
// good, less far if not, and else draws all towards the lowest.
func (s *simplex) step() {
	mirrored := s.through(1)
	switch {
	case mirrored.cost < s.points[0].cost:
		further := s.through(2)
		if further.cost < mirrored.cost {
			mirrored = further
		}
	case mirrored.cost >= s.points[2].cost:
		inside := s.through(-0.5)
		if mirrored.cost < s.points[3].cost {
			inside = s.through(0.5)
		}
		if inside.cost >= min(mirrored.cost, s.points[3].cost) {
			s.contract()
			return
		}
		mirrored = inside
	}
	s.points[3] = mirrored
}

// through is the point as many times as far beyond the middle of the lower three as
// the highest lies before it.
func (s *simplex) through(times float64) point {
	var at [3]float64
	for i := range at {
		middle := (s.points[0].at[i] + s.points[1].at[i] + s.points[2].at[i]) / 3
		at[i] = middle + times*(middle-s.points[3].at[i])
	}
	return point{at, s.cost(at)}
}

func (s *simplex) contract() {
	lowest := s.points[0].at
	for k := 1; k < len(s.points); k++ {
		at := s.points[k].at
		for i := range at {
			at[i] = lowest[i] + (at[i]-lowest[i])/2
		}
		s.points[k] = point{at, s.cost(at)}
	}
}
