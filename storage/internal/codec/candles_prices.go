package codec

import (
	"iter"

	"strata/layers"
)

// quad is the prices of a candle at a common exponent.
type quad struct{ open, high, low, close int64 }

// residual returns what q is beyond what is expected after a candle that closed at
// last. All arithmetic wraps around, and so does that of expand.
func (q quad) residual(last int64) quad {
	return quad{q.open - last, q.high - max(q.open, q.close), min(q.open, q.close) - q.low, q.close - last}
}

// expand is the opposite of residual.
func (q quad) expand(last int64) quad {
	open, c := q.open+last, q.close+last
	return quad{open, q.high + max(open, c), min(open, c) - q.low, c}
}

// encodePrices writes the prices of candles, of which there is at least one.
func encodePrices(candles []layers.Candle) []byte {
	x, ok := commonExponents(pricesOf(candles))
	if !ok {
		return encodeExplicitPrices(candles)
	}
	var columns [4][]int64
	last := int64(0)
	for _, c := range candles {
		q := x.quad(c)
		r := q.residual(last)
		for i, v := range [4]int64{r.open, r.high, r.low, r.close} {
			columns[i] = append(columns[i], v)
		}
		last = q.close
	}
	w := bitWriter{bytes: []byte{modeCommon, byte(x.lowest), byte(x.highest)}}
	for _, column := range columns {
		w.integers(column)
	}
	return w.finish()
}

func pricesOf(candles []layers.Candle) iter.Seq[layers.Decimal] {
	return func(yield func(layers.Decimal) bool) {
		for _, c := range candles {
			if !yield(c.OpenPrice) || !yield(c.High) || !yield(c.Low) || !yield(c.Close) {
				return
			}
		}
	}
}

func (x exponents) quad(c layers.Candle) quad {
	var scaled [4]int64
	for i, v := range [4]layers.Decimal{c.OpenPrice, c.High, c.Low, c.Close} {
		scaled[i], _ = rescale(v, x.lowest)
	}
	return quad{scaled[0], scaled[1], scaled[2], scaled[3]}
}

// encodeExplicitPrices writes the prices one after the other as one series.
func encodeExplicitPrices(candles []layers.Candle) []byte {
	points := make([]Point, 0, 4*len(candles))
	for v := range pricesOf(candles) {
		points = append(points, Point{Value: v})
	}
	return encodeExplicit(points)
}

// decodePrices fills in the prices of candles.
func decodePrices(candles []layers.Candle, b body) bool {
	switch {
	case b.length > 3 && b.bytes[0] == modeCommon:
		return decodeCommonPrices(candles, exponents{int8(b.bytes[1]), int8(b.bytes[2])}, b.skip(3))
	case b.length > 1 && b.bytes[0] == modeExplicit:
		return decodeExplicitPrices(candles, b.skip(1))
	}
	return false
}

// decodeCommonPrices first puts the residuals where the prices belong, as each
// column lies by itself.
func decodeCommonPrices(candles []layers.Candle, x exponents, b body) bool {
	r := b.reader()
	for _, field := range [4]func(*layers.Candle) *layers.Decimal{
		func(c *layers.Candle) *layers.Decimal { return &c.OpenPrice },
		func(c *layers.Candle) *layers.Decimal { return &c.High },
		func(c *layers.Candle) *layers.Decimal { return &c.Low },
		func(c *layers.Candle) *layers.Decimal { return &c.Close },
	} {
		column := r.integers()
		for i, v := range column.all(len(candles)) {
			field(&candles[i]).Coefficient = v
		}
	}
	last := int64(0)
	for i := range candles {
		c := &candles[i]
		q := quad{c.OpenPrice.Coefficient, c.High.Coefficient, c.Low.Coefficient, c.Close.Coefficient}.expand(last)
		c.OpenPrice, c.High, c.Low, c.Close = x.decimal(q.open), x.decimal(q.high), x.decimal(q.low), x.decimal(q.close)
		last = q.close
	}
	return r.done()
}

func decodeExplicitPrices(candles []layers.Candle, b body) bool {
	points := make([]Point, 4*len(candles))
	if !decodeExplicit(points, b) {
		return false
	}
	for i := range candles {
		c, p := &candles[i], points[4*i:]
		c.OpenPrice, c.High, c.Low, c.Close = p[0].Value, p[1].Value, p[2].Value, p[3].Value
	}
	return true
}
