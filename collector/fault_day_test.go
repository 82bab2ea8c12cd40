package collector_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/layers"
)

// wire is a publisher on the other end of a wire that does not exist, for virtual
// time. It notes when it is asked.
type wire struct {
	respond func(r *http.Request) (*http.Response, error)

	mu    sync.Mutex
	asked []time.Time
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.mu.Lock()
	w.asked = append(w.asked, time.Now())
	w.mu.Unlock()
	return w.respond(r)
}

// mostWithin is the highest number of calls in any stretch of that length.
func (w *wire) mostWithin(span time.Duration) (most int) {
	first := 0
	for last, at := range w.asked {
		for at.Sub(w.asked[first]) >= span {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// quoting answers as the publisher does when it is well, with the price of the moment.
func (p publisher) quoting(price func() string) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return says(p.answered(price(), time.Now())).RoundTrip(r)
	}
}

// refusing answers with a status and a header.
func refusing(status int, header func() http.Header) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		response, err := says("{}").RoundTrip(r)
		response.StatusCode, response.Header = status, header()
		return response, err
	}
}

func silent(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// truth is the price of bittensor in millionths: a triangle wave of 2 % an hour.
func truth(at time.Time) int64 {
	minute := at.Unix() / 60 % 60
	return 215_794_900 + 143_863*min(minute, 60-minute)
}

func millionths(price int64) string { return fmt.Sprintf("%d.%06d", price/1e6, price%1e6) }

func honest() string { return millionths(truth(time.Now())) }

// A day on which one source refuses every call, one hangs and one lies by half.
func TestADayOfTroubleStoresNoWrongNumberAndDelaysNoCycle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wires := make(map[string]*wire)
		opts := collector.Options{Logger: slog.New(slog.DiscardHandler), Sources: []collector.Source{bank{}}, Jitter: 7 * time.Second}
		for _, p := range publishers {
			w := &wire{respond: p.quoting(honest)}
			switch p.name {
			case "coingecko":
				w.respond = refusing(429, func() http.Header { return nil })
			case "kraken":
				w.respond = silent
			case "gate":
				w.respond = p.quoting(func() string { return millionths(truth(time.Now()) * 3 / 2) })
			}
			wires[p.name] = w
			opts.Sources = append(opts.Sources, p.open("https://"+p.name+".test", w))
		}
		kept, cycles := map[string]int{}, 0
		opts.Keep = func(at time.Time, samples []layers.Sample, _ []byte) error {
			for _, s := range samples {
				kept[s.Source]++
				if off := s.Price.Float64()*1e6/float64(truth(at)) - 1; s.Token == "bittensor" && (off > 0.002 || off < -0.002) {
					t.Errorf("%s: %s says %s, %.1f %% off", at, s.Source, s.Price, 100*off)
				}
			}
			return nil
		}
		opts.After = func(c collector.Cycle) {
			cycles++
			if late := c.Time.Sub(c.Time.Truncate(time.Minute)) - opts.Jitter; late > time.Second || c.Duration > 21*time.Second || c.Err != nil {
				t.Errorf("the cycle of %s began %s late and took %s: %v", c.Time, late, c.Duration, c.Err)
			}
		}
		c := newCollector(t, opts)
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		if err := c.Run(ctx); err != nil {
			t.Error(err)
		}
		synctest.Wait() // for calls that the end of the run broke off
		if cycles != 1440 || c.Status().Skipped != 0 {
			t.Errorf("%d cycles, %d skipped", cycles, c.Status().Skipped)
		}
		for name, least := range map[string]int{"coinbase": 1440, "okx": 1440, "binance": 1440, "kucoin": 1440, "bank": 1440} {
			if kept[name] < least {
				t.Errorf("%d prices of %s, want %d", kept[name], name, least)
			}
		}
		for name, most := range map[string]int{"coingecko": 0, "kraken": 0, "gate": 0, "defillama": 0} {
			if kept[name] > most {
				t.Errorf("%d prices of %s", kept[name], name)
			}
		}
		withinBudget(t, wires)
		t.Logf("%v prices, calls: %s", kept, calls(wires))
	})
}

// withinBudget holds the calls against what each source documents, and those to a source
// that fails against the waits: 1, 2, 4, ... 60 minutes for one that refuses, up to 15
// for one that hangs.
func withinBudget(t *testing.T, wires map[string]*wire) {
	t.Helper()
	for name, documented := range map[string]struct {
		calls int
		per   time.Duration
	}{
		"coingecko": {5, time.Minute}, "kraken": {1, time.Second}, "coinbase": {10, time.Second}, "gate": {200, 10 * time.Second}, "kucoin": {2000, 30 * time.Second},
		"okx": {20, 2 * time.Second}, "binance": {75, time.Minute}, "defillama": {500, time.Minute}, // Binance: 6,000 by weight, 80 for a list
	} {
		if got := wires[name].mostWithin(documented.per); got > documented.calls {
			t.Errorf("%s: %d calls in %s", name, got, documented.per)
		}
	}
	for name, most := range map[string]int{"coingecko": 6 + 24, "kraken": 5 + 24*4} {
		if got := len(wires[name].asked); got > most || got == 0 {
			t.Errorf("%s: %d calls in a day, want at most %d", name, got, most)
		}
	}
}

func calls(wires map[string]*wire) string {
	var all []string
	for _, p := range publishers {
		all = append(all, p.name+" "+strconv.Itoa(len(wires[p.name].asked)))
	}
	return strings.Join(all, ", ")
}

// Whoever is refused asks once a breaker period, at every source, and says so once.
func TestARefusalIsHeededAtEverySource(t *testing.T) {
	none := func() http.Header { return nil }
	for name, test := range map[string]struct {
		status int
		header func() http.Header
		most   int // calls in an hour of minutely cycles
	}{
		"429, in ten minutes": {429, func() http.Header { return http.Header{"Retry-After": {"600"}} }, 6},
		"429, at a date": {429, func() http.Header {
			return http.Header{"Retry-After": {time.Now().Add(10 * time.Minute).UTC().Format(http.TimeFormat)}}
		}, 6},
		"429, in a week":  {429, func() http.Header { return http.Header{"Retry-After": {"604800"}} }, 1},
		"429":             {429, none, 6},
		"418":             {418, func() http.Header { return http.Header{"Retry-After": {"600"}} }, 6},
		"403":             {403, none, 1},
		"451":             {451, none, 1},
		"500":             {500, none, 7},
		"503, in a while": {503, func() http.Header { return http.Header{"Retry-After": {"30"}} }, 7},
		"520 of a CDN":    {520, none, 7},
	} {
		t.Run(name, func(t *testing.T) {
			everyPublisher(t, func(t *testing.T, p publisher) {
				w := &wire{respond: refusing(test.status, test.header)}
				s := newStall(t, p, w)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour-time.Second)
				defer cancel()
				s.Run(ctx)
				synctest.Wait()
				if got := len(w.asked); got > test.most || got == 0 {
					t.Errorf("%d calls in an hour, want at most %d", got, test.most)
				}
				if got := strings.Count(s.log.String(), "source is down"); got != 1 {
					t.Errorf("%d lines say that it is down", got)
				}
				if status := s.Status(); status.Cycles != 59 || len(s.kept) != 0 {
					t.Errorf("%d cycles, %d prices kept", status.Cycles, len(s.kept))
				}
			})
		})
	}
}

// The same quote, with the same time, is taken once and then grows old.
func TestAFrozenQuoteIsTakenOnceAtEverySource(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		if !strings.Contains(p.well, "$seconds") && !strings.Contains(p.well, "$time") && !strings.Contains(p.well, "$millis") || p.name == "kucoin" {
			return // it gives no time of a price, so that a price may well stand still
		}
		s := newStall(t, p, says(p.answered("215.7949", time.Now())))
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
		defer cancel()
		s.Run(ctx)
		synctest.Wait()
		if len(s.kept) > 1 {
			t.Errorf("%d samples of one quote", len(s.kept))
		}
		tokens := s.Status().Tokens
		if tokens[0].Token != "bittensor" || len(tokens[0].Sources) != 0 {
			t.Errorf("after half an hour: %+v", tokens)
		}
	})
}

// Ten times too much: from one of three it is an outlier, for ever; from the only one
// it is held.
func TestAPriceTenTimesTooHighIsNotBelievedAtOnce(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		last := layers.Sample{Token: "bittensor", Source: p.name, Time: time.Now().Add(-time.Minute), Price: layers.Decimal{Coefficient: 2157949, Exponent: -4}}
		alone := newStall(t, p, says(p.answered("2157.949", time.Now())), last)
		if cycle := alone.Collect(t.Context()); len(alone.kept) != 0 || cycle.Rejected[0].Reason != collector.ReasonHeld {
			t.Errorf("alone: kept %v, rejected %+v", alone.kept, cycle.Rejected)
		}
	})
}

func TestASourceTenTimesTooHighIsOutvotedForADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept []layers.Sample
		opts := collector.Options{Logger: slog.New(slog.DiscardHandler), Sources: []collector.Source{bank{}}}
		opts.Keep = func(_ time.Time, samples []layers.Sample, _ []byte) error {
			kept = append(kept, samples...)
			return nil
		}
		for i, p := range publishers[:3] {
			price := honest
			if i == 0 {
				price = func() string { return millionths(10 * truth(time.Now())) }
			}
			opts.Sources = append(opts.Sources, p.open("https://source.test", &wire{respond: p.quoting(price)}))
		}
		c := newCollector(t, opts)
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		c.Run(ctx)
		synctest.Wait()
		for _, s := range kept {
			if s.Source == publishers[0].name {
				t.Fatalf("%+v was kept", s)
			}
		}
		if len(kept) != 3*1440 && len(kept) != 3*1439 {
			t.Errorf("%d prices of the others", len(kept))
		}
	})
}
