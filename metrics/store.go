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
	}
}
