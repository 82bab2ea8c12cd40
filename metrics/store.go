package metrics

func storeFamilies() []family {
	return []family{
		gauge("store_size_bytes", "Size of the store's file.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.Bytes)) }),
		gauge("store_samples", "Samples the store holds.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.Samples)) }),
		gauge("store_series", "Pairs of token and source the store holds.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.Series)) }),
		gauge("store_last_write_timestamp_seconds", "Unix time of the latest durable transaction; absent when there was none.",
			nil, func(f facts, out emit) { out.instant(f.status.Store.LastWrite) }),
		gauge("store_last_write_duration_seconds", "How long the latest durable transaction took; absent when there was none.",
			nil, func(f facts, out emit) {
				if !f.status.Store.LastWrite.IsZero() {
					out(f.status.Store.WriteSeconds)
				}
			}),
		gauge("store_free_pages", "Pages of the store's file that hold nothing.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.FreePages)) }),
		gauge("store_pending_pages", "Pages of the store's file that will be free once nobody reads what they held.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.PendingPages)) }),
		gauge("store_open_readers", "Read transactions of the store that are open.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.Readers)) }),
		gauge("store_oldest_reader_seconds", "How long the oldest open read transaction of the store has been open, 0 when there is none.",
			nil, func(f facts, out emit) { out(f.status.Store.ReaderSeconds) }),
		gauge("store_damaged_values", "Values of the store found damaged since the start, and left out.",
			nil, func(f facts, out emit) { out(float64(len(f.status.Store.Damaged))) }),
		gauge("store_failing", "1 while nothing can be stored, because the disk is full or fails, else 0.",
			nil, func(f facts, out emit) { out(boolean(f.status.Store.Error != "")) }),
		gauge("store_waiting_cycles", "Cycles held in memory until they can be stored.",
			nil, func(f facts, out emit) { out(float64(f.status.Store.Waiting)) }),
	}
}
