package collector_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/collector"
	"strata/collector/binance"
	"strata/collector/coinbase"
	"strata/collector/coingecko"
	"strata/collector/coinpaprika"
	"strata/collector/defillama"
	"strata/collector/gate"
	"strata/collector/generic"
	"strata/collector/kraken"
	"strata/collector/kucoin"
	"strata/collector/okx"
	"strata/layers"
)

// publisher is a source together with how it answers when it is well, in which the price and its
// time, in seconds, in milliseconds and in words, are filled in. A new source is a line here, and all the
// tables below hold for it.
type publisher struct {
	name, symbol, well string
	open               func(base string, transport http.RoundTripper) collector.Source
}

var publishers = []publisher{
	{coingecko.Name, "bittensor", `{"bittensor":{"usd":$price,"usd_market_cap":2142226908.84,"usd_24h_vol":99603418.8,"last_updated_at":$seconds}}`,
		func(base string, via http.RoundTripper) collector.Source {
			return coingecko.New(coingecko.Options{BaseURL: base, Transport: via, DemoKey: secret})
		}},
	{kraken.Name, "TAO/USD", `{"error":[],"result":{"TAO/USD":{"a":["216.1","1","1.0"],"c":["$price","0.2"],"v":["9204.1","13021.7"],"p":["217.1","219.9"],"t":[3455,5259]}}}`,
		func(base string, via http.RoundTripper) collector.Source {
			return kraken.New(kraken.Options{BaseURL: base, Transport: via})
		}},
	{coinbase.Name, "TAO-USD", `{"ask":"216.1","volume":"3406.5","price":"$price","size":"0.00439","time":"$time"}`,
		func(base string, via http.RoundTripper) collector.Source {
			return coinbase.New(coinbase.Options{BaseURL: base, Transport: via})
		}},
	{gate.Name, "TAO_USDT", `[{"currency_pair":"TAO_USDT","last":"$price","base_volume":"4722.9","quote_volume":"1223240.6"}]`,
		func(base string, via http.RoundTripper) collector.Source {
			return gate.New(gate.Options{BaseURL: base, Transport: via})
		}},
	{kucoin.Name, "TAO-USDT", `{"code":"200000","data":{"time":$millis,"ticker":[{"symbol":"TAO-USDT","last":"$price","vol":"2282.7","volValue":"25984946.1"}]}}`,
		func(base string, via http.RoundTripper) collector.Source {
			return kucoin.New(kucoin.Options{BaseURL: base, Transport: via})
		}},
	{okx.Name, "TAO-USDT", `{"code":"0","msg":"","data":[{"instId":"TAO-USDT","last":"$price","vol24h":"5150.9","volCcy24h":"86702682.0","ts":"$millis"}]}`,
		func(base string, via http.RoundTripper) collector.Source {
			return okx.New(okx.Options{BaseURL: base, Transport: via})
		}},
	{binance.Name, "TAOUSDT", `[{"symbol":"TAOUSDT","lastPrice":"$price","volume":"33278.3","quoteVolume":"2354076638.5","closeTime":$millis}]`,
		func(base string, via http.RoundTripper) collector.Source {
			return binance.New(binance.Options{BaseURL: base, Transport: via})
		}},
	{defillama.Name, "coingecko:bittensor", `{"coins":{"coingecko:bittensor":{"decimals":18,"symbol":"TAO","price":$price,"timestamp":$seconds,"confidence":0.99}}}`,
		func(base string, via http.RoundTripper) collector.Source {
			return defillama.New(defillama.Options{BaseURL: base, Transport: via})
		}},
	{coinpaprika.Name, "tao-bittensor", `[{"id":"tao-bittensor","last_updated":"$time","quotes":{"USD":{"price":$price,"volume_24h":7304207.6,"market_cap":2142226908}}}]`,
		func(base string, via http.RoundTripper) collector.Source {
			return coinpaprika.New(coinpaprika.Options{BaseURL: base, Transport: via})
		}},
	{"elsewhere", "TAO", `{"data":[{"symbol":"TAO","last":"$price","at":$seconds}]}`,
		func(base string, via http.RoundTripper) collector.Source {
			client, err := generic.New(generic.Options{
				Name: "elsewhere", URL: base + "/prices?of={symbols}", Price: "data[symbol={symbol}].last", Time: "data[symbol={symbol}].at", TimeUnit: generic.Seconds, Number: generic.AsString,
				Symbols: map[string]string{"bittensor": "TAO"}, Transport: via,
			})
			if err != nil {
				panic(err)
			}
			return client
		}},
}

// answered is the answer of a publisher that is well.
func (p publisher) answered(price string, at time.Time) string {
	return strings.NewReplacer(
		"$price", price, "$seconds", strconv.FormatInt(at.Unix(), 10), "$millis", strconv.FormatInt(at.UnixMilli(), 10),
		"$time", at.UTC().Format(time.RFC3339Nano),
	).Replace(p.well)
}

func (p publisher) listing() layers.Listing {
	return layers.Listing{Token: "bittensor", Source: p.name, Symbol: p.symbol}
}

// says is a transport on which every request gets one body, of JSON.
type says string

func (s says) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: 200, Request: r, Header: http.Header{"Content-Type": {"application/json"}},
		Body: io.NopCloser(strings.NewReader(string(s))),
	}, nil
}

// ask asks a publisher that answers with a body.
func (p publisher) ask(t *testing.T, body string) (collector.Answer, error) {
	t.Helper()
	return p.open("https://source.test", says(body)).Latest(t.Context(), []layers.Listing{p.listing()})
}

// everyPublisher runs a test on each, in virtual time: some wait between two calls.
func everyPublisher(t *testing.T, test func(t *testing.T, p publisher)) {
	t.Helper()
	for _, p := range publishers {
		t.Run(p.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, p) })
		})
	}
}

func TestWhatIsNoAnswerGivesNoPrice(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		answer, err := p.ask(t, p.answered("215.7949", time.Now()))
		if err != nil || len(answer.Quotes) != 1 || answer.Quotes[0].Price.Float64() != 215.7949 {
			t.Fatalf("a good answer gives %+v, %v", answer, err)
		}
		for _, body := range nonsense(p.answered("215.7949", time.Now())) {
			answer, err := p.ask(t, body)
			if len(answer.Quotes) != 0 || err == nil && len(answer.Missing) != 1 {
				t.Errorf("%.200s\ngives %+v, %v", body, answer, err)
			}
			if _, ok := errors.AsType[*collector.Error](err); err != nil && !ok {
				t.Errorf("%.200s\ngives an error without a kind: %v", body, err)
			}
		}
	})
}

// nonsense is what has been seen, or is to be feared, in place of an answer.
func nonsense(well string) []string {
	return append([]string{
		``, ` `, "\x00", `null`, `true`, `false`, `0`, `-1`, `215.7949`, `"215.7949"`, `{}`, `[]`, `[[]]`, `[{}]`, `[null]`, `{"":""}`, `""`, `undefined`, `NaN`,
		`<html><body>502 Bad Gateway</body></html>`, `<!DOCTYPE html><title>Just a moment...</title>`, `<?xml version="1.0"?><error/>`,
		`error code: 1015`, `upstream connect error or disconnect/reset before headers`, `OK`, `rate limited`, `callback({"usd":215.7949})`,
		`{"code":-1121,"msg":"Invalid symbol."}`, `{"code":0,"msg":"Service unavailable from a restricted location"}`, `{"code":-1003,"msg":"Too many requests."}`,
		`{"code":"429000","msg":"Too many requests"}`, `{"code":"400100","msg":"symbol not exists"}`, `{"code":"200000","data":null}`, `{"code":"200000","data":{}}`,
		`{"code":"200000","data":{"ticker":null}}`, `{"code":"200000","data":{"ticker":[null]}}`, `{"code":"200000"}`, `{"code":200000,"data":[]}`,
		`{"code":"50011","msg":"Too Many Requests","data":[]}`, `{"code":"51001","msg":"Instrument ID does not exist","data":[]}`, `{"code":"0","msg":"","data":[]}`, `{"code":"0","data":null}`, `{"code":"0","data":[[]]}`,
		`{"error":["EQuery:Unknown asset pair"]}`, `{"error":["EAPI:Rate limit exceeded"]}`, `{"error":["EService:Unavailable"]}`, `{"error":[]}`, `{"error":[],"result":{}}`, `{"error":[],"result":null}`, `{"error":[],"result":[]}`, `{"error":null,"result":{}}`,
		`{"status":{"error_code":429,"error_message":"You've exceeded the Rate Limit."}}`, `{"error":{"status":{"error_code":10012}}}`, `{"error":"coin not found"}`,
		`{"message":"NotFound"}`, `{"message":"Public rate limit exceeded"}`, `{"label":"INVALID_CURRENCY_PAIR","message":"Invalid currency pair"}`, `{"label":"TOO_MANY_REQUESTS"}`,
		`{"coins":{}}`, `{"coins":null}`, `{"coins":[]}`, `{"error":"not found","soft_limit":true}`, `{"success":false}`, `{"data":{"price":215.7949}}`, `{"price":215.7949}`, `{"usd":215.7949}`,
		strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 20_000), strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000), strings.Repeat("9", 100_000), "\ufeff" + well,
		"\x1f\x8b\x08\x00", "\xff\xfe{\x00}\x00", "{\"a\xff\":1}", `{"a":"\ud800"}`,
	}, well+well, well+",", well+"]", well+"x", well+"\x00", "x"+well, "["+well, well[:len(well)-1])
}

func TestTheTableOfNonsenseIsLongEnough(t *testing.T) {
	if n := len(nonsense("{}")); n < 60 {
		t.Errorf("%d bodies", n)
	}
}

func TestABodyCutAtEveryByteGivesNoOtherPriceAtAnySource(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		well := p.answered("215.7949", time.Now())
		for cut := range well {
			answer, err := p.ask(t, well[:cut])
			if len(answer.Quotes) != 0 {
				t.Errorf("%s\ngives %+v, %v", well[:cut], answer.Quotes, err)
			}
		}
	})
}

// The price of a body that was cut right behind it and closed again is another one: no
// decoder can tell, so the other sources and the source's own past must.
func TestAShorterNumberIsHeldByTheGates(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		for _, price := range []string{"2", "21", "21.5"} {
			s := newStall(t, p, says(p.answered(price, time.Now())), layers.Sample{
				Token: "bittensor", Source: p.name, Time: time.Now().Add(-time.Minute), Price: layers.Decimal{Coefficient: 2157949, Exponent: -4},
			})
			if cycle := s.Collect(t.Context()); len(s.kept) != 0 || len(cycle.Rejected) == 0 {
				t.Errorf("%s: kept %+v, rejected %+v", price, s.kept, cycle.Rejected)
			}
		}
	})
}

func TestWhatIsNoPriceIsNotKept(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		good := newStall(t, p, says(p.answered("215.7949", time.Now())))
		if cycle := good.Collect(t.Context()); len(good.kept) != 1 || cycle.Err != nil {
			t.Fatalf("a good price is not kept: %+v", cycle)
		}
		for _, price := range []string{
			"NaN", "nan", "Infinity", "-Infinity", "inf", "+Inf", "null", "true", "", " ", "-1", "-0", "0", "0.0", "0e5", "-215.7949", "1e30", "1e400", "1e-400", "1e-60",
			"1e999999999999", "1,234.5", "1.234,5", "1 234.5", "1_000", "0x1p4", "0xD7", "0b11", "0o7", "215.7949f", "+215.7949", "215..7", "215.", ".5", "--1", "1e", "1e+",
			"215.7949 ", " 215.7949", "\u0662\u0661\u0665", "$215.79", "215.79 USD", "1/2", "[215.7949]", `{"usd":215.7949}`, "12345678901234567890123", "1234567890.12345678901",
		} {
			s := newStall(t, p, says(p.answered(price, time.Now())))
			s.Collect(t.Context())
			if len(s.kept) != 0 && !harmless(p, price) {
				t.Errorf("a price %q of %s is kept as %v", price, p.name, s.kept)
			}
		}
	})
}

// harmless says whether a price is only odd in a publisher's way of writing: space
// around a number is nothing in JSON, when the number is in no quotes.
func harmless(p publisher, price string) bool {
	return strings.TrimSpace(price) == "215.7949" && !strings.Contains(p.well, `"$price"`)
}

func TestAQuotedNumberIsNotTakenForABareOneNorTheOtherWayRound(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		other := p
		if strings.Contains(p.well, `"$price"`) {
			other.well = strings.ReplaceAll(p.well, `"$price"`, "$price")
		} else {
			other.well = strings.ReplaceAll(p.well, "$price", `"$price"`)
		}
		if answer, err := p.ask(t, other.answered("215.7949", time.Now())); len(answer.Quotes) != 0 {
			t.Errorf("%+v, %v", answer, err)
		}
	})
}

func TestKeysThatDifferInCaseOrStandThereTwiceGiveNoPrice(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		field := priceField.FindStringSubmatch(p.well) // "last":"$price, last, :"$price
		name, value := field[1], field[2]
		for _, twin := range []string{name, strings.ToUpper(name), strings.ToUpper(name[:1]) + name[1:]} {
			odd := p
			odd.well = strings.Replace(p.well, field[0], `"`+twin+`"`+closed(value)+","+field[0], 1)
			body := odd.answered("215.7949", time.Now())
			if answer, err := p.ask(t, body); len(answer.Quotes) != 0 {
				t.Errorf("%s\ngives %+v, %v", body, answer.Quotes, err)
			}
		}
	})
}

var priceField = regexp.MustCompile(`"(\w+)"(:\[?"?\$price)`)

// closed ends what a value begins: :"$price and :["$price, which is how Kraken does it.
func closed(value string) string {
	switch {
	case strings.HasPrefix(value, `:["`):
		return value + `","1"]`
	case strings.HasPrefix(value, `:"`):
		return value + `"`
	}
	return value
}

func TestTheAnswerForAnotherSymbolIsNoAnswer(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		if !strings.Contains(p.well, p.symbol) {
			return // Coinbase does not say whose ticker it is: its path does
		}
		for _, symbol := range []string{strings.ToLower(p.symbol) + "x", "X" + p.symbol, p.symbol + " ", "", swapCase(p.symbol)} {
			body := strings.ReplaceAll(p.answered("215.7949", time.Now()), p.symbol, symbol)
			if answer, err := p.ask(t, body); len(answer.Quotes) != 0 {
				t.Errorf("%s\ngives %+v, %v", body, answer.Quotes, err)
			}
		}
	})
}

func swapCase(text string) string {
	if upper := strings.ToUpper(text); upper != text {
		return upper
	}
	return strings.ToLower(text)
}

func TestAnythingButJSONIsRefusedByItsContentType(t *testing.T) {
	everyPublisher(t, func(t *testing.T, p publisher) {
		for _, kind := range []string{
			"", "text/html", "text/html; charset=utf-8", "text/plain", "text/json", "text/javascript", "application/javascript", "application/xml", "application/octet-stream",
			"application/x-ndjson", "multipart/form-data", "image/png", "application", "json", ";", "application/json, text/html",
		} {
			source := p.open("https://source.test", typed{kind, p.answered("215.7949", time.Now())})
			answer, err := source.Latest(t.Context(), []layers.Listing{p.listing()})
			if len(answer.Quotes) != 0 {
				t.Errorf("%q: %+v, %v", kind, answer, err)
			}
		}
	})
}

type typed struct{ kind, body string }

func (a typed) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := says(a.body).RoundTrip(r)
	response.Header.Set("Content-Type", a.kind)
	return response, err
}

// stall is a collector of one publisher, beside a bank that tells what a USDT is worth.
type stall struct {
	*collector.Collector
	kept []layers.Sample // but for the bank's
	log  strings.Builder
}

func newStall(t *testing.T, p publisher, via http.RoundTripper, last ...layers.Sample) *stall {
	t.Helper()
	s := new(stall)
	s.Collector = newCollector(t, collector.Options{
		Sources: []collector.Source{p.open("https://source.test", via), bank{}}, Last: last,
		Logger: slog.New(slog.NewTextHandler(&s.log, nil)),
		Keep: func(_ time.Time, samples []layers.Sample, _ []byte) error {
			for _, sample := range samples {
				if sample.Token == "bittensor" {
					s.kept = append(s.kept, sample)
				}
			}
			return nil
		},
	})
	return s
}

func newCollector(t *testing.T, opts collector.Options) *collector.Collector {
	t.Helper()
	var listed strings.Builder
	for _, p := range publishers {
		fmt.Fprintf(&listed, "      - {source: %s, symbol: %q}\n", p.name, p.symbol)
	}
	catalogue, err := layers.Parse("all.yaml", []byte(allSources+listed.String()))
	if err != nil {
		t.Fatal(err)
	}
	schedule, err := collector.ParseSchedule("* * * * *")
	if err != nil {
		t.Fatal(err)
	}
	opts.Catalogue, opts.Schedule = catalogue, schedule
	c, err := collector.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

const allSources = `
version: "2026-06-24"
layers:
  - slug: infrastructure
    order: 1
    name: {en: Infrastructure}
    subcategories: [{slug: training, name: {en: Training}}]
tokens:
  - slug: tether
    name: Tether
    benchmark: true
    pegged: true
    symbols: [{symbol: USDT}]
    listings: [{source: bank, symbol: USDT}]
  - slug: bittensor
    name: Bittensor
    symbols: [{symbol: TAO}]
    memberships: [{layer: infrastructure, subcategory: training, role: primary, weight: 1}]
    listings:
`

// bank says that a USDT is worth a dollar.
type bank struct{}

func (bank) Name() string     { return "bank" }
func (bank) Requests() uint64 { return 0 }
func (bank) Latest(context.Context, []layers.Listing) (collector.Answer, error) {
	one := layers.Decimal{Coefficient: 1}
	return collector.Answer{Quotes: []collector.Quote{{Token: "tether", Price: one, Time: time.Now()}}}, nil
}
