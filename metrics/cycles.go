package metrics

func cycleFamilies() []family {
	return []family{
		counter("collector_cycles_total", "Cycles of the collector that were run.",
			nil, func(f facts, out emit) { out(float64(f.status.Collector.Cycles)) }),
		counter("collector_cycle_failures_total", "Cycles of the collector that stored nothing.",
			nil, func(f facts, out emit) { out(float64(f.status.Collector.Failed)) }),
		counter("collector_slots_skipped_total", "Slots of the schedule that passed while a cycle was still running.",
			nil, func(f facts, out emit) { out(float64(f.status.Collector.Skipped)) }),
		counter("collector_panics_total", "Cycles of the collector that ended in a fault of the program; the next one ran all the same.",
			nil, func(f facts, out emit) { out(float64(f.status.Collector.Panics)) }),
		counter("collector_clock_steps_total", "Times that the clock was set or the machine slept.",
			nil, func(f facts, out emit) { out(float64(f.status.Collector.ClockSteps)) }),
		gauge("collector_last_success_timestamp_seconds", "Unix time of the latest cycle that stored samples; absent when none has.",
			nil, func(f facts, out emit) { out.instant(f.status.Collector.LastSuccess) }),
		gauge("collector_last_cycle_duration_seconds", "How long the latest cycle took; absent before the first.",
			nil, func(f facts, out emit) {
				if f.status.Collector.Cycles > 0 {
					out(f.status.Collector.LastSeconds)
				}
			}),
		gauge("collector_next_cycle_timestamp_seconds", "Unix time when the next cycle is due.",
			nil, func(f facts, out emit) { out.instant(f.status.Collector.Next) }),
		gauge("volatility_last_computed_timestamp_seconds", "Unix time for which the published numbers were computed; absent before the first.",
			nil, func(f facts, out emit) { out.instant(f.snapshot.At) }),
		gauge("backfill_running", "Whether the past is being fetched: 1 yes, 0 no.",
			nil, func(f facts, out emit) { out(boolean(f.status.Backfill.Running)) }),
		gauge("backfill_chunks", "Chunks of the past by state; the sum is the number planned.",
			[]string{"state"}, collectChunks),
		gauge("backfill_ledger_chunks", "Chunks of the past that were ever planned, by status.",
			[]string{"status"}, func(f facts, out emit) {
				for status, n := range f.status.Backfill.Ledger {
					out(float64(n), status)
				}
			}),
		gauge("backfill_samples", "Samples of the past that were fetched and stored since the start.",
			nil, func(f facts, out emit) { out(float64(f.status.Backfill.Samples)) }),
	}
}

func collectChunks(f facts, out emit) {
	b := f.status.Backfill
	out(float64(b.Done), "done")
	out(float64(b.Failed), "failed")
	out(float64(b.Total-b.Done-b.Failed), "pending")
}
