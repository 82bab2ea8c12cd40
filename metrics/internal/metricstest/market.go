package metricstest

import (
	_ "embed"
	"testing"
	"time"

	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
)

//go:embed catalogue.yaml
var catalogueYAML []byte

// Now is the time of the market.
func Now() time.Time { return time.Date(2026, 11, 22, 10, 0, 30, 0, time.UTC) }

// Catalogue returns the market's catalogue.
func Catalogue(t *testing.T) *layers.Catalogue {
	t.Helper()
	c, err := layers.Parse("catalogue.yaml", catalogueYAML)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// View returns the market with everything known.
func View(t *testing.T) metrics.View {
	t.Helper()
	snapshot, sources, status := Snapshot(), Sources(), Status()
	return metrics.View{
		Catalogue: Catalogue(t),
		Snapshot:  func() *risk.Snapshot { return snapshot },
		History:   Zigzag(),
		Sources:   func() []metrics.Source { return sources },
		Status:    func() metrics.Status { return status },
		Now:       Now,

		Agreements: Agreements,
		Jumps: func() map[string]risk.Jumps {
			return map[string]risk.Jumps{"infrastructure": {Down: 3, Up: 1}, "middleware": {}}
		},
	}
}

// Agreements says that two sources agree on bittensor, one knows golem, and none the
// third.
func Agreements() map[string]metrics.Agreement {
	spread := 0.0005
	return map[string]metrics.Agreement{
		"bittensor":     {State: "ok", Spread: &spread, Sources: []string{"coingecko", "kraken"}},
		"golem":         {State: "single_source", Sources: []string{"coingecko"}},
		"akash-network": {State: "missing", Sources: []string{}},
	}
}

// Sources returns two sources, one of them down.
func Sources() []metrics.Source {
	return []metrics.Source{
		{
			Name: "coingecko", Up: true, LastSuccess: Now(), Requests: 120, Listings: 5, Accepted: 4,
			Failures: map[string]uint64{"timeout": 0, "rate_limited": 2}, Rejected: map[string]uint64{"stale": 7, "spike": 0},
			Budget: &metrics.Budget{Limit: 5, Left: 3, PerSeconds: 60, PausedUntil: Now().Add(7 * time.Second)},
		},
		{
			Name: "kraken", LastSuccess: Now().Add(-5 * time.Minute), Requests: 118, Listings: 2,
			LastError: "ask kraken: deadline exceeded", ErrorKind: "timeout", RetryAt: Now().Add(time.Minute),
			Failures: map[string]uint64{"timeout": 3, "rate_limited": 0}, Rejected: map[string]uint64{"stale": 0, "spike": 1},
		},
	}
}

// Status returns a process that runs the demo and is still backfilling. Its times are
// not in UTC, which what is shown must be.
func Status() metrics.Status {
	tokyo := time.FixedZone("JST", 9*60*60)
	now := Now().In(tokyo)
	return metrics.Status{
		Version: "1.2.3", Started: now.Add(-2 * time.Hour), Ready: true,
		Demo: &metrics.Demo{
			Scenario: "june-2025", Note: "26 tokens",
			From: time.Date(2025, 6, 16, 9, 0, 0, 0, tokyo), To: time.Date(2025, 6, 22, 9, 0, 0, 0, tokyo),
		},
		Collector: metrics.CollectorStatus{
			Schedule: "* * * * *", Cycles: 120, Failed: 3, Skipped: 1, Panics: 4, ClockSteps: 2,
			LastStart: now.Add(-time.Second), LastSuccess: now, LastSeconds: 0.75, Next: now.Add(30 * time.Second),
		},
		Backfill: metrics.BackfillStatus{
			Running: true, Total: 10, Done: 6, Failed: 1, Samples: 4321, Current: "bittensor",
			Ledger: map[string]int{"done": 40, "failed": 1, "planned": 3},
		},
		Jobs: []metrics.JobStatus{
			{
				Name: "backup", Schedule: "0 3 * * *", Runs: 5, Failed: 2, Skipped: 1, LastStart: now.Add(-7 * time.Hour),
				LastSuccess: now.Add(-31 * time.Hour), LastSeconds: 1.5, LastError: "no space left", Next: now.Add(17 * time.Hour),
			},
			{Name: "check", Schedule: "0 4 * * 0", Next: now.Add(18 * time.Hour)},
		},
		Store: metrics.StoreStatus{
			Path: "strata.db", Bytes: 65536, Samples: 9999, Series: 6, LastWrite: now, WriteSeconds: 0.0125, FormatVersion: 1,
			FreePages: 12, PendingPages: 3, Readers: 2, ReaderSeconds: 0.25, Damaged: []string{"segments/0100"},
			Error: "disk full", Waiting: 4,
		},
	}
}
