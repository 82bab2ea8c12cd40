package main

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/collector"
	"strata/layers"
	"strata/metrics"
	"strata/storage"
)

func TestWhatACycleHeardIsToldFromItsNote(t *testing.T) {
	store, err := storage.Open(filepath.Join(t.TempDir(), "strata.db"), storage.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	d := &daemon{store: store}
	noted := at(10)
	note := collector.Note{
		Time: noted, Rate: layers.Decimal{Coefficient: 999, Exponent: -3}, Down: []string{"okx"},
		Tokens: []collector.TokenStatus{{Token: "near", State: collector.TokenSingleSource, Sources: []string{"gate"}}},
		Heard: []collector.Heard{
			{Token: "near", Source: "gate", Price: layers.Decimal{Coefficient: 2}, Currency: collector.USDT, Time: noted.Add(-time.Second), Used: true},
			{Token: "near", Source: "kraken", Price: layers.Decimal{Coefficient: 3}, Currency: collector.USD, Reason: collector.ReasonOutlier},
		},
	}
	if err := store.AppendNoted(noted, nil, note.Encode()); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := d.heard("near", noted.Add(-time.Minute)); ok || err != nil {
		t.Errorf("before the first note: %v, %v", ok, err)
	}
	want := metrics.Heard{
		Cycle: noted, Tether: note.Rate, Down: []string{"okx"},
		Agreement: &metrics.Agreement{State: "single_source", Sources: []string{"gate"}},
		Quotes: []metrics.HeardQuote{
			{Source: "gate", Price: layers.Decimal{Coefficient: 2}, Currency: "USDT", Dollars: layers.Decimal{Coefficient: 1998, Exponent: -3}, Time: noted.Add(-time.Second), Used: true},
			{Source: "kraken", Price: layers.Decimal{Coefficient: 3}, Currency: "USD", Dollars: layers.Decimal{Coefficient: 3}, Reason: "outlier"},
		},
	}
	got, ok, err := d.heard("near", noted.Add(time.Hour))
	if diff := cmp.Diff(want, got); diff != "" || !ok || err != nil {
		t.Errorf("%v, %v (-want +got):\n%s", ok, err, diff)
	}
	if got, ok, _ := d.heard("bitcoin", noted); !ok || got.Agreement != nil || got.Quotes != nil {
		t.Errorf("of a token that was not asked for: %+v", got)
	}
	if err := store.AppendNoted(at(11), nil, []byte("of another program")); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := d.heard("near", at(11)); ok || err == nil || !strings.Contains(err.Error(), "not a note") {
		t.Errorf("of bytes that are no note: %v, %v", ok, err)
	}
}

func TestACycleThatHeardMoreThanCanBeKeptIsNotExplainedByTheOneBefore(t *testing.T) {
	log := slog.New(slog.DiscardHandler)
	store, err := storage.Open(filepath.Join(t.TempDir(), "strata.db"), storage.Options{Logger: log})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	d := &daemon{store: store, log: log, keeper: &keeper{append: store.AppendNoted, durable: func(...layers.Sample) {}, log: log}}
	sample := layers.Sample{Token: "near", Source: "gate", Time: at(11), Price: layers.Decimal{Coefficient: 2}}
	err = errors.Join(
		d.keep(at(10), nil, collector.Note{Time: at(10)}.Encode()),
		d.keep(at(11), []layers.Sample{sample}, make([]byte, storage.MaxNote+1)),
	)
	if err != nil || store.Stats().Samples != 1 {
		t.Fatalf("%d samples, %v", store.Stats().Samples, err)
	}
	if _, ok, err := d.heard("near", at(10)); !ok || err != nil {
		t.Errorf("of the cycle before: %v, %v", ok, err)
	}
	if got, ok, err := d.heard("near", at(11)); ok || err != nil {
		t.Errorf("%v, %v: %+v", ok, err, got)
	}
}
