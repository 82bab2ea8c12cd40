package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// jsonStore is what is written first when nobody thinks about it: a key a sample,
// token, source and time one after the other, and the sample as a JSON object.
type jsonStore struct {
	*bbolt.DB
	path, source string
}

// jsonSample is the value. The key has no need to be text, so it is not.
type jsonSample struct {
	Token  string         `json:"token"`
	Source string         `json:"source"`
	Time   time.Time      `json:"time"`
	Price  layers.Decimal `json:"price"`
}

func openJSON(dir, source string) (store, error) {
	db, err := openBolt(dir)
	if err != nil {
		return nil, err
	}
	return &jsonStore{db, db.Path(), source}, nil
}

func jsonPrefix(token, source string) []byte { return []byte(token + "|" + source + "|") }

func (s *jsonStore) Append(cycle []layers.Sample) error {
	return s.Update(func(tx *bbolt.Tx) error {
		bucket := tx.Bucket(samplesBucket)
		for _, sample := range cycle {
			value, err := json.Marshal(jsonSample{sample.Token, sample.Source, sample.Time, sample.Price})
			if err != nil {
				return err
			}
			key := binary.BigEndian.AppendUint64(jsonPrefix(sample.Token, sample.Source), uint64(sample.Time.UnixMilli()))
			if err := bucket.Put(key, value); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *jsonStore) Read(token string, each func(int64, float64)) error {
	return s.View(func(tx *bbolt.Tx) error {
		prefix := jsonPrefix(token, s.source)
		cursor := tx.Bucket(samplesBucket).Cursor()
		for key, value := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = cursor.Next() {
			var sample jsonSample
			if err := json.Unmarshal(value, &sample); err != nil {
				return err
			}
			each(sample.Time.UnixMilli(), sample.Price.Float64())
		}
		return nil
	})
}

func (s *jsonStore) Disk() (disk, error) { return boltDisk(s.path) }
