package market

import (
	"context"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"strata/layers"
)

// Mood is how a place behaves.
type Mood int

// The moods.
const (
	Honest   Mood = iota
	Lying         // everything costs half as much again, now and ever
	Hanging       // takes the call and never answers
	Refusing      // says to everybody that it was asked too often
	Gone          // breaks off every call, as without a network
)

// Venue is one place that tells prices.
type Venue struct {
	Name string
	URL  string // to be asked at

	market   *Market
	listings []layers.Listing
	exchange bool // and no aggregator
	inTether bool // whether its markets count in USDT
	path     string
	api      api
	limits   map[string]limit
	server   *http.Server

	mu      sync.Mutex
	windows map[string]*window
	mood    Mood
	calls   []Call
}

// api is how a place speaks.
type api interface {
	// read understands a request: of which kind it is, what it costs and, of the past, what
	// it is about.
	read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask)
	// answer answers it.
	answer(v *Venue, path string, q url.Values, about Ask) (status int, body string)
	// tooMany is the body of a 429.
	tooMany() string
}

// Ask is a piece of the past that was asked for; the zero value for anything else.
type Ask struct {
	Tokens   []string // slugs
	Interval time.Duration
	Span     layers.Span // of the beginnings of candles, or of prices
}

// Call is one request that came.
type Call struct {
	At     time.Time
	Path   string // with the query
	Ask    Ask
	Status int // of the answer; 0 for none
}

func (v *Venue) open() error {
	var listen net.ListenConfig
	listener, err := listen.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	v.URL, v.windows = "http://"+listener.Addr().String()+v.path, make(map[string]*window)
	v.server = &http.Server{Handler: http.StripPrefix(v.path, v), ReadHeaderTimeout: time.Minute}
	go func() { _ = v.server.Serve(listener) }()
	return nil
}

// Behave makes the place behave in some way from now on.
func (v *Venue) Behave(m Mood) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.mood = m
}

// Calls returns everything that was asked so far.
func (v *Venue) Calls() []Call {
	v.mu.Lock()
	defer v.mu.Unlock()
	return append([]Call(nil), v.calls...)
}

// ServeHTTP answers one request, within the limits.
func (v *Venue) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now, query := time.Now(), r.URL.Query()
	kind, cost, about := v.api.read(v, r.URL.Path, query)
	mood, wait := v.admit(now, kind, cost)
	call := Call{At: now, Path: r.URL.RequestURI(), Ask: about}
	body := v.api.tooMany()
	if mood == Hanging || !travel(r.Context(), v.market.latency) {
		v.note(call)
		<-r.Context().Done()
		return
	}
	if mood == Gone {
		v.note(call)
		panic(http.ErrAbortHandler)
	}
	switch {
	case mood == Refusing, wait > 0:
		call.Status = http.StatusTooManyRequests
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(wait, time.Second).Seconds()))))
	default:
		call.Status, body = v.api.answer(v, r.URL.Path, query, about)
	}
	v.note(call)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(call.Status)
	_, _ = io.WriteString(w, body)
}

// travel waits for as long as an answer is under way. It returns false when nobody waits for
// it any more.
func travel(ctx context.Context, latency time.Duration) bool {
	timer := time.NewTimer(latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// admit counts a call against its limit, and says how long to wait when that is exceeded.
func (v *Venue) admit(now time.Time, kind string, cost int) (Mood, time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	l, own := v.limits[kind]
	if !own {
		kind, l = "", v.limits[""]
	}
	if v.windows[kind] == nil {
		v.windows[kind] = &window{limit: l}
	}
	wait, _ := v.windows[kind].admit(now, cost)
	return v.mood, wait
}

func (v *Venue) note(c Call) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.calls = append(v.calls, c)
}

// factor is how much too high its prices are.
func (v *Venue) factor() float64 {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.mood == Lying {
		return 1.5
	}
	return 1
}

// listing returns how the place calls a token.
func (v *Venue) listing(token string) (layers.Listing, bool) {
	for _, l := range v.listings {
		if l.Token == token {
			return l, true
		}
	}
	return layers.Listing{}, false
}

// named returns which token the place means by a symbol.
func (v *Venue) named(symbol string) (layers.Listing, bool) {
	for _, l := range v.listings {
		if l.Symbol == symbol {
			return l, true
		}
	}
	return layers.Listing{}, false
}

// asked is a piece of the past of one symbol.
func (v *Venue) asked(symbol string, interval time.Duration, span layers.Span) Ask {
	if l, ok := v.named(symbol); ok {
		return Ask{[]string{l.Token}, interval, span}
	}
	return Ask{nil, interval, span}
}

// Listings are the tokens that the place has prices of, and how it calls them.
func (v *Venue) Listings() []layers.Listing { return v.listings }

// Symbol is how the place calls a token, if it has prices of it.
func (v *Venue) Symbol(token string) (string, bool) {
	l, ok := v.listing(token)
	return l.Symbol, ok
}
