package market

import (
	"time"

	"strata/layers"
)

// day is the longest interval of the candles here.
const day = 24 * time.Hour

// bar is a candle as an exchange tells it.
type bar struct {
	open                   time.Time
	first, high, low, last exact
	volume                 int  // in tokens; 0 when nobody traded
	over                   bool // whether the interval is over as of the answer
}

// bars returns the candles that begin in [from, to], oldest first, as of a time.
func (v *Venue) bars(l layers.Listing, interval time.Duration, from, to, asOf time.Time) (bars []bar) {
	if begin := v.since(l); from.Before(begin) {
		from = begin
	}
	open := from.Truncate(interval)
	if open.Before(from) {
		open = open.Add(interval)
	}
	for ; !open.After(to) && !open.After(asOf); open = open.Add(interval) {
		bars = append(bars, v.bar(l, interval, open, asOf))
	}
	return bars
}

// since is when a market opened: with the world or the token, or, at some exchanges where
// others had it before, weeks or months ago.
func (v *Venue) since(l layers.Listing) time.Time {
	begin := v.market.begin
	if l.Valid.From.After(begin) {
		begin = l.Valid.From
	}
	id := hash(v.market.seed, l.Symbol+v.Name)
	if late := v.market.begin.Add(time.Duration(200+id%180) * day); v.exchange && id%4 == 0 && late.After(begin) && v.market.exchanges(l.Token) > 3 {
		return late
	}
	return begin
}

// exchanges counts those that list a token.
func (m *Market) exchanges(token string) (n int) {
	for _, v := range m.venues {
		if _, ok := v.listing(token); ok && v.exchange {
			n++
		}
	}
	return n
}

func (v *Venue) bar(l layers.Listing, interval time.Duration, open, asOf time.Time) bar {
	end := open.Add(interval)
	b := bar{open: open, over: !end.After(asOf), first: v.ticked(l, open), volume: 1 + int(100*(1+noise(hash(1, l.Symbol), open.Unix())))}
	if !b.over {
		end = asOf
	}
	b.last = v.ticked(l, end)
	b.high, b.low = b.first, b.first
	const points = 4
	for n := range points {
		p := v.ticked(l, end.Add(-time.Duration(n)*end.Sub(open)/points))
		if p.ticks > b.high.ticks {
			b.high = p
		}
		if p.ticks < b.low.ticks {
			b.low = p
		}
	}
	if interval < time.Hour && v.quiet(l, open) {
		b.volume, b.last, b.high, b.low = 0, b.first, b.first, b.first
	}
	return b
}

// quiet says whether nobody trades in the minutes that begin at a time: now and then, in
// every third market.
func (v *Venue) quiet(l layers.Listing, open time.Time) bool {
	id := hash(v.market.seed, v.Name+l.Symbol)
	return l.Token != tether && id%3 == 0 && mix(id^uint64(open.Unix()))%12 == 0 //nolint:gosec // any bits will do
}

// newest turns a page around and keeps so many rows.
func newest(bars []bar, most int) []bar {
	var page []bar
	for n := len(bars) - 1; n >= 0 && len(page) < most; n-- {
		page = append(page, bars[n])
	}
	return page
}
