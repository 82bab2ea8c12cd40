package storage

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.etcd.io/bbolt"
	"pgregory.net/rapid"

	"strata/layers"
)

// What follows writes format version 1, as its released version did.

// writer1 writes what column1 reads.
type writer1 struct {
	bytes []byte
	zeros int
}

func (c *writer1) add(v int64) {
	if v == 0 {
		if c.zeros++; c.zeros == maxRun {
			c.flush()
		}
		return
	}
	c.flush()
	c.bytes = binary.AppendUvarint(c.bytes, zigzag(v)+1)
}

func (c *writer1) flush() {
	if c.zeros < 3 {
		c.bytes = append(c.bytes, make([]byte, c.zeros)...)
	} else {
		c.bytes = binary.AppendUvarint(append(c.bytes, 1), uint64(c.zeros-3))
	}
	c.zeros = 0
}

func segmentKey1(day int64, id seriesID) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(day)), uint32(id))
}

func encodeSegment1(key []byte, points []point) []byte {
	var times, exponents, coefficients writer1
	last := point{Time: segmentStart1(key)}
	var step int64
	for _, p := range points {
		times.add(p.Time - last.Time - step)
		exponents.add(int64(p.Value.Exponent) - int64(last.Value.Exponent))
		coefficients.add(p.Value.Coefficient - rescale1(last.Value, p.Value.Exponent))
		step, last = p.Time-last.Time, p
	}
	times.flush()
	exponents.flush()
	coefficients.flush()
	value := binary.AppendUvarint(nil, uint64(len(points)))
	value = appendBytes(value, times.bytes)
	value = appendBytes(value, exponents.bytes)
	return seal(bucketSegments, key, append(value, coefficients.bytes...))
}

// writeFormat1 makes a file of format version 1 that holds samples.
func writeFormat1(path string, samples []layers.Sample) error {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return err
	}
	ids := map[name]uint32{}
	counts := map[uint32]extent{}
	segments := map[string][]point{}
	for _, sample := range samples {
		of := name{sample.Token, sample.Source, FieldPrice}
		if _, ok := ids[of]; !ok {
			ids[of] = uint32(len(ids) + 1)
		}
		millis := sample.Time.UnixMilli()
		key := string(segmentKey1(millis/dayMillis, seriesID(ids[of])))
		all, added := merge(segments[key], []point{{Time: millis, Value: sample.Price}})
		segments[key] = all
		for _, p := range added {
			counts[ids[of]] = counts[ids[of]].with(p.Time)
		}
	}
	err = db.Update(func(tx *bbolt.Tx) error {
		var errs []error
		for _, name := range [][]byte{bucketMeta, bucketSeries, bucketCycles, bucketSegments, bucketDamaged} {
			_, err := tx.CreateBucket(name)
			errs = append(errs, err)
		}
		errs = append(errs, tx.Bucket(bucketMeta).Put(metaApplication, []byte("strata")),
			tx.Bucket(bucketMeta).Put(metaFormat, binary.BigEndian.AppendUint32(nil, 1)))
		for of, id := range ids {
			key := seriesKey(seriesID(id))
			value := appendBytes(appendBytes(nil, []byte(of.token)), []byte(of.source))
			for _, n := range []uint64{uint64(counts[id].first), uint64(counts[id].last), counts[id].count} {
				value = binary.AppendUvarint(value, n)
			}
			errs = append(errs, tx.Bucket(bucketSeries).Put(key, seal(bucketSeries, key, value)))
		}
		for key, points := range segments {
			errs = append(errs, tx.Bucket(bucketSegments).Put([]byte(key), encodeSegment1([]byte(key), points)))
		}
		return errors.Join(errs...)
	})
	return errors.Join(err, db.Close())
}

func TestAFileOfFormat1IsBroughtOverWhole(t *testing.T) {
	dir, round := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		round++
		path := filepath.Join(dir, fmt.Sprintf("%d.db", round))
		samples := rapid.SliceOfN(genPriceSample(), 0, 60).Draw(t, "history")
		if err := writeFormat1(path, samples); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(path, Options{ReadOnly: true}); !errors.Is(err, ErrOlder) {
			t.Fatalf("opened for reading: %v, want %v", err, ErrOlder)
		}
		done := 0
		s, err := Open(path, Options{Progress: func(n, total int) {
			if n <= done || n > total {
				t.Fatalf("progress %d of %d after %d", n, total, done)
			}
			done = n
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		m := model{}
		m.add(samples)
		compare(t, m, s)
	})
}

func TestAnUpgradeThatWasKilledGoesOnWhereItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	var samples []layers.Sample
	for i := range 40 {
		for _, sample := range cycleOf(i) {
			sample.Time = sample.Time.AddDate(0, 0, i)
			samples = append(samples, sample)
		}
	}
	if err := writeFormat1(path, samples); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		s, err := openForUpgrade(path)
		if err != nil {
			t.Fatal(err)
		}
		left, err := s.leftOfFormat1()
		if err == nil && left < 0 {
			err = s.update(s.beginUpgrade)
		}
		if err == nil {
			_, err = s.bringSome(1)
		}
		if err := errors.Join(err, s.db.Close()); err != nil { // no more of Close than a kill leaves
			t.Fatal(err)
		}
	}
	s := openStore(t, path)
	m := model{}
	m.add(samples)
	for _, k := range []int{0, 17, 39} {
		token := fmt.Sprintf("token-%d", k)
		if diff := cmp.Diff(m.read(token, layers.Span{}), read(t, s, token, layers.Span{})); diff != "" {
			t.Error(diff)
		}
	}
}

// openForUpgrade opens a file without bringing it up to date.
func openForUpgrade(path string) (*Store, error) {
	file, err := openFile(path, Options{LockTimeout: defaultLockTimeout})
	if err != nil {
		return nil, err
	}
	return newStoreOn(file, Options{})
}

func TestADamagedSegmentOfFormat1CostsThatSegment(t *testing.T) {
	path := filepath.Join(t.TempDir(), "strata.db")
	samples := slices.Concat(cycleOf(0), cycleOf(1))
	if err := writeFormat1(path, samples); err != nil {
		t.Fatal(err)
	}
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	key := segmentKey1(midnight.UnixMilli()/dayMillis, 3)
	err = db.Update(func(tx *bbolt.Tx) error {
		value := slices.Clone(tx.Bucket(bucketSegments).Get(key))
		value[len(value)/2] ^= 1
		return tx.Bucket(bucketSegments).Put(key, value)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	s := openStore(t, path)
	total := 0
	for k := range 40 {
		total += len(read(t, s, fmt.Sprintf("token-%d", k), layers.Span{}))
	}
	if total != len(samples)-2 || s.Stats().Damaged != 1 {
		t.Errorf("%d samples and %d damaged, want all but 2, and 1", total, s.Stats().Damaged)
	}
	if aside := slices.Collect(maps.Keys(bucketOf(t, s, bucketDamaged))); len(aside) != 1 || !strings.HasPrefix(aside[0], "segments\x00"+string(key)) {
		t.Errorf("set aside: %q", aside)
	}
}

// The bytes of this segment were worked out by hand from the documentation of
// version 1: 0.70, 0.7, 0.7, 0.7, 0.71 at 0, 1, 2, 3 and 4 ms.
func TestASegmentOfFormat1IsReadByItsDocumentation(t *testing.T) {
	times, exponents, coefficients := "00"+"03"+"0100", "04"+"03"+"0000"+"02", "8d01"+"0100"+"03"
	body, err := hex.DecodeString("05" + "04" + times + "05" + exponents + coefficients)
	if err != nil {
		t.Fatal(err)
	}
	price := func(c int64, e int8) layers.Decimal { return layers.Decimal{Coefficient: c, Exponent: e} }
	want := []point{
		{Time: 0, Value: price(70, -2)}, {Time: 1, Value: price(7, -1)}, {Time: 2, Value: price(7, -1)},
		{Time: 3, Value: price(7, -1)}, {Time: 4, Value: price(71, -2)},
	}
	if got, err := decodeSegmentBody1(0, body); err != nil || !cmp.Equal(want, got) {
		t.Errorf("read %v, error %v, want %v", got, err, want)
	}
}

func FuzzSegmentOfFormat1(f *testing.F) {
	key := segmentKey1(20626, 1)
	start := segmentStart1(key)
	value := encodeSegment1(key, []point{
		{Time: start + 5, Value: layers.Decimal{Coefficient: 7070, Exponent: -4}},
		{Time: start + 60_005, Value: layers.Decimal{Coefficient: 71, Exponent: -2}},
	})
	f.Add(value[:len(value)-checksumSize])
	f.Fuzz(func(t *testing.T, body []byte) {
		points, err := decodeSegmentBody1(start, body)
		if err != nil {
			return
		}
		if len(points) > maxRun*len(body) {
			t.Fatalf("%d points from %d bytes", len(points), len(body))
		}
		again, err := decodeSegment1(key, encodeSegment1(key, points))
		if err != nil || !cmp.Equal(points, again) {
			t.Fatalf("%v became %v, error %v", points, again, err)
		}
	})
}
