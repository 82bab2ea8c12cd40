package risk

import (
	"context"
	"errors"
	"slices"

	"strata/layers"
)

// daysAtOnce is how many days are computed from one reading of their history. The
// ring of a feed reaches over them, so that no more than a month of one layer is held
// in memory at any time.
const daysAtOnce = 30

// recollect computes the days that the view's layer is compared with from history. A
// fault somewhere in a year is no reason to say nothing: like a gap, it costs the days
// that cannot do without.
func (v *view) recollect(ctx context.Context, h History, layer string) error {
	for past := range slices.Chunk(year(v.at), daysAtOnce) {
		values, _ := recollect(ctx, v.catalogue, h, layer, past)
		if err := ctx.Err(); err != nil {
			return err
		}
		v.days.add(layer, values)
	}
	return nil
}

func (d days) add(layer string, values map[int64]float64) {
	for day, value := range values {
		if d[day] == nil {
			d[day] = map[string]float64{}
		}
		d[day][layer] = value
	}
}

// recollect computes a layer's volatility at the end of some days, newest first and at
// most daysAtOnce apart, as it was made up then. A token whose history cannot be read
// is left with what could be.
func recollect(ctx context.Context, c *layers.Catalogue, h History, layer string, past []int64) (map[int64]float64, error) {
	newest, oldest := midnight(past[0]), midnight(past[len(past)-1])
	book, reach := map[string]*series{}, newest.Sub(oldest)+dayReach
	var faults []error
	for _, t := range everMembers(c, layer, newest, reach) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		faults = append(faults, readToken(book, c, h, t, newest, reach))
	}
	values := map[int64]float64{}
	if len(book) == 0 {
		return values, errors.Join(faults...)
	}
	for _, day := range past {
		if value := dayView(c, book, midnight(day)).logVolatility(layer); value.Known {
			values[day] = value.Value
		}
	}
	return values, errors.Join(faults...)
}
