package risk

import (
	"math"
	"slices"
	"strconv"

	"strata/layers"
)

// cuts are instants, in milliseconds and ascending, across which no return is formed:
// the prices on their two sides are of two markets, or of two coins.
type cuts []int64

// cutsOf returns where one name of a source for a token takes over from another, and
// where the token takes over from one that was converted into it. Such a takeover is
// an event of its own, with an hour that no source tells: even with a known ratio the
// step over it says more about the conversion than about the price.
func cutsOf(c *layers.Catalogue, t *layers.Token, source string) cuts {
	var all cuts
	for _, next := range t.Listings {
		if next.Source == source && slices.ContainsFunc(t.Listings, func(before layers.Listing) bool { return replaces(next, before) }) {
			all = append(all, next.Valid.From.UnixMilli())
		}
	}
	for _, before := range c.ConvertedInto(t.Slug) {
		if t.Continues(before) {
			all = append(all, before.Migration.Since.UnixMilli())
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// replaces says whether a listing takes over from another of the same source.
func replaces(next, before layers.Listing) bool {
	return !before.Valid.To.IsZero() && before.Source == next.Source && before.Symbol != next.Symbol &&
		!next.Valid.From.Before(before.Valid.To)
}

// within says whether a cut lies in a step, after its start or at its end.
func (c cuts) within(from, to int64) bool {
	return slices.ContainsFunc(c, func(cut int64) bool { return from < cut && cut <= to })
}

// age is how old a price may be at a time so as not to come from before the last cut.
func (c cuts) age(ms int64) int64 {
	age := int64(math.MaxInt64)
	for _, cut := range c {
		if cut <= ms {
			age = ms - cut
		}
	}
	return age
}

// continued returns a sample of a token as one of the token that it was converted into,
// if that one continues its past and the sample is from before.
func continued(c *layers.Catalogue, old *layers.Token, s layers.Sample) (layers.Sample, bool) {
	if old.Migration == nil || !s.Time.Before(old.Migration.Since) {
		return layers.Sample{}, false
	}
	heir, ok := c.Token(old.Migration.To)
	if !ok || !heir.Continues(old) {
		return layers.Sample{}, false
	}
	// Nine digits are more than any market quotes.
	text := strconv.FormatFloat(s.Price.Float64()/old.Migration.Ratio, 'e', 8, 64)
	price, err := layers.ParseDecimal(text)
	if err != nil {
		return layers.Sample{}, false // beyond any price there is
	}
	return layers.Sample{Token: heir.Slug, Source: s.Source, Time: s.Time, Price: price}, true
}

// cutter returns the cuts of a token by source.
func (v *view) cutter(token string) func(source string) cuts {
	t, ok := v.catalogue.Token(token)
	return func(source string) cuts {
		if !ok {
			return nil
		}
		return cutsOf(v.catalogue, t, source)
	}
}

// priced returns the feeds of a token whose newest sample is of what the token is now,
// not of what it was before a cut, nor of one that is yet to be converted into it.
func (v *view) priced(token string) series {
	if t, ok := v.catalogue.Token(token); ok && slices.ContainsFunc(v.catalogue.ConvertedInto(token), func(before *layers.Token) bool {
		return t.Continues(before) && v.at.Before(before.Migration.Since)
	}) {
		return nil
	}
	cutsOf := v.cutter(token)
	return slices.DeleteFunc(slices.Clone(v.known(token)), func(f *feed) bool {
		return cutsOf(f.source).within(f.time, v.at.UnixMilli())
	})
}
