package collector

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"strata/layers"
)

// wrote is a note of a cycle in which everything that can happen did.
func wrote(t testing.TB) Note {
	t.Helper()
	at := time.Date(2026, 6, 24, 15, 44, 2, 123e6, time.UTC)
	decimal := func(text string) layers.Decimal {
		d, err := layers.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	n := Note{
		Time: at, Rate: decimal("0.99848"), Down: []string{"okx"},
		Tokens: []TokenStatus{
			{Token: "bittensor", State: TokenOK, Sources: []string{"coingecko", "gate"}},
			{Token: "bittensor-2", State: TokenMissing},
			{Token: "ocean-protocol", State: TokenSingleSource, Sources: []string{"kraken"}},
		},
		Heard: []Heard{
			{Token: "bittensor", Source: "coingecko", Price: decimal("62641.967327043465"), Currency: USD, Time: at.Add(-47123 * time.Millisecond), Used: true},
			{Token: "bittensor", Source: "gate", Price: decimal("62700.10"), Currency: USDT, Used: true},
			{Token: "bittensor", Source: "kraken", Price: decimal("93000"), Currency: USD, Time: at.Add(1977 * time.Millisecond), Reason: ReasonOutlier},
			{Token: "bittensor-2", Source: "kraken", Currency: USD, Reason: ReasonMissing, Detail: "not in the answer"},
			{Token: "ocean-protocol", Source: "coingecko", Price: decimal("-0"), Currency: USD, Reason: ReasonNonPositive},
			{Token: "ocean-protocol", Source: "kraken", Price: decimal("0.0707"), Currency: USD, Time: at.Add(-time.Hour).Truncate(time.Second), Reason: ReasonUnchanged, Used: true},
		},
	}
	gate := 62604.796 // dollars, to eight digits
	n.Tokens[0].Spread = 62641.967327043465/gate - 1
	return n
}

func TestANoteIsReadAsItWasWritten(t *testing.T) {
	want := wrote(t)
	got, err := DecodeNote(want.Encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error("note (-wrote +read):\n" + diff)
	}
	status, heard, ok := got.Token("ocean-protocol")
	if !ok || status.State != TokenSingleSource || len(heard) != 2 || heard[1].Source != "kraken" {
		t.Errorf("of ocean-protocol: %v %+v %+v", ok, status, heard)
	}
	if _, heard, ok := got.Token("bittensor-1"); ok || heard != nil {
		t.Errorf("of a token that was not asked for: %+v", heard)
	}
}

func TestADamagedNoteIsAnErrorAndNeverALargerOne(t *testing.T) {
	whole := wrote(t).Encode()
	for cut := range whole {
		if n, err := DecodeNote(whole[:cut]); !errors.Is(err, errNote) {
			t.Errorf("cut at %d: %+v, %v", cut, n, err)
		}
	}
	if _, err := DecodeNote(append(slices.Clone(whole), 0)); !errors.Is(err, errNote) || !strings.Contains(err.Error(), "left over") {
		t.Errorf("with a byte more: %v", err)
	}
	older := slices.Clone(whole)
	older[0] = 1
	if _, err := DecodeNote(older); err == nil || err.Error() != "read note: version 1, want 2: not a note" {
		t.Errorf("of another version: %v", err)
	}
	rapid.Check(t, func(t *rapid.T) {
		bad := slices.Clone(whole)
		for range rapid.IntRange(1, 4).Draw(t, "flips") {
			bad[rapid.IntRange(0, len(bad)-1).Draw(t, "at")] ^= byte(rapid.IntRange(1, 255).Draw(t, "bits"))
		}
		holdToItsWord(t, bad)
	})
}

// holdToItsWord checks of any bytes that they are refused, or read as a note that is
// written and read again as the same.
func holdToItsWord(t interface{ Fatalf(string, ...any) }, text []byte) {
	n, err := DecodeNote(text)
	if err != nil {
		return
	}
	if len(n.Tokens)+len(n.Heard)+len(n.Down) > len(text) {
		t.Fatalf("%d bytes became %d tokens and %d quotes", len(text), len(n.Tokens), len(n.Heard))
	}
	again, err := DecodeNote(n.Encode())
	if err != nil || !cmp.Equal(n, again) {
		t.Fatalf("%x: %v\n%s", text, err, cmp.Diff(n, again))
	}
}

func FuzzDecodeNote(f *testing.F) {
	f.Add(wrote(f).Encode())
	f.Add(Note{Time: time.UnixMilli(1).UTC()}.Encode())
	f.Add(newWander().next().Encode())
	f.Fuzz(func(t *testing.T, text []byte) { holdToItsWord(t, text) })
}

// TestACycleIsNotedWithAllThatWasHeard sends a cycle through the gates in which one
// source agrees, one repeats itself, one lies, one says nothing and one is down.
func TestACycleIsNotedWithAllThatWasHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var kept shelf
		began := time.Now()
		only := func(quote Quote) func(context.Context, []layers.Listing) (Answer, error) {
			return func(context.Context, []layers.Listing) (Answer, error) {
				quote.Token = "bittensor"
				return Answer{Quotes: []Quote{quote}}, nil
			}
		}
		sources := []*fake{
			{name: "coinbase", latest: only(Quote{Price: price(t, "400.1")})},
			{name: "coingecko", latest: only(Quote{Price: price(t, "400.2"), Time: began.Add(-time.Minute)})},
			{name: "gate", latest: only(Quote{Price: price(t, "600"), Time: began})},
			{name: "kraken", latest: only(Quote{Price: price(t, "400"), Time: began.Add(-time.Hour)})},
			{name: "okx", latest: func(context.Context, []layers.Listing) (Answer, error) {
				return Answer{}, NewError(Unavailable, errors.New("503"))
			}},
		}
		c := start(t, &kept, Options{}, sources...)
		c.Collect(t.Context())
		elapse(time.Minute)
		cycle := c.Collect(t.Context())
		n, err := DecodeNote(kept.notes[1])
		if err != nil || !slices.Equal(n.Down, []string{"okx"}) {
			t.Fatalf("down %v, %v", n.Down, err)
		}
		if diff := cmp.Diff(cycle.Tokens, n.Tokens, cmpopts.EquateEmpty()); diff != "" {
			t.Error("tokens (-cycle +note):\n" + diff)
		}
		var lines bytes.Buffer
		_, heard, _ := n.Token("bittensor")
		for _, h := range heard {
			_, _ = fmt.Fprintf(&lines, "%s %s %s %q %v\n", h.Source, h.Price, h.Currency, h.Reason, h.Used)
		}
		want := `coinbase 400.1 USD "" true
coingecko 400.2 USD "unchanged" true
gate 600 USD "disputed" false
kraken 400 USD "stale" false
`
		if diff := cmp.Diff(want, lines.String()); diff != "" {
			t.Error("heard of bittensor (-want +got):\n" + diff)
		}
	})
}
