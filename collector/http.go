package collector

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
)

// Defaults of [HTTPOptions].
const (
	DefaultTimeout  = 15 * time.Second
	DefaultMaxBytes = 8 << 20
)

// HTTPOptions say how to talk to one source.
type HTTPOptions struct {
	BaseURL   string            // "https://api.kraken.com"
	Header    map[string]string // sent with every request; a key belongs here, never in a query
	Timeout   time.Duration     // for a whole call, body included; default [DefaultTimeout]
	MaxBytes  int64             // of a body after decompression; default [DefaultMaxBytes]
	Transport http.RoundTripper // default: one of its own, with bounded headers
	Budget    Budget            // what the source allows; the zero value for no limit
}

// HTTP asks one source. It never follows a redirect, never retries, reads no more
// than it was told to, takes nothing but JSON for an answer, and stays within the
// budget: one HTTP is for all calls to a source, live and of the past. When one of
// them is refused as one too many, all of them wait. It is safe for concurrent use.
type HTTP struct {
	client   *resty.Client
	target   string // host and path of the base URL, for errors
	timeout  time.Duration
	maxBytes int64
	bucket   *bucket
	secrets  concealer
	requests atomic.Uint64
}

// NewHTTP returns an HTTP for one source.
func NewHTTP(opts HTTPOptions) *HTTP {
	transport := opts.Transport
	if transport == nil {
		transport = newTransport()
	}
	client := resty.NewWithClient(&http.Client{Transport: transport})
	client.SetBaseURL(opts.BaseURL)
	client.SetHeaders(opts.Header)
	client.SetHeader("Accept", "application/json")
	client.SetHeader("User-Agent", "strata")
	// A redirect would carry our key to wherever it points: net/http strips only
	// Authorization and Cookie.
	client.SetRedirectPolicy(resty.RedirectPolicyFunc(func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}))
	var target string
	if base, err := url.Parse(opts.BaseURL); err == nil { // every call will say what is wrong with it
		target = base.Host + base.Path
	}
	return &HTTP{
		client:   client,
		target:   target,
		timeout:  cmp.Or(opts.Timeout, DefaultTimeout),
		maxBytes: cmp.Or(opts.MaxBytes, DefaultMaxBytes),
		bucket:   &bucket{budget: opts.Budget},
		secrets:  newConcealer(opts.Header),
	}
}

func newTransport() http.RoundTripper {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		TLSHandshakeTimeout:    10 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConnsPerHost:    4,
		MaxResponseHeaderBytes: 64 << 10,
		ForceAttemptHTTP2:      true,
	}
}

// Requests returns how many calls were made so far.
func (h *HTTP) Requests() uint64 { return h.requests.Load() }

// Get asks for path below the base URL and returns the body of a 200 answer of
// JSON. Any other outcome is an [*Error].
func (h *HTTP) Get(ctx context.Context, path string, query url.Values) ([]byte, error) {
	return h.GetCosting(ctx, 1, path, query)
}

// GetCosting is Get for a call that takes more than one of the budget. It waits for
// room in the budget, but not when that would outlast ctx: then it fails at once, of
// kind [OverBudget], and RetryAfter says when there is room.
func (h *HTTP) GetCosting(ctx context.Context, cost int, path string, query url.Values) ([]byte, error) {
	if room, ok := h.bucket.wait(ctx, cost); !ok {
		return nil, h.overBudget(ctx, path, room)
	}
	began := time.Now()
	saw(ctx, h.bucket, began)
	body, err := h.get(ctx, path, query)
	if err != nil {
		if err.Kind == RateLimited {
			h.bucket.refuse(began, err.RetryAfter)
		} else {
			h.bucket.hold(err.RetryAfter)
		}
		return nil, err
	}
	return body, nil
}

// overBudget makes an Error of a call that was not made.
func (h *HTTP) overBudget(ctx context.Context, path string, room time.Duration) *Error {
	if err := ctx.Err(); err != nil {
		return h.failure(path, err)
	}
	e := h.fault(path, OverBudget, "all calls of the budget are used up")
	if h.bucket.status().PausedUntil.After(time.Now()) {
		e.Detail = "the source asked to wait"
	}
	e.RetryAfter = room
	return e
}

// get makes one call.
func (h *HTTP) get(ctx context.Context, path string, query url.Values) ([]byte, *Error) {
	ctx, cancel := context.WithTimeout(ctx, h.timeout)
	defer cancel()
	h.requests.Add(1)
	// The body is read here and not by resty, which would take HTML for an answer
	// and a decoding failure for a price of 0.
	response, err := h.client.R().SetContext(ctx).SetDoNotParseResponse(true).
		SetQueryParamsFromValues(query).Get(path)
	if err != nil {
		return nil, h.failure(path, err)
	}
	raw := response.RawResponse
	defer raw.Body.Close()
	if raw.StatusCode != http.StatusOK {
		return nil, h.refusal(path, raw)
	}
	if kind := raw.Header.Get("Content-Type"); !isJSON(kind) {
		return nil, h.fault(path, BadAnswer, fmt.Sprintf("content type %q where JSON was asked for", kind))
	}
	body, err := io.ReadAll(io.LimitReader(raw.Body, h.maxBytes+1))
	switch {
	case err != nil:
		return nil, h.failure(path, err)
	case int64(len(body)) > h.maxBytes:
		return nil, h.fault(path, BadAnswer, fmt.Sprintf("the answer is longer than %d bytes", h.maxBytes))
	}
	return h.secrets.conceal(body), nil
}

// refusal makes an Error of an answer with another status than 200.
func (h *HTTP) refusal(path string, raw *http.Response) *Error {
	e := h.fault(path, kindOfStatus(raw.StatusCode), http.StatusText(raw.StatusCode))
	e.Status = raw.StatusCode
	e.RetryAfter = parseRetryAfter(raw.Header.Get("Retry-After"), time.Now())
	if raw.StatusCode >= 300 && raw.StatusCode < 400 {
		e.Detail = "redirect refused"
	}
	body, _ := io.ReadAll(io.LimitReader(raw.Body, maxErrorBody)) // what could be read is enough to tell faults apart
	e.Body = h.secrets.conceal(body)
	return e
}

// failure makes an Error of a call that brought no whole answer.
func (h *HTTP) failure(path string, err error) *Error {
	// The text of a url.Error holds the query; what it wraps does not.
	if wrapper, ok := errors.AsType[*url.Error](err); ok {
		err = wrapper.Err
	}
	e := h.fault(path, kindOfFailure(err), err.Error())
	e.cause = err
	return e
}

func (h *HTTP) fault(path string, kind Kind, detail string) *Error {
	return &Error{Kind: kind, Target: clip(h.target + path), Detail: clip(string(h.secrets.conceal([]byte(detail))))}
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json"))
}
