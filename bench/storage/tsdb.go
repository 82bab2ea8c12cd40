package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/compression"

	"strata/layers"
)

// tsdbStore is the database of Prometheus, set up as the server does: a head with a
// compressed log, blocks of 2 hours, compacted to blocks of up to 31 days.
//
// Prometheus itself does not fsync its log before a segment of 128 MiB is full, so
// that a power cut may take minutes or hours. To compare like with like, Append
// does it after each cycle.
type tsdbStore struct {
	*tsdb.DB
	dir      string
	refs     map[string]storage.SeriesRef
	source   string
	segment  *os.File // of the log, the newest
	logBytes int64    // length of the log before the last compaction
}

func openTSDB(dir, source string) (store, error) {
	opts := tsdb.DefaultOptions()
	opts.RetentionDuration = 0 // for ever
	opts.MaxBlockDuration = (31 * 24 * time.Hour).Milliseconds()
	opts.WALCompression = compression.Snappy
	db, err := tsdb.Open(dir, nil, nil, opts, nil)
	if err != nil {
		return nil, err
	}
	db.DisableCompactions() // in the background, that is: Tend calls for them when they are due
	return &tsdbStore{DB: db, dir: dir, refs: map[string]storage.SeriesRef{}, source: source}, nil
}

func (s *tsdbStore) Append(cycle []layers.Sample) error {
	app := s.Appender(context.Background())
	for _, sample := range cycle {
		ref := s.refs[sample.Token]
		var series labels.Labels
		if ref == 0 {
			series = s.labels(sample.Token)
		}
		ref, err := app.Append(ref, series, sample.Time.UnixMilli(), sample.Price.Float64())
		if err != nil {
			_ = app.Rollback() // the error before it is the one to tell
			return err
		}
		s.refs[sample.Token] = ref
	}
	if err := app.Commit(); err != nil {
		return err
	}
	return s.syncLog()
}

func (s *tsdbStore) labels(token string) labels.Labels {
	return labels.FromStrings(model.MetricNameLabel, "strata_token_price_usd", "source", s.source, "token", token)
}

// syncLog brings the newest segment of the log to the disk.
func (s *tsdbStore) syncLog() error {
	segments, err := filepath.Glob(filepath.Join(s.dir, "wal", "[0-9]*"))
	if err != nil || len(segments) == 0 {
		return fmt.Errorf("find log of %s: %w", s.dir, err)
	}
	if newest := slices.Max(segments); s.segment == nil || s.segment.Name() != newest {
		if s.segment != nil {
			_ = s.segment.Close() // it was only synced, and Prometheus syncs a full segment itself
		}
		if s.segment, err = os.Open(newest); err != nil {
			return err
		}
	}
	return s.segment.Sync()
}

// Tend compacts when the server would: when the head spans one and a half blocks.
func (s *tsdbStore) Tend() error {
	head := s.Head()
	if head.MaxTime()-head.MinTime() <= tsdb.DefaultBlockDuration/2*3 {
		return nil
	}
	return s.Compact(context.Background())
}

// Settle writes what is still in the head into blocks and merges what can be merged,
// so that every sample is counted at the size it has in a block.
func (s *tsdbStore) Settle() error {
	ctx := context.Background()
	if err := s.Compact(ctx); err != nil {
		return err
	}
	var err error
	if s.logBytes, err = s.logSize(); err != nil {
		return err
	}
	head := s.Head()
	if err := s.CompactHead(tsdb.NewRangeHead(head, head.MinTime(), head.MaxTime())); err != nil {
		return err
	}
	return s.Compact(ctx)
}

// logSize adds up the log and the chunks of the head, which the log stands for.
func (s *tsdbStore) logSize() (int64, error) {
	log, err := size(filepath.Join(s.dir, "wal"))
	if err != nil {
		return 0, err
	}
	chunks, err := size(filepath.Join(s.dir, "chunks_head"))
	return log + chunks, err
}

func (s *tsdbStore) Read(token string, each func(int64, float64)) error {
	querier, err := s.Querier(math.MinInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	defer func() { _ = querier.Close() }() // nothing is lost with it
	all := querier.Select(context.Background(), false, nil, labels.MustNewMatcher(labels.MatchEqual, "token", token))
	var samples chunkenc.Iterator
	for all.Next() {
		samples = all.At().Iterator(samples)
		for samples.Next() == chunkenc.ValFloat {
			each(samples.At())
		}
		if err := samples.Err(); err != nil {
			return err
		}
	}
	return all.Err()
}

func (s *tsdbStore) Close() error {
	_ = s.segment.Close()
	return s.DB.Close()
}

// Disk counts blocks; log and head come on top of them.
func (s *tsdbStore) Disk() (disk, error) {
	blocks, err := filepath.Glob(filepath.Join(s.dir, "*", "meta.json"))
	d := disk{log: s.logBytes}
	for _, meta := range blocks {
		block, sizeErr := size(filepath.Dir(meta))
		if sizeErr != nil {
			return disk{}, sizeErr
		}
		d.file += block
	}
	d.inUse = d.file
	return d, err
}
