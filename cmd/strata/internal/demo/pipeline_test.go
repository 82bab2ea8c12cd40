package demo

import (
	"iter"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/collector/coinbase"
	"strata/collector/coingecko"
	"strata/collector/kraken"
	"strata/layers"
	"strata/layers/risk"
)

func TestTheRealClientsReadEveryListedPrice(t *testing.T) {
	d := open(t, "june-2025", 1)
	urls, err := d.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	for _, source := range []collector.Source{
		coingecko.New(coingecko.Options{BaseURL: urls.CoinGecko}),
		kraken.New(kraken.Options{BaseURL: urls.Kraken}),
		coinbase.New(coinbase.Options{BaseURL: urls.Coinbase}),
	} {
		listings := d.Catalogue().Listings(source.Name(), d.Now())
		if source.Name() == coinbase.Name {
			listings = listings[:5] // it is asked one by one, at a pace
		}
		before := d.RecordedNow()
		answer, err := source.Latest(t.Context(), listings)
		if err != nil || len(answer.Missing) > 0 || len(answer.Quotes) != len(listings) {
			t.Errorf("%s: %d of %d listings answered, missing %v: %v", source.Name(), len(answer.Quotes), len(listings), answer.Missing, err)
		}
		for _, quote := range answer.Quotes {
			// A minute can begin while the source is asked.
			series, _ := d.recording.Find(quote.Token)
			first, _ := series.At(before)
			last, _ := series.At(d.RecordedNow())
			if quote.Price != first.Price && quote.Price != last.Price {
				t.Errorf("%s: %s costs %s, recorded were %s and %s", source.Name(), quote.Token, quote.Price, first.Price, last.Price)
			}
			if age := d.Now().Sub(quote.Time); !quote.Time.IsZero() && (age < 0 || age > 2*time.Minute) {
				t.Errorf("%s: %s is %s old", source.Name(), quote.Token, age)
			}
		}
	}
}

// past is what a backfill brought, by token.
type past map[string][]layers.Sample

func (p past) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		for _, sample := range p[token] {
			if span.Contains(sample.Time) && !yield(sample, nil) {
				return
			}
		}
	}
}

// direct carries requests to a demo without a socket, which a synctest bubble could
// not wait for.
type direct struct{ demo *Demo }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	response := httptest.NewRecorder()
	d.demo.handler().ServeHTTP(response, r)
	return response.Result(), nil
}

// plenty is a budget that never holds anybody up.
func plenty() collector.Budget { return collector.Budget{Calls: 1_000_000, Per: time.Second} }

// backfill asks for history as the daemon does on its first start: five minutes
// apart for a day, an hour apart before.
func backfill(t *testing.T, d *Demo) past {
	t.Helper()
	client := coingecko.New(coingecko.Options{BaseURL: "http://demo/coingecko/api/v3", Transport: direct{d}, Now: d.Now, Budget: plenty()})
	brought := make(past)
	for _, listing := range d.Catalogue().Listings(coingecko.Name, d.Now()) {
		fine, err := client.History(t.Context(), []layers.Listing{listing}, 5*time.Minute, layers.Span{From: d.Now().Add(-24 * time.Hour), To: d.Now()})
		if err != nil {
			t.Fatal(err)
		}
		coarse, err := client.History(t.Context(), []layers.Listing{listing}, time.Hour, layers.Span{From: d.Now().Add(-31 * 24 * time.Hour), To: d.Now()})
		if err != nil {
			t.Fatal(err)
		}
		samples := slices.Concat(fine.Samples, coarse.Samples)
		slices.SortFunc(samples, func(a, b layers.Sample) int { return a.Time.Compare(b.Time) })
		brought[listing.Token] = slices.CompactFunc(samples, func(a, b layers.Sample) bool { return a.Time.Equal(b.Time) })
	}
	return brought
}

// firstSnapshots gives what is known right after a backfill, at several moments of
// the hour.
func firstSnapshots(t *testing.T, scenario string, speed float64, test func(t *testing.T, s *risk.Snapshot)) {
	t.Helper()
	for _, late := range []time.Duration{0, time.Second, 31*time.Minute + 40*time.Second, time.Hour - time.Second} {
		synctest.Test(t, func(t *testing.T) {
			wait(time.Until(time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)) + late)
			d := open(t, scenario, speed)
			s, err := risk.Compute(t.Context(), d.Catalogue(), backfill(t, d), d.Now())
			if err != nil {
				t.Fatal(err)
			}
			test(t, s)
		})
	}
}

func TestWhatTheBackfillBringsPublishesWhatTheScenarioPromises(t *testing.T) {
	all := []string{"infrastructure", "middleware", "marketplaces", "applications"}
	for _, c := range []struct {
		scenario string
		speed    float64
		windows  map[string][]string // window to the layers that are published
	}{
		{"june-2025", 1, map[string][]string{"24h": all, "7d": all, "30d": all}},
		{"june-2025", 60, map[string][]string{"24h": all, "7d": all, "30d": all}},
		{"crash-2025", 1, map[string][]string{"24h": nil, "7d": all, "30d": all}},
		{"ftx-2022", 1, map[string][]string{"24h": nil, "7d": {"marketplaces"}, "30d": {"marketplaces"}}},
	} {
		firstSnapshots(t, c.scenario, c.speed, func(t *testing.T, s *risk.Snapshot) {
			for window, published := range c.windows {
				for _, layer := range all {
					l, ok := s.Layer(layer, window)
					if !ok {
						t.Fatalf("%s: nothing is known of %s over %s", c.scenario, layer, window)
					}
					if want := slices.Contains(published, layer); l.Volatility.Known != want {
						t.Errorf("%s at speed %v, %s: %s over %s published: %v, want %v (%s)",
							c.scenario, c.speed, s.At, layer, window, l.Volatility.Known, want, l.Volatility.Reason)
					}
				}
			}
		})
	}
}

func TestDelistedSymbolsThatStillAnswerAreShownAsWhatTheyAre(t *testing.T) {
	firstSnapshots(t, "june-2025", 1, func(t *testing.T, s *risk.Snapshot) {
		for _, c := range []struct {
			token, layer string
			state        risk.MemberState
		}{
			{"ocean-protocol", "marketplaces", risk.Frozen},
			{"litentry", "applications", risk.Frozen},
			{"singularitynet", "applications", risk.MemberState(layers.Migrated)},
		} {
			l, _ := s.Layer(c.layer, "24h")
			i := slices.IndexFunc(l.Members, func(m risk.Member) bool { return m.Token == c.token })
			if i < 0 || l.Members[i].State != c.state {
				t.Errorf("%s of %v is not %s", c.token, l.Members, c.state)
			}
			if r, ok := s.Token(c.token, "24h"); ok && r.Volatility.Known {
				t.Errorf("%s has a volatility of %v", c.token, r.Volatility.Value)
			}
		}
	})
}
