package metrics

import "time"

// Status is how the process itself is doing.
type Status struct {
	Version   string          `json:"version" doc:"Version of the program"`
	Started   time.Time       `json:"started" doc:"When the process started"`
	Ready     bool            `json:"ready" doc:"Whether the numbers can be asked for"`
	NotReady  string          `json:"not_ready,omitempty" doc:"Why it is not ready"`
	Degraded  string          `json:"degraded,omitempty" doc:"What does not work although it is ready"`
	Demo      *Demo           `json:"demo,omitempty" doc:"Present when what is shown is a recording"`
	Collector CollectorStatus `json:"collector"`
	Backfill  BackfillStatus  `json:"backfill"`
	Jobs      []JobStatus     `json:"jobs,omitempty" doc:"What is done on schedules beside collecting"`
	Store     StoreStatus     `json:"store"`
}

// Demo says which recording is being shown as if it were now.
type Demo struct {
	Scenario string    `json:"scenario" example:"june-2025"`
	From     time.Time `json:"from" doc:"Begin of the recorded span"`
	To       time.Time `json:"to" doc:"End of the recorded span"`
	Note     string    `json:"note,omitempty" doc:"What to know about the recording"`
}

// String names the scenario and its recorded span on one line.
func (d *Demo) String() string {
	return d.Scenario + " " + d.From.UTC().Format(time.RFC3339) + "/" + d.To.UTC().Format(time.RFC3339)
}

// CollectorStatus is the progress of the collector's cycles since the start.
type CollectorStatus struct {
	Schedule    string    `json:"schedule" doc:"Cron expression of the cycles" example:"* * * * *"`
	Cycles      uint64    `json:"cycles" doc:"Cycles run"`
	Failed      uint64    `json:"failed" doc:"Cycles that stored nothing"`
	Skipped     uint64    `json:"skipped" doc:"Slots of the schedule that passed while a cycle was still running"`
	Panics      uint64    `json:"panics" doc:"Cycles that ended in a fault of the program; the next one ran all the same"`
	ClockSteps  uint64    `json:"clock_steps" doc:"Times that the clock was set or the machine slept"`
	LastStart   time.Time `json:"last_start,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero"`
	LastSeconds float64   `json:"last_duration_seconds" doc:"How long the latest cycle took"`
	Next        time.Time `json:"next,omitzero" doc:"When the next cycle is due"`
}

// BackfillStatus is the progress of fetching the past that the store does not hold.
type BackfillStatus struct {
	Running  bool           `json:"running"`
	Started  time.Time      `json:"started,omitzero" doc:"When the latest run began; absent before the first"`
	Finished time.Time      `json:"finished,omitzero" doc:"When it ended; absent while it runs"`
	Total    int            `json:"total" doc:"Chunks planned in the latest run"`
	Done     int            `json:"done" doc:"Of them, those that were asked for and did not fail"`
	Failed   int            `json:"failed" doc:"Of them, those that failed"`
	Samples  int            `json:"samples" doc:"Samples stored"`
	Current  string         `json:"current,omitempty" doc:"Token that is being fetched now"`
	Ledger   map[string]int `json:"ledger,omitempty" doc:"Chunks of all runs by what became of them: done, empty, failed (and asked for again), given_up; agrees and differs count comparisons with a second source"`
	Differ   []string       `json:"differ,omitempty" doc:"Tokens whose past a second source contradicts by more than 5 %: another coin?"`
}

// JobStatus is how something does that is done on a schedule of its own, since the start.
type JobStatus struct {
	Name        string    `json:"name" example:"backfill"`
	Schedule    string    `json:"schedule" doc:"Cron expression" example:"7 * * * *"`
	Runs        uint64    `json:"runs" doc:"Runs begun"`
	Failed      uint64    `json:"failed" doc:"Of them, those that ended in an error"`
	Skipped     uint64    `json:"skipped" doc:"Slots of the schedule that passed during a run, or while the machine slept"`
	LastStart   time.Time `json:"last_start,omitzero"`
	LastSuccess time.Time `json:"last_success,omitzero" doc:"When a run last ended well; absent when none has"`
	LastSeconds float64   `json:"last_duration_seconds" doc:"How long the latest run took"`
	LastError   string    `json:"last_error,omitempty" doc:"Of the latest run; absent when it was well"`
	Next        time.Time `json:"next,omitzero" doc:"When the next run is due"`
}

// StoreStatus is the state of the store.
type StoreStatus struct {
	Path          string    `json:"path,omitempty" doc:"The file"`
	Bytes         int64     `json:"bytes" doc:"Size of the file"`
	Samples       uint64    `json:"samples" doc:"Samples held"`
	Series        int       `json:"series" doc:"Pairs of token and source held"`
	LastWrite     time.Time `json:"last_write,omitzero"`
	WriteSeconds  float64   `json:"last_write_duration_seconds" doc:"How long the latest durable transaction took"`
	FormatVersion int       `json:"format_version"`
	FreePages     int       `json:"free_pages" doc:"Pages of the file that hold nothing; beyond a quarter of it, compact the store"`
	PendingPages  int       `json:"pending_pages" doc:"Pages that will be free once nobody reads what they held"`
	Readers       int       `json:"open_readers" doc:"Read transactions that are open"`
	ReaderSeconds float64   `json:"oldest_reader_seconds" doc:"Since when the oldest of them is"`
	Damaged       []string  `json:"damaged,omitempty" doc:"Places of values found damaged since the start; they are left out"`
	Error         string    `json:"error,omitempty" doc:"Why nothing can be stored now; absent when all is well"`
	Waiting       int       `json:"waiting_cycles,omitempty" doc:"Cycles held in memory until they can be stored"`
}
