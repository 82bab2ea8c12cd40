package market

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"strata/layers"
)

// coingecko decides itself how fine its past is, five minutes for the last day, hours for
// up to 90 days, days beyond, and tells none to the public that is older than a year. Times
// are a little after the full minute, and the last point is the price of now.
type coingecko struct{}

const (
	geckoYear = 365 * day
	geckoLate = 7*time.Second + 899*time.Millisecond
)

func (coingecko) tooMany() string {
	return `{"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit."}}`
}

func (coingecko) read(v *Venue, path string, q url.Values) (kind string, cost int, about Ask) {
	id, what, ok := strings.Cut(strings.TrimPrefix(path, "/coins/"), "/")
	if !ok || !strings.HasPrefix(path, "/coins/") {
		return "", 1, Ask{}
	}
	id, _ = url.PathUnescape(id)
	now := time.Now().UTC()
	span := layers.Span{From: seconds(q, "from"), To: seconds(q, "to")}
	if what == "market_chart" {
		days, _ := strconv.Atoi(q.Get("days"))
		span = layers.Span{From: now.Add(-time.Duration(days) * day), To: now}
	}
	return "", 1, v.asked(id, fineness(span, now), span)
}

// fineness is the interval at which a span is told.
func fineness(span layers.Span, now time.Time) time.Duration {
	switch length := span.To.Sub(span.From); {
	case length <= day && now.Sub(span.To) < time.Hour:
		return 5 * time.Minute
	case length <= 90*day:
		return time.Hour
	}
	return day
}

func (c coingecko) answer(v *Venue, path string, q url.Values, about Ask) (int, string) {
	switch {
	case path == "/simple/price":
		return c.latest(v, q)
	case path == "/coins/list":
		return http.StatusOK, c.list(v)
	case about.Interval == 0, q.Get("vs_currency") != "usd":
		return http.StatusUnprocessableEntity, `{"error":"Missing parameter vs_currency"}`
	case len(about.Tokens) == 0:
		return http.StatusNotFound, `{"error":"coin not found"}`
	case about.Span.From.Before(time.Now().Add(-geckoYear - time.Minute)):
		return http.StatusUnauthorized, `{"error":{"status":{"error_code":10012,"error_message":"Your request exceeds the allowed time range. Public API users are limited to querying historical data within the past 365 days."}}}`
	}
	return c.chart(v, about)
}

func (coingecko) latest(v *Venue, q url.Values) (int, string) {
	if q.Get("ids") == "" || q.Get("vs_currencies") != "usd" {
		return http.StatusUnprocessableEntity, `{"error":"Missing parameter ids"}`
	}
	now := time.Now()
	coins := make(map[string]any)
	for id := range strings.SplitSeq(q.Get("ids"), ",") {
		l, ok := v.named(id)
		if !ok {
			continue
		}
		coin := map[string]any{"usd": num(v.averaged(l, now))}
		if q.Get("include_last_updated_at") == "true" {
			coin["last_updated_at"] = now.Add(-11 * time.Second).Unix()
		}
		if q.Get("include_24hr_vol") == "true" {
			coin["usd_24h_vol"] = num("29096603418.89408")
		}
		if q.Get("include_market_cap") == "true" {
			coin["usd_market_cap"] = num("1542226908349.8406")
		}
		coins[id] = coin
	}
	return http.StatusOK, jsonOf(coins)
}

func (coingecko) list(v *Venue) string {
	var rows []string
	for _, l := range v.listings {
		token, _ := v.market.catalogue.Token(l.Token)
		rows = append(rows, fmt.Sprintf(`{"id":%s,"symbol":%s,"name":%s}`, quote(l.Symbol), quote(strings.ToLower(token.Symbol(time.Now()))), quote(token.Name)))
	}
	return "[" + strings.Join(rows, ",") + "]"
}

func (coingecko) chart(v *Venue, about Ask) (int, string) {
	l, _ := v.named(about.symbol(v))
	now := time.Now().UTC()
	var prices, amounts []json.RawMessage
	add := func(at time.Time) {
		prices = append(prices, num("["+milli(at)+","+v.averaged(l, at)+"]"))
		amounts = append(amounts, num("["+milli(at)+",18688431751.857048]"))
	}
	for _, at := range v.points(l, about.Interval, about.Span, now) {
		if about.Interval < day {
			at = at.Add(geckoLate)
		}
		if !at.After(about.Span.To) && !at.After(now) {
			add(at)
		}
	}
	if now.Sub(about.Span.To) < time.Minute {
		add(now)
	}
	return http.StatusOK, jsonOf(map[string]any{"prices": prices, "market_caps": amounts, "total_volumes": amounts})
}

// symbol is how the place calls the token that was asked for.
func (a Ask) symbol(v *Venue) string {
	l, _ := v.listing(a.Tokens[0])
	return l.Symbol
}

// points are the multiples of an interval in a span for which there was a market.
func (v *Venue) points(l layers.Listing, interval time.Duration, span layers.Span, now time.Time) (points []time.Time) {
	from := span.From
	if begin := v.since(l); from.Before(begin) {
		from = begin
	}
	at := from.UTC().Truncate(interval)
	if at.Before(from) {
		at = at.Add(interval)
	}
	for ; !at.After(span.To) && !at.After(now); at = at.Add(interval) {
		points = append(points, at)
	}
	return points
}
