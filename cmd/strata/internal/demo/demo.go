package demo

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"strata/cmd/strata/internal/demo/recording"
	"strata/layers"
)

// Demo is one replay of a scenario.
type Demo struct {
	recording *recording.Recording
	catalogue *layers.Catalogue
	clock     *Clock
	server    *http.Server
}

// Info says what is being replayed, for everything that has to say DEMO.
type Info struct {
	Scenario     string    // "june-2025"
	Title        string    // a few words
	Venue        string    // where the prices were recorded
	Note         string    // what a reader of the prices must know
	RecordedFrom time.Time // close of the first recorded bar, UTC
	RecordedTo   time.Time // close of the last recorded bar, UTC
	ShownTo      time.Time // what RecordedTo is shown as: from then on every price is an old one
}

// URLs are where the sources of a demo answer, each in place of the URL that has
// the same paths behind it at the real one.
type URLs struct {
	CoinGecko string // for https://api.coingecko.com/api/v3
	Kraken    string // for https://api.kraken.com
	Coinbase  string // for https://api.exchange.coinbase.com
}

// Open prepares a scenario and starts its clock, at a speed of 1 to [MaxSpeed]
// shown seconds a second. It returns [ErrScenario], wrapped, for a name that
// [Scenarios] does not list.
func Open(scenario string, speed float64) (*Demo, error) {
	data, err := load(scenario)
	if err != nil {
		return nil, err
	}
	r, err := recording.Decode(data)
	if err != nil {
		return nil, fmt.Errorf("read recording %s: %w", scenario, err)
	}
	catalogue, err := layers.Default()
	if err != nil {
		return nil, fmt.Errorf("load catalogue: %w", err)
	}
	if catalogue, err = catalogue.Restrict(r.Tokens(), r.Start); err != nil {
		return nil, err
	}
	clock, err := NewClock(r.Start, r.End, speed)
	if err != nil {
		return nil, err
	}
	return &Demo{recording: r, catalogue: catalogue, clock: clock}, nil
}

// Catalogue returns the tokens of the recording as they stood when it starts,
// without dates.
func (d *Demo) Catalogue() *layers.Catalogue { return d.catalogue }

// Now returns the time that is shown as now, in UTC; see [Clock].
func (d *Demo) Now() time.Time { return d.clock.Now() }

// RecordedNow returns the recorded instant that is shown as now, at most the end
// of the recording, in UTC.
func (d *Demo) RecordedNow() time.Time {
	if now := d.clock.Recorded(d.Now()); now.Before(d.recording.End) {
		return now
	}
	return d.recording.End
}

// Info returns what is being replayed.
func (d *Demo) Info() Info {
	r := d.recording
	return Info{
		Scenario: r.Scenario, Title: r.Title, Venue: r.Venue, Note: r.Note,
		RecordedFrom: r.From(), RecordedTo: r.End, ShownTo: d.clock.Shown(r.End),
	}
}

// Start serves the sources at a free port of the loopback interface until
// [Demo.Close]. It is called once.
func (d *Demo) Start(ctx context.Context) (URLs, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return URLs{}, fmt.Errorf("start demo server: %w", err)
	}
	d.server = &http.Server{Handler: d.handler(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 5 * time.Minute}
	go func() { _ = d.server.Serve(listener) }() // ends with Close; a broken listener shows as every source down
	base := "http://" + listener.Addr().String()
	return URLs{CoinGecko: base + "/coingecko/api/v3", Kraken: base + "/kraken", Coinbase: base + "/coinbase"}, nil
}

// handler answers for all sources.
func (d *Demo) handler() http.Handler {
	s := &server{recording: d.recording, catalogue: d.catalogue, clock: d.clock}
	return s.handler()
}

// Close stops the server.
func (d *Demo) Close() error {
	if d.server == nil {
		return nil
	}
	return d.server.Close()
}
