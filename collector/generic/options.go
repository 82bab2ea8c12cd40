package generic

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"strata/collector"
)

// The units of a time.
const (
	Seconds      = "s"
	Milliseconds = "ms"
	RFC3339      = "rfc3339"
)

// How a number is written; anything else than these is written either way.
const (
	AsNumber = "number" // 215.79
	AsString = "string" // "215.79"
)

// Options describe a source.
type Options struct {
	Name   string            // how the metrics call it: lower-case letters, digits and hyphens
	URL    string            // with {symbols}, {symbol} or neither; https, or http on this machine
	Header map[string]string // sent with every call; a key belongs here and never into the URL

	Currency string // of prices and volumes: [collector.USD], the default, or [collector.USDT]
	Price    string // path
	Number   string // how prices and volumes are written: [AsNumber], [AsString] or "" for either
	Time     string // path to the time of the price; "" for a source that gives none
	TimeUnit string // [Seconds], [Milliseconds] or [RFC3339]
	Volume   string // path to what was traded in 24 hours, in Currency; "" for none

	Symbols map[string]string // what the source calls a token, by slug
	Batch   int               // most symbols of one call; default 100

	Budget    collector.Budget  // default: one call a second
	Timeout   time.Duration     // of one call; default [collector.DefaultTimeout]
	Transport http.RoundTripper // default: one of its own
}

// faults collects what is wrong with options.
type faults []error

func (f *faults) require(ok bool, format string, args ...any) {
	if !ok {
		*f = append(*f, fmt.Errorf(format, args...))
	}
}

// check returns all that is wrong, joined.
func (o Options) check() error {
	var f faults
	f.require(regexp.MustCompile(`^[a-z0-9][a-z0-9-]*$`).MatchString(o.Name),
		"name: %q is not of lower-case letters, digits and hyphens", o.Name)
	o.checkURL(&f)
	o.checkHeader(&f)
	o.checkPaths(&f)
	f.require(slices.Contains([]string{"", collector.USD, collector.USDT}, o.Currency),
		"currency: %q is neither %s nor %s", o.Currency, collector.USD, collector.USDT)
	f.require(slices.Contains([]string{"", AsNumber, AsString}, o.Number),
		"number: %q is neither %s nor %s", o.Number, AsNumber, AsString)
	f.require(o.Time == "" || slices.Contains([]string{Seconds, Milliseconds, RFC3339}, o.TimeUnit),
		"time_unit: %q is none of %s, %s and %s", o.TimeUnit, Seconds, Milliseconds, RFC3339)
	f.require(o.Batch >= 0, "batch: %d is negative", o.Batch)
	f.require(len(o.Symbols) > 0, "symbols: no token has one")
	for _, token := range slices.Sorted(maps.Keys(o.Symbols)) {
		f.require(token != "" && o.Symbols[token] != "", "symbols: %q has the symbol %q", token, o.Symbols[token])
	}
	return errors.Join(f...)
}

func (o Options) checkURL(f *faults) {
	u, err := url.Parse(o.URL)
	if err != nil {
		f.require(false, "url: it cannot be read") // the parser's words would repeat it, and it may hold a secret
		return
	}
	f.require(u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname())),
		"url: it has to begin with https://, or on this machine with http://, and name a host")
	f.require(u.User == nil, "url: a name and password belong into a header")
	f.require(u.Fragment == "", "url: what follows # is never sent")
	f.require(!strings.Contains(o.URL, one) || !strings.Contains(o.URL, many), "url: %s and %s exclude each other", one, many)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (o Options) checkHeader(f *faults) {
	for name, value := range o.Header {
		f.require(name != "" && !strings.ContainsAny(name, " :\r\n\x00"), "headers: %q is no name of a header", name)
		f.require(!strings.ContainsAny(value, "\r\n\x00"), "headers: the value of %q is more than one line", name)
	}
}

// checkPaths parses the paths, and refuses those that would give one number to all
// tokens.
func (o Options) checkPaths(f *faults) {
	shared := !strings.Contains(o.URL, one) && len(o.Symbols) > 1
	for _, p := range []struct {
		name, text     string
		needed, single bool
	}{{"price", o.Price, true, true}, {"time", o.Time, false, false}, {"volume", o.Volume, false, true}} {
		if p.text == "" {
			f.require(!p.needed, "%s: a path is needed", p.name)
			continue
		}
		parsed, err := parsePath(p.text)
		f.require(err == nil, "%s: %w", p.name, err)
		f.require(err != nil || !shared || !p.single || parsed.named(),
			"%s: %q leads to one number for all tokens; %s has to stand in it, or in the URL", p.name, p.text, one)
	}
}
