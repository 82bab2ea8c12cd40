package main

import (
	"encoding/binary"
	"math"

	"go.etcd.io/bbolt"

	"strata/layers"
)

var tokensBucket = []byte("tokens")

// bytesStore is the same idea with thought given to it: a key a sample still, but of
// time first, so that a cycle is written to the end of the tree, and a number for the
// token; the value is the price as a float64. 12 bytes of key, 8 of value.
type bytesStore struct {
	*bbolt.DB
	path    string
	numbers map[string]uint32
}

func openBytes(dir, _ string) (store, error) {
	db, err := openBolt(dir)
	if err != nil {
		return nil, err
	}
	return &bytesStore{db, db.Path(), map[string]uint32{}}, nil
}

func bytesKey(millis int64, number uint32) []byte {
	return binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint64(nil, uint64(millis)), number)
}

func (s *bytesStore) Append(cycle []layers.Sample) error {
	return s.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(samplesBucket)
		bucket.FillPercent = 1 // keys come in order: leave no room between them
		for _, sample := range cycle {
			number, err := s.number(tx, sample.Token)
			if err != nil {
				return err
			}
			value := binary.BigEndian.AppendUint64(nil, math.Float64bits(sample.Price.Float64()))
			if err := bucket.Put(bytesKey(sample.Time.UnixMilli(), number), value); err != nil {
				return err
			}
		}
		return nil
	})
}

// number returns the number of a token, and keeps it when it is seen the first time.
func (s *bytesStore) number(tx *bbolt.Tx, token string) (uint32, error) {
	if number, ok := s.numbers[token]; ok {
		return number, nil
	}
	bucket, err := tx.CreateBucketIfNotExists(tokensBucket)
	if err != nil {
		return 0, err
	}
	number := uint32(len(s.numbers))
	s.numbers[token] = number
	return number, bucket.Put([]byte(token), binary.BigEndian.AppendUint32(nil, number))
}

// Read jumps from cycle to cycle, because the prices of a token do not stand together.
func (s *bytesStore) Read(token string, each func(int64, float64)) error {
	return s.View(func(tx *bbolt.Tx) error {
		number := s.numbers[token]
		cursor := tx.Bucket(samplesBucket).Cursor()
		key, value := cursor.Seek(bytesKey(0, number))
		for key != nil {
			millis := int64(binary.BigEndian.Uint64(key))
			switch at := binary.BigEndian.Uint32(key[8:]); {
			case at < number:
				key, value = cursor.Seek(bytesKey(millis, number))
			case at == number:
				each(millis, math.Float64frombits(binary.BigEndian.Uint64(value)))
				fallthrough
			default:
				key, value = cursor.Seek(bytesKey(millis+1, number))
			}
		}
		return nil
	})
}

func (s *bytesStore) Disk() (disk, error) { return boltDisk(s.path) }
