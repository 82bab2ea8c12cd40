package collector

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"strata/layers"
)

// request is what an archive was asked for.
type request struct {
	tokens   string // joined by "+"
	symbol   string // of the last of them
	interval time.Duration
	span     layers.Span
	at       time.Time
}

func (r request) String() string {
	return fmt.Sprintf("%s %s of %s", r.tokens, r.interval, r.span.To.Sub(r.span.From))
}

// archive is a historian that knows the past of every token since a time.
type archive struct {
	fake
	reaches  []Reach
	currency string
	samples  bool          // told as prices, 20 seconds after each interval, and not as candles
	pace     time.Duration // of its calls
	since    time.Time
	price    func(token string, at time.Time) layers.Decimal
	refuse   func(n int, r request) error
	requests []request
}

func (a *archive) Reaches() []Reach { return a.reaches }

func (a *archive) History(ctx context.Context, listings []layers.Listing, interval time.Duration, span layers.Span) (Past, error) {
	r := request{interval: interval, span: span, at: time.Now()}
	for _, l := range listings {
		r.tokens, r.symbol = strings.TrimPrefix(r.tokens+"+"+l.Token, "+"), l.Symbol
	}
	a.mu.Lock()
	a.requests = append(a.requests, r)
	n := len(a.requests)
	a.mu.Unlock()
	if !rest(ctx, a.pace) {
		return Past{}, ctx.Err()
	}
	if a.refuse != nil {
		if err := a.refuse(n, r); err != nil {
			return Past{}, err
		}
	}
	past := Past{Currency: a.currency}
	for _, l := range listings {
		for open := ceilTo(span.From, interval); open.Before(span.To) && open.Before(time.Now()); open = open.Add(interval) {
			if open.Before(a.since) {
				continue
			}
			p := a.quote(l.Token, open.Add(interval))
			if a.samples {
				past.Samples = append(past.Samples, layers.Sample{Token: l.Token, Time: open.Add(20 * time.Second), Price: p})
				continue
			}
			past.Candles = append(past.Candles, layers.Candle{
				Token: l.Token, Open: open, Interval: interval, OpenPrice: p, High: p, Low: p, Close: p,
			})
		}
	}
	return past, nil
}

func (a *archive) quote(token string, at time.Time) layers.Decimal {
	if a.price != nil {
		return a.price(token, at)
	}
	return layers.Decimal{Coefficient: 15, Exponent: -1}
}

func ceilTo(t time.Time, step time.Duration) time.Time {
	if floor := t.Truncate(step); floor.Before(t) {
		return floor.Add(step)
	}
	return t
}

// deep reaches for years, so many prices a call.
func deep(rows int) []Reach {
	return []Reach{
		{Interval: 5 * time.Minute, Call: time.Duration(rows) * 5 * time.Minute, Batch: 1},
		{Interval: time.Hour, Call: time.Duration(rows) * time.Hour, Batch: 1},
	}
}

// latestOnly knows the last so many prices of each interval, in one call.
func latestOnly(rows int) []Reach {
	all := deep(rows)
	for i := range all {
		all[i].Back = all[i].Call
	}
	return all
}

// library is a store of everything, as a backfill sees it.
type library struct {
	mu      sync.Mutex
	samples map[string][]layers.Sample // by token, in order of time
	candles []layers.Candle
	err     error
}

func (l *library) have(token string, _ time.Duration, span layers.Span) iter.Seq2[layers.Sample, error] {
	l.mu.Lock()
	all := slices.Clone(l.samples[token])
	l.mu.Unlock()
	return func(yield func(layers.Sample, error) bool) {
		for _, s := range all {
			if span.Contains(s.Time) && !yield(s, nil) {
				return
			}
		}
	}
}

func (l *library) keep(samples []layers.Sample) (added int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return 0, l.err
	}
	if l.samples == nil {
		l.samples = make(map[string][]layers.Sample)
	}
	for _, s := range samples {
		list := l.samples[s.Token]
		at, _ := slices.BinarySearchFunc(list, s, func(a, b layers.Sample) int { return a.Time.Compare(b.Time) })
		there := false
		for n := at; n < len(list) && list[n].Time.Equal(s.Time); n++ {
			there = there || list[n].Source == s.Source
		}
		if !there {
			l.samples[s.Token] = slices.Insert(list, at, s)
			added++
		}
	}
	return added, nil
}

func (l *library) keepCandles(candles []layers.Candle) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.candles = append(l.candles, candles...)
	return nil
}

// live lets time go by in which every token gets a sample a minute.
func (l *library) live(while time.Duration) {
	for range while / time.Minute {
		elapse(time.Minute)
		for _, token := range []string{"bittensor", "ethereum", "ocean-protocol"} {
			_, _ = l.keep([]layers.Sample{{Token: token, Source: "gate", Time: time.Now(), Price: livePrice}})
		}
	}
}

// livePrice is not that of any past.
var livePrice = layers.Decimal{Coefficient: 7}

// drop forgets what was stored of a token in a span.
func (l *library) drop(token string, span layers.Span) {
	l.samples[token] = slices.DeleteFunc(l.samples[token], func(s layers.Sample) bool { return span.Contains(s.Time) })
}

// diary is a ledger in memory.
type diary struct {
	mu     sync.Mutex
	chunks []Chunk
	after  func(saved int) // called after each Save
}

func (d *diary) Load() ([]Chunk, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.chunks), nil
}

func (d *diary) Save(chunks []Chunk) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range chunks {
		if i := slices.IndexFunc(d.chunks, c.sameAs); i >= 0 {
			d.chunks[i] = c
			continue
		}
		d.chunks = append(d.chunks, c)
	}
	if d.after != nil {
		d.after(len(d.chunks))
	}
	return nil
}

// counts says how many chunks of a source are in which state.
func (d *diary) counts(source string) string {
	counts := make(map[ChunkStatus]int)
	for _, c := range d.chunks {
		if c.Source == source {
			counts[c.Status]++
		}
	}
	return strings.TrimPrefix(fmt.Sprint(counts), "map")
}

// past is a backfill in the test's own hands.
type pastOf struct {
	library
	diary
}

// backfill makes a backfill from archives, for three tokens that each of them lists.
func backfill(t *testing.T, p *pastOf, archives ...*archive) *Backfill {
	t.Helper()
	var names []string
	for _, a := range archives {
		names = append(names, a.name)
	}
	return backfillOf(catalogue(t, names...), p, archives...)
}

func backfillOf(c *layers.Catalogue, p *pastOf, archives ...*archive) *Backfill {
	b := &Backfill{
		Catalogue: c, Ledger: &p.diary, Have: p.have, Keep: p.keep, KeepCandles: p.keepCandles,
		Logger: slog.New(slog.DiscardHandler),
	}
	for _, a := range archives {
		b.Historians = append(b.Historians, a)
	}
	return b
}

// lines writes what an archive was asked for, a line each.
func lines(requests []request) string {
	texts := make([]string, len(requests))
	for i, r := range requests {
		texts[i] = r.String()
	}
	return strings.Join(texts, "\n")
}
