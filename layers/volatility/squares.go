package volatility

import (
	"math"
	"slices"
)

// leastSquares solves min Σ (y - Σ b·column)² with Householder's mirrors, which do
// not square the condition of the problem as the normal equations do. It overwrites
// both, and there must not be more columns than rows. rest is the sum of squares that
// no b explains. It reports false when the columns depend on each other.
func leastSquares(columns [][]float64, y []float64) (b []float64, rest float64, ok bool) {
	scale := make([]float64, len(columns))
	for k, column := range columns {
		scale[k] = shrink(column)
	}
	for k, column := range columns {
		mirror, ok := mirrorOf(column[k:])
		if !ok {
			return nil, 0, false
		}
		for _, other := range columns[k:] {
			reflect(other[k:], mirror)
		}
		reflect(y[k:], mirror)
	}
	b = make([]float64, len(columns))
	for k := len(b) - 1; k >= 0; k-- {
		b[k] = y[k]
		for j := k + 1; j < len(b); j++ {
			b[k] -= columns[j][k] * b[j]
		}
		b[k] /= columns[k][k]
	}
	for k := range b {
		b[k] /= scale[k]
	}
	left := length(y[len(b):])
	return b, left * left, true
}

// shrink makes the length of a vector 1 and returns what it was. Zeros stay, and
// return 1.
func shrink(x []float64) float64 {
	l := length(x)
	if l == 0 {
		return 1
	}
	for i := range x {
		x[i] /= l
	}
	return l
}

// mirrorOf is the normal of the plane that reflects a vector onto the first axis. It
// reports false when what is left of a vector that was 1 long is but rounding.
func mirrorOf(x []float64) (normal []float64, ok bool) {
	const rounding = 1e-12
	l := length(x)
	if l < rounding {
		return nil, false
	}
	normal = slices.Clone(x)
	normal[0] += math.Copysign(l, x[0])
	shrink(normal)
	return normal, true
}

func reflect(x, normal []float64) {
	var along sum
	for i, n := range normal {
		along.add(n * x[i])
	}
	for i, n := range normal {
		x[i] -= 2 * along.value() * n
	}
}

func length(x []float64) float64 { return math.Sqrt(RealisedVariance(x)) }
