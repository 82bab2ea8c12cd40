package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// upgrade makes the current format of version 1, in place. The first transaction
// puts the old segments out of the way and says the new version, so that an older
// program does not touch the file any more; each of those that follow brings some of
// them over. A process that is killed in between goes on where it was.
func (s *Store) upgrade(version uint32) error {
	if version == 1 {
		if s.opts.ReadOnly {
			return ErrOlder
		}
		if err := s.update(s.beginUpgrade); err != nil {
			return fmt.Errorf("begin upgrade: %w", err)
		}
	}
	left, err := s.leftOfFormat1()
	if err != nil || left < 0 {
		return err
	}
	if s.opts.ReadOnly {
		return ErrOlder
	}
	return s.bringOver(left)
}

// leftOfFormat1 counts the old segments, -1 when no upgrade is under way.
func (s *Store) leftOfFormat1() (left int, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		left = -1
		if old := tx.Bucket(bucketFormat1); old != nil {
			left = old.Bucket(bucketSegments).Inspect().KeyN
		}
		return nil
	})
	return left, err
}

// beginUpgrade moves the old segments away and writes the records of series anew.
func (s *Store) beginUpgrade(tx *bbolt.Tx) error {
	away, err := tx.CreateBucket(bucketFormat1)
	if err != nil {
		return err
	}
	if err := tx.MoveBucket(bucketSegments, nil, away); err != nil {
		return err
	}
	for _, name := range buckets() {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	records, err := copyAll(tx, bucketSeries)
	if err != nil {
		return err
	}
	next := seriesID(len(records) + 1)
	for _, record := range records {
		sr, err := decodeSeries1(record.key, record.value)
		if err != nil {
			continue // it stays as damaged as it was, and is reported with the others
		}
		next = max(next, sr.id+1)
		if err := bucket(tx, bucketSeries).Put(record.key, encodeSeries(record.key, &sr)); err != nil {
			return err
		}
	}
	if err := renewRows(tx); err != nil {
		return err
	}
	if err := errors.Join(putNext(tx, next), putRows(tx, len(allRows(tx))), putKept(tx, kept{})); err != nil {
		return err
	}
	return bucket(tx, bucketMeta).Put(metaFormat, binary.BigEndian.AppendUint32(nil, format))
}

// renewRows writes rows anew. Damaged ones stay as they are.
func renewRows(tx *bbolt.Tx) error {
	for _, key := range allRows(tx) {
		entries, err := decodeRow1(key, bucket(tx, bucketCycles).Get(key))
		if err != nil || len(key) != 8 {
			continue // reported with the others
		}
		if err := bucket(tx, bucketCycles).Put(key, encodeRow(key, entries)); err != nil {
			return fmt.Errorf("write row anew: %w", err)
		}
	}
	return nil
}

// bringOver takes the old segments over, some in each transaction.
func (s *Store) bringOver(total int) error {
	for done := 0; done < total; {
		moved, err := s.bringSome(total - done)
		if err != nil {
			return fmt.Errorf("upgrade from format 1: %w", err)
		}
		if done += moved; s.opts.Progress != nil {
			s.opts.Progress(done, total)
		}
	}
	return s.update(func(tx *bbolt.Tx) error { return tx.DeleteBucket(bucketFormat1) })
}

// bringSome takes some of the old segments that are left over, in one transaction.
func (s *Store) bringSome(left int) (moved int, err error) {
	err = s.update(func(tx *bbolt.Tx) error {
		moved = 0
		for began := time.Now(); moved < left && time.Since(began) < transactionBudget; {
			n, err := s.bringGroup(tx)
			if err != nil {
				return err
			}
			if n == 0 {
				return fmt.Errorf("%w list of old segments", ErrDamaged)
			}
			moved += n
		}
		return nil
	})
	return moved, err
}

// bringGroup takes the old segments of the first day and group over.
func (s *Store) bringGroup(tx *bbolt.Tx) (moved int, err error) {
	old := tx.Bucket(bucketFormat1).Bucket(bucketSegments)
	keys := firstGroup1(old)
	var midnight, rest []run // a day ended before its midnight, and now ends with it
	for _, key := range keys {
		points, err := decodeSegment1(key, old.Get(key))
		if err != nil {
			if err := s.setAside(tx, bucketSegments, key, old.Get(key), err); err != nil {
				return 0, err
			}
		}
		id := uint32(segmentSeries1(key))
		if len(points) > 0 && points[0].Time == segmentStart1(key) && points[0].Time > 0 {
			midnight = append(midnight, run{ID: id, Points: points[:1]})
			points = points[1:]
		}
		if len(points) > 0 {
			rest = append(rest, run{ID: id, Points: points})
		}
	}
	for _, runs := range [][]run{midnight, rest} {
		if len(runs) == 0 {
			continue
		}
		if _, err := s.addDay(tx, s.index.draft(), kept{}, runs[0].ID/groupSize, runs); err != nil {
			return 0, err
		}
	}
	for _, key := range keys {
		if err := old.Delete(key); err != nil {
			return 0, fmt.Errorf("remove old segment: %w", err)
		}
	}
	return len(keys), nil
}

// firstGroup1 copies the keys of the first day whose series belong to one group.
func firstGroup1(old *bbolt.Bucket) (keys [][]byte) {
	cursor := old.Cursor()
	for key, _ := cursor.First(); len(key) == 8; key, _ = cursor.Next() {
		if len(keys) > 0 && (!bytes.Equal(key[:4], keys[0][:4]) || groupOf(segmentSeries1(key)) != groupOf(segmentSeries1(keys[0]))) {
			break
		}
		keys = append(keys, bytes.Clone(key))
	}
	return keys
}
