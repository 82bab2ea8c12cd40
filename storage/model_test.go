package storage

import (
	"slices"
	"strings"
	"time"

	"strata/layers"
)

// model is the plainest store there is: it keeps everything, and leaves out what has
// expired when it is read.
type model map[modelKey]layers.Decimal

type modelKey struct {
	name
	millis int64
}

func (m model) add(samples []layers.Sample) {
	m.set(samples, func(_, first layers.Decimal) layers.Decimal { return first })
}

func (m model) replace(samples []layers.Sample) {
	m.set(samples, func(last, _ layers.Decimal) layers.Decimal { return last })
}

func (m model) set(samples []layers.Sample, choose func(given, there layers.Decimal) layers.Decimal) {
	for _, s := range samples {
		for field, value := range map[string]layers.Decimal{FieldPrice: s.Price, FieldVolume: s.Volume, FieldMarketCap: s.MarketCap} {
			key := modelKey{name{s.Token, s.Source, field}, s.Time.UnixMilli()}
			there, ok := m[key]
			switch {
			case ok && value.IsPositive():
				m[key] = choose(value, there)
			case value.IsPositive():
				m[key] = value
			}
		}
	}
}

// unlike counts the values of times that another model has too, and has otherwise.
func (m model) unlike(other model) (n int) {
	for key, value := range m {
		if there, ok := other[key]; ok && there != value {
			n++
		}
	}
	return n
}

func (m model) prices() (n int) {
	for key := range m {
		if key.field == FieldPrice {
			n++
		}
	}
	return n
}

// series returns the points of every series of a token and field.
func (m model) series(token, field string) map[string][]point {
	of := map[string][]point{}
	for key, value := range m {
		if key.token == token && key.field == field {
			of[key.source] = append(of[key.source], point{Time: key.millis, Value: value})
		}
	}
	for _, points := range of {
		slices.SortFunc(points, func(a, b point) int { return int(a.Time - b.Time) })
	}
	return of
}

// read returns the prices of a token of a store that forgets nothing.
func (m model) read(token string, span layers.Span) []layers.Sample {
	return m.at(Query{Token: token, Field: FieldPrice, Span: span}, func(int64) Resolution { return Raw })
}

// at answers a query, given which resolution a time has; of each interval of that the
// last point is there.
func (m model) at(q Query, resolution func(millis int64) Resolution) []layers.Sample {
	var samples []layers.Sample
	for source, points := range m.series(q.Token, q.Field) {
		for i, p := range points {
			r := resolution(p.Time)
			closes := r == Raw || i == len(points)-1 || intervalOf(r, points[i+1].Time) != intervalOf(r, p.Time)
			if at := time.UnixMilli(p.Time).UTC(); closes && q.Span.Contains(at) && (q.Source == "" || q.Source == source) {
				sample := layers.Sample{Token: q.Token, Source: source, Time: at}
				setField(&sample, q.Field, p.Value)
				samples = append(samples, sample)
			}
		}
	}
	slices.SortFunc(samples, func(a, b layers.Sample) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Source, b.Source)
	})
	return samples
}

// intervalOf is the close of the interval (g-Δ, g] that a time lies in, by the
// calendar of package time; the first interval holds its own start.
func intervalOf(r Resolution, millis int64) time.Time {
	step := map[Resolution]time.Duration{FiveMinutes: 5 * time.Minute, Hours: time.Hour}[r]
	at := time.UnixMilli(max(millis, 1)).UTC()
	if g := at.Truncate(step); g.Equal(at) {
		return g
	}
	return at.Truncate(step).Add(step)
}
