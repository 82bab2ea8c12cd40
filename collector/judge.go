package collector

import (
	"slices"
	"strings"
	"time"

	"strata/layers"
)

// Rejection is a quote, or the lack of one, that was not accepted.
type Rejection struct {
	Token  string
	Source string
	Reason Reason
	Detail string // in words, where the reason does not say it all
}

// series is one token at one source.
type series struct{ source, token string }

// candidate is a quote on its way through the gates.
type candidate struct {
	series
	quote Quote
	voter voter
}

// judgement is what became of all quotes of a cycle.
type judgement struct {
	quotes   int
	accepted []candidate
	rejected []Rejection
	tokens   []TokenStatus
}

// hearing gathers what the sources say about one token.
type hearing struct {
	passed  []candidate // through the gates of its own
	repeats []candidate // cached: usable, and nothing new
}

// judge sends all quotes through the gates: each by itself first, then against the
// other sources' for the same token.
func (c *Collector) judge(rounds []round, now time.Time) judgement {
	var j judgement
	hearings := make(map[string]*hearing)
	for _, r := range rounds {
		for _, listing := range r.listings {
			if hearings[listing.Token] == nil {
				hearings[listing.Token] = new(hearing)
			}
		}
		c.hear(r, now, hearings, &j)
	}
	for token, h := range hearings {
		j.decide(token, h)
	}
	slices.SortFunc(j.tokens, func(a, b TokenStatus) int { return strings.Compare(a.Token, b.Token) })
	slices.SortFunc(j.accepted, func(a, b candidate) int {
		return strings.Compare(a.token+"\x00"+a.source, b.token+"\x00"+b.source)
	})
	return j
}

// hear takes the answer of one source apart.
func (c *Collector) hear(r round, now time.Time, hearings map[string]*hearing, j *judgement) {
	source := r.desk.source.Name()
	expected := make(map[string]bool, len(r.listings))
	for _, listing := range r.listings {
		expected[listing.Token] = true
	}
	for _, m := range r.answer.Missing {
		reason := ReasonMissing
		if m.Malformed {
			reason = ReasonMalformed
		}
		j.reject(series{source, m.Token}, reason, clip(m.Reason))
	}
	j.quotes += len(r.answer.Quotes)
	for _, q := range r.answer.Quotes {
		key := series{source, q.Token}
		if !expected[q.Token] {
			j.reject(key, ReasonMalformed, "not asked for, or answered twice")
			continue
		}
		expected[q.Token] = false
		before := c.memories[key]
		reason, after := before.examine(q, now, c.opts.MaxAge)
		c.memories[key] = after
		h, next := hearings[q.Token], candidate{key, q, newVoter(q, before, now, c.opts.MaxAge)}
		switch reason {
		case "":
			h.passed = append(h.passed, next)
		case ReasonUnchanged:
			h.repeats = append(h.repeats, next)
			fallthrough
		default:
			j.reject(key, reason, "")
		}
	}
}

// decide settles one token.
func (j *judgement) decide(token string, h *hearing) {
	voters := make([]voter, len(h.passed))
	for i, p := range h.passed {
		voters[i] = p.voter
	}
	result := combine(voters)
	if len(voters) == 1 && slices.ContainsFunc(h.repeats, func(w candidate) bool {
		return !vouched(voters[0], w.voter)
	}) {
		result = verdict{keep: []bool{false}, disputed: true, reason: ReasonDisputed}
	}
	usable := slices.Clone(h.repeats)
	for i, p := range h.passed {
		if !result.keep[i] {
			j.reject(p.series, result.reason, "")
			continue
		}
		j.accepted = append(j.accepted, p)
		usable = append(usable, p)
	}
	j.tokens = append(j.tokens, describe(token, usable, result.disputed))
}

func (j *judgement) reject(s series, reason Reason, detail string) {
	j.rejected = append(j.rejected, Rejection{Token: s.token, Source: s.source, Reason: reason, Detail: detail})
}

// describe says what there is to say about a token with these usable quotes.
func describe(token string, usable []candidate, disputed bool) TokenStatus {
	status := TokenStatus{Token: token}
	prices := make([]float64, len(usable))
	for i, u := range usable {
		prices[i] = u.quote.Price.Float64()
		status.Sources = append(status.Sources, u.source)
	}
	slices.Sort(status.Sources)
	switch {
	case disputed:
		status.State = TokenDisputed
	case len(usable) == 0:
		status.State = TokenMissing
	case len(usable) == 1:
		status.State = TokenSingleSource
	default:
		status.State = TokenOK
	}
	if len(usable) > 1 {
		status.Spread = slices.Max(prices)/slices.Min(prices) - 1
	}
	return status
}

// samples are the accepted quotes, with the one time of the cycle.
func (j *judgement) samples(at time.Time) []layers.Sample {
	samples := make([]layers.Sample, len(j.accepted))
	for i, a := range j.accepted {
		samples[i] = layers.Sample{Token: a.token, Source: a.source, Time: at, Price: a.quote.Price}
	}
	return samples
}
