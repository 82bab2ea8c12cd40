package storage

import (
	"testing"

	"go.etcd.io/bbolt"
)

// bucketOf copies a bucket as it stands in the file.
func bucketOf(t testing.TB, s *Store, name []byte) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := s.view(func(tx *bbolt.Tx) error {
		all, err := copyAll(tx, name)
		for _, kv := range all {
			found[string(kv.key)] = kv.value
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}
