package volatility

import "math"

// sum adds up what differs in size without losing the small (Neumaier 1974): its
// error does not grow with how many there are.
type sum struct{ total, lost float64 }

func (s *sum) add(v float64) {
	total := s.total + v
	if math.Abs(s.total) >= math.Abs(v) {
		s.lost += (s.total - total) + v
	} else {
		s.lost += (v - total) + s.total
	}
	s.total = total
}

func (s *sum) value() float64 { return s.total + s.lost }

// spread gathers a sample variance in one pass, by the deviations from the mean so
// far (Welford 1962): what never varies has exactly 0.
type spread struct {
	n             float64
	mean, squares float64
}

func (s *spread) add(v float64) {
	s.n++
	deviation := v - s.mean
	s.mean += deviation / s.n
	s.squares += deviation * (v - s.mean)
}

// variance has the divisor n-1 and needs two values.
func (s *spread) variance() float64 { return s.squares / (s.n - 1) }
