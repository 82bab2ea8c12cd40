package metrics

func sourceFamilies() []family {
	bySource := []string{"source"}
	return []family{
		gauge("source_up", "Whether the latest round of requests to the source succeeded: 1 yes, 0 no; absent before the first.",
			bySource, eachSource(func(s Source, out emit) {
				if s.Asked() {
					out(boolean(s.Up), s.Name)
				}
			})),
		counter("source_requests_total", "Requests sent to the source, for live prices and for the past.",
			bySource, eachSource(func(s Source, out emit) { out(float64(s.Requests), s.Name) })),
		counter("source_request_failures_total", "Requests to the source that failed, by kind of failure.",
			[]string{"source", "kind"}, eachSource(func(s Source, out emit) { out.counts(s.Failures, s.Name) })),
		counter("samples_rejected_total", "Quotes of the source that were not accepted, by reason. Backfill is not counted.",
			[]string{"source", "reason"}, eachSource(func(s Source, out emit) { out.counts(s.Rejected, s.Name) })),
		gauge("source_last_success_timestamp_seconds", "Unix time when a round of requests to the source last succeeded; absent when none has.",
			bySource, eachSource(func(s Source, out emit) { out.instant(s.LastSuccess, s.Name) })),
		gauge("source_retry_timestamp_seconds", "Unix time until which the source is left alone; absent when it is asked every cycle.",
			bySource, eachSource(func(s Source, out emit) { out.instant(s.RetryAt, s.Name) })),
		gauge("source_budget_limit_requests", "Requests, or weight of requests, that the source is allowed now in the time of its budget; less than documented after it refused some. Absent when nothing limits it.",
			bySource, eachBudget(func(s string, b Budget, out emit) { out(float64(b.Limit), s) })),
		gauge("source_budget_left_requests", "Of strata_source_budget_limit_requests, what is left.",
			bySource, eachBudget(func(s string, b Budget, out emit) { out(float64(b.Left), s) })),
		gauge("source_pause_timestamp_seconds", "Unix time until which the source wants no request at all, for live prices or for the past; absent when it does not mind.",
			bySource, eachBudget(func(s string, b Budget, out emit) { out.instant(b.PausedUntil, s) })),
		gauge("source_listings", "Listings the source was asked for in the latest round.",
			bySource, eachSource(func(s Source, out emit) { out(float64(s.Listings), s.Name) })),
		gauge("source_listings_accepted", "Listings of the source with an accepted sample in the latest round.",
			bySource, eachSource(func(s Source, out emit) { out(float64(s.Accepted), s.Name) })),
	}
}

func eachSource(export func(Source, emit)) func(facts, emit) {
	return func(f facts, out emit) {
		for _, s := range f.sources {
			export(s, out)
		}
	}
}

func eachBudget(export func(source string, b Budget, out emit)) func(facts, emit) {
	return eachSource(func(s Source, out emit) {
		if s.Budget != nil {
			export(s.Name, *s.Budget, out)
		}
	})
}

func boolean(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
