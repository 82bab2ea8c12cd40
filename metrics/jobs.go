package metrics

// jobFamilies are about what is done on a schedule of its own beside the cycles. The label
// is called name because job is Prometheus' own, of who is scraped.
func jobFamilies() []family {
	byName := []string{"name"}
	return []family{
		counter("job_runs_total", "Runs of the scheduled job that were begun.",
			byName, eachJob(func(j JobStatus, out emit) { out(float64(j.Runs), j.Name) })),
		counter("job_run_failures_total", "Runs of the scheduled job that ended in an error.",
			byName, eachJob(func(j JobStatus, out emit) { out(float64(j.Failed), j.Name) })),
		counter("job_slots_skipped_total", "Slots of the job's schedule that passed during a run, or while the machine slept.",
			byName, eachJob(func(j JobStatus, out emit) { out(float64(j.Skipped), j.Name) })),
		gauge("job_last_success_timestamp_seconds", "Unix time when a run of the scheduled job last ended well; absent when none has.",
			byName, eachJob(func(j JobStatus, out emit) { out.instant(j.LastSuccess, j.Name) })),
		gauge("job_last_run_duration_seconds", "How long the latest run of the scheduled job took; absent before the first.",
			byName, eachJob(func(j JobStatus, out emit) {
				if j.Runs > 0 {
					out(j.LastSeconds, j.Name)
				}
			})),
		gauge("job_next_run_timestamp_seconds", "Unix time when the next run of the scheduled job is due.",
			byName, eachJob(func(j JobStatus, out emit) { out.instant(j.Next, j.Name) })),
	}
}

func eachJob(export func(JobStatus, emit)) func(facts, emit) {
	return func(f facts, out emit) {
		for _, j := range f.status.Jobs {
			export(j, out)
		}
	}
}
