package storage

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"

	"go.etcd.io/bbolt"
)

// The keys of the bucket "meta".
var (
	metaApplication = []byte("application")
	metaFormat      = []byte("format")
	metaCreated     = []byte("created")
	metaClean       = []byte("clean")
	metaKept        = []byte("kept")
	metaSealing     = []byte("sealing")
	metaNext        = []byte("next")
	metaRows        = []byte("rows")
)

// sealing is how far the rows of an hour have got into segments.
type sealing struct {
	hour int64  // its number
	next uint32 // first group that has not been sealed; 0 when no hour is half done
}

// under says whether an hour is half sealed.
func (g sealing) under(hour int64) bool { return g.next > 0 && g.hour == hour }

// holds says whether a segment holds the samples of a series in that hour already.
func (g sealing) holds(hour int64, id seriesID) bool { return g.under(hour) && groupOf(id) < g.next }

func putSealing(tx *bbolt.Tx, g sealing) error {
	if g.next == 0 {
		return bucket(tx, bucketMeta).Delete(metaSealing)
	}
	value := binary.BigEndian.AppendUint64(nil, uint64(g.hour))
	value = binary.BigEndian.AppendUint32(value, g.next)
	return putMeta(tx, metaSealing, value)
}

// readSealing returns how far sealing got before the store was closed. Without that
// knowledge it starts again, which does no harm.
func readSealing(tx *bbolt.Tx) (sealing, error) {
	body, err := metaValue(tx, metaSealing, 12)
	if body == nil {
		return sealing{}, err
	}
	return sealing{hour: int64(binary.BigEndian.Uint64(body)), next: binary.BigEndian.Uint32(body[8:])}, nil
}

// kept is the first span of each resolution that is kept: those before have expired.
type kept [resolutions]uint32

// finest returns the finest resolution that is kept of a time, and the last
// millisecond up to which it is the finest.
func (k kept) finest(millis int64) (r Resolution, until int64) {
	until = maxMillis
	for r = Raw; r < Hours && r.spanOf(millis) < k[r]; r++ {
		until = min(until, r.spanEnd(k[r]-1))
	}
	return r, until
}

func putKept(tx *bbolt.Tx, k kept) error {
	var value []byte
	for _, span := range k {
		value = binary.BigEndian.AppendUint32(value, span)
	}
	return putMeta(tx, metaKept, value)
}

// readKept returns what has not expired. When that cannot be read any more, it is
// told from the oldest segments, so that what has expired is still read coarsely.
func (s *Store) readKept(tx *bbolt.Tx) (k kept) {
	body, err := mustMeta(tx, metaKept, 4*len(k))
	if err != nil {
		_ = s.report(place(bucketMeta, metaKept), err) // nothing is lost with it
		return oldestSegments(tx)
	}
	for r := range resolutions {
		k[r] = binary.BigEndian.Uint32(body[4*r:])
	}
	return k
}

// oldestSegments is the first span of each resolution that has a segment.
func oldestSegments(tx *bbolt.Tx) (k kept) {
	cursor := bucket(tx, bucketSegments).Cursor()
	for r := range resolutions {
		if key, _ := cursor.Seek([]byte{byte(r)}); len(key) == segmentKeySize && key[0] == byte(r) {
			k[r] = spanOfKey(key)
		}
	}
	if key, _ := cursor.Seek([]byte{byte(pieces)}); k[Raw] == 0 && len(key) == segmentKeySize && key[0] == byte(pieces) {
		k[Raw] = dayOf(pieces.spanEnd(spanOfKey(key)))
	}
	return k
}

// putNext notes the id that the next new series gets.
func putNext(tx *bbolt.Tx, next seriesID) error {
	return putMeta(tx, metaNext, binary.BigEndian.AppendUint32(nil, uint32(next)))
}

// readNext returns the id that the next new series gets.
func readNext(tx *bbolt.Tx) (seriesID, error) {
	body, err := mustMeta(tx, metaNext, 4)
	if err != nil {
		return 0, err
	}
	return seriesID(binary.BigEndian.Uint32(body)), nil
}

// addRows notes that there are more rows, or fewer. Nothing else shows that one is gone.
func addRows(tx *bbolt.Tx, more int) error {
	n, err := readRows(tx)
	if err != nil {
		return nil // counted anew when the store is opened next
	}
	return putRows(tx, max(n+more, 0))
}

func putRows(tx *bbolt.Tx, n int) error {
	return putMeta(tx, metaRows, binary.BigEndian.AppendUint32(nil, uint32(n)))
}

// readRows returns how many rows were stored.
func readRows(tx *bbolt.Tx) (n int, err error) {
	body, err := mustMeta(tx, metaRows, 4)
	if err != nil {
		return 0, err
	}
	return int(binary.BigEndian.Uint32(body)), nil
}

// allRows copies the keys of all rows, of those whose key is no time, too.
func allRows(tx *bbolt.Tx) [][]byte {
	return keysBetween(bucket(tx, bucketCycles), nil, bytes.Repeat([]byte{0xff}, 16), math.MaxInt)
}

func putMeta(tx *bbolt.Tx, key, body []byte) error {
	if err := bucket(tx, bucketMeta).Put(key, seal(bucketMeta, key, body)); err != nil {
		return fmt.Errorf("store %s: %w", key, err)
	}
	return nil
}

// metaValue returns a checked value of the bucket "meta", nil when it is not there.
func metaValue(tx *bbolt.Tx, key []byte, size int) ([]byte, error) {
	value := bucket(tx, bucketMeta).Get(key)
	if value == nil {
		return nil, nil
	}
	body, err := unseal(bucketMeta, key, value)
	if err == nil && len(body) != size {
		err = fmt.Errorf("%w value: %d bytes instead of %d", ErrDamaged, len(body), size)
	}
	if err != nil {
		return nil, err
	}
	return body, nil
}

// mustMeta returns a checked value that every store has.
func mustMeta(tx *bbolt.Tx, key []byte, size int) ([]byte, error) {
	body, err := metaValue(tx, key, size)
	if err == nil && body == nil {
		err = fmt.Errorf("%w store: value is missing", ErrDamaged)
	}
	return body, err
}
