package risk

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// spied is a history that notes what it is asked, and may do something meanwhile.
type spied struct {
	ledger
	asked     []layers.Span
	meanwhile func()
}

func (h *spied) Samples(token string, span layers.Span) iter.Seq2[layers.Sample, error] {
	return func(yield func(layers.Sample, error) bool) {
		h.asked = append(h.asked, span)
		for s, err := range h.ledger.Samples(token, span) {
			if !yield(s, err) {
				return
			}
		}
		if h.meanwhile != nil {
			h.meanwhile()
		}
	}
}

// spied returns how long ago, in days before today, the spans that were asked for began
// and ended, and forgets them.
func (h *spied) days() (from, to float64) {
	for i, s := range h.asked {
		begin, end := today.Sub(s.From).Hours()/24, today.Sub(s.To).Hours()/24
		if i == 0 || begin > from {
			from = begin
		}
		if i == 0 || end < to {
			to = end
		}
	}
	h.asked = nil
	return from, to
}

func recall(t *testing.T, e *Engine, h History, at time.Time) {
	t.Helper()
	if err := e.Recall(t.Context(), h, at); err != nil {
		t.Fatal(err)
	}
}

func TestEveryHourOfAYearIsReadAtMostOnceMore(t *testing.T) {
	e, h := NewEngine(catalogue(t, token("aaa", "alpha"))), &spied{}
	recall(t, e, h, today)
	var read time.Duration
	for _, s := range h.asked {
		read += s.To.Sub(s.From)
	}
	if days := read.Hours() / 24; days < 365 || days > 365*1.05 {
		t.Errorf("%v days were read", days)
	}
	if from, to := h.days(); from < 366 || from > 366.1 || to > 1 || to < 0.99 {
		t.Errorf("from %v to %v days ago", from, to)
	}
}

// TestOnlyWhatIsMissingIsRecalled asks again, a day later, and after a sample of long
// ago.
func TestOnlyWhatIsMissingIsRecalled(t *testing.T) {
	all := restless("aaa", alternating(200, 2)...)
	e, h := NewEngine(catalogue(t, token("aaa", "alpha"))), &spied{ledger: all.ledger()}
	yesterday := today.AddDate(0, 0, -1)
	recall(t, e, h, yesterday)
	h.asked = nil
	recall(t, e, h, yesterday)
	recall(t, e, h, today.Add(-time.Second))
	if len(h.asked) != 0 {
		t.Errorf("asked again: %v", h.asked)
	}
	recall(t, e, h, today)
	if from, to := h.days(); len(e.days) != 365 || from < 2 || from > 2.1 || to < 0.99 || to > 1 {
		t.Errorf("a day later: from %v to %v days ago, %d days known", from, to, len(e.days))
	}
	late := today.AddDate(0, 0, -100).Add(-12 * time.Hour)
	e.Observe(layers.Sample{Token: "aaa", Source: "two", Time: late, Price: layers.Decimal{Coefficient: 1}})
	e.Observe(layers.Sample{Token: "unknown", Source: "two", Time: today.AddDate(0, 0, -50), Price: layers.Decimal{Coefficient: 1}})
	recall(t, e, h, today)
	if from, to := h.days(); from < 101 || from > 101.1 || to < 99.99 || to > 100 {
		t.Errorf("after a late sample: from %v to %v days ago", from, to)
	}
}

// TestASampleUnsettlesTheDaysItBelongsTo: the price at the start of a day may be one of
// the hours before, and their tolerance.
func TestASampleUnsettlesTheDaysItBelongsTo(t *testing.T) {
	for _, tc := range []struct {
		after time.Duration
		left  []int64
	}{
		{0, []int64{9, 12, 13}}, // 10 ends, and 11 begins, with it
		{1, []int64{9, 10, 12, 13}},
		{22 * time.Hour, []int64{9, 10, 12, 13}},
		{22*time.Hour + 1, []int64{9, 10, 13}},
		{24 * time.Hour, []int64{9, 10, 13}},
	} {
		d := days{9: nil, 10: nil, 11: nil, 12: nil, 13: nil}
		d.unsettle(layers.Sample{Time: midnight(10).Add(tc.after)})
		var left []int64
		for day := range int64(14) {
			if _, ok := d[day]; ok {
				left = append(left, day)
			}
		}
		if diff := cmp.Diff(tc.left, left); diff != "" {
			t.Errorf("%v after midnight: %s", tc.after, diff)
		}
	}
}

// TestWhatIsObservedWhileItIsRecalledIsRecalledAgain lets backfill come in between.
func TestWhatIsObservedWhileItIsRecalledIsRecalledAgain(t *testing.T) {
	c, all := catalogue(t, token("aaa", "alpha")), restless("aaa", alternating(90, 2)...)
	from, to := today.AddDate(0, 0, -40), today.AddDate(0, 0, -30)
	e, h := NewEngine(c), &spied{ledger: all.without("", from, to).ledger()}
	h.meanwhile = func() {
		h.ledger, h.meanwhile = all.ledger(), nil
		e.Observe(all...)
	}
	recall(t, e, h, today)
	recall(t, e, h, today)
	got, _ := e.Snapshot(today).Layer("alpha", "24h")
	if want := computeLayer(t, c, all, "alpha", "24h", today); got.ZScore != want.ZScore || !got.ZScore.Known {
		t.Errorf("got %+v, want %+v", got.ZScore, want.ZScore)
	}
}

func TestACancelledRecallCanBeTakenUpAgain(t *testing.T) {
	c, all := catalogue(t, token("aaa", "alpha"), token("bbb", "alpha")), restless("aaa", alternating(90, 2)...)
	for i := range all {
		twin := all[i]
		twin.Token = "bbb"
		all = append(all, twin)
	}
	ctx, cancel := context.WithCancel(t.Context())
	e, h := NewEngine(c), &spied{ledger: all.ledger(), meanwhile: cancel}
	if err := e.Recall(ctx, h, today); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if len(e.days) != 0 {
		t.Errorf("%d days are taken for known", len(e.days))
	}
	recall(t, e, h, today)
	e.Observe(all...)
	recall(t, e, h, today)
	got, _ := e.Snapshot(today).Layer("alpha", "24h")
	if want := computeLayer(t, c, all, "alpha", "24h", today); got.ZScore != want.ZScore || !got.ZScore.Known {
		t.Errorf("got %+v, want %+v", got.ZScore, want.ZScore)
	}
}

func TestADamagedTokenCostsThatTokenOnlyWhenRecalling(t *testing.T) {
	c := catalogue(t, token("aaa", "alpha"), token("bbb", "beta"))
	all := restless("aaa", alternating(90, 2)...)
	e := engine(t, c, all.ledger(), today)
	e.days = days{}
	if err := e.Recall(t.Context(), brokenHistory{all}, today); !errors.Is(err, errDamaged) {
		t.Errorf("got %v", err)
	}
	if l, _ := e.Snapshot(today).Layer("alpha", "24h"); !l.ZScore.Known {
		t.Errorf("alpha has no damaged member: %+v", l.ZScore)
	}
}

func TestAFirstRecallDoesNotHoldUpASecond(t *testing.T) {
	e, h := NewEngine(catalogue(t, token("aaa", "alpha"))), &spied{}
	h.meanwhile = func() {
		if err := e.Recall(t.Context(), brokenHistory{}, today); err != nil {
			t.Error(err)
		}
		e.Snapshot(today)
	}
	recall(t, e, h, today)
}
