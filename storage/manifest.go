package storage

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"math"
	"slices"

	"go.etcd.io/bbolt"
)

// manifest lists the segments of one resolution and group, or the candles of one
// series, ordered by span. It is what shows that a value is missing, is an older one,
// or belongs elsewhere.
type manifest []placed

// placed is what a manifest says of one value.
type placed struct {
	span     uint32
	checksum uint32 // of bucket, key and value
	count    uint64 // points of all series, or candles
}

// ofCandles stands where the manifest of a group has its resolution. The group is the
// id of a series then.
const ofCandles = resolutions

// valueKey returns the bucket and key of a value that a manifest lists.
func valueKey(r Resolution, span, group uint32) (name, key []byte) {
	if r == ofCandles {
		return bucketCandles, candleKey(seriesID(group), span)
	}
	return bucketSegments, segmentKey(r, span, group)
}

// match says whether a value with so many points is the one that the manifest lists. The
// count says more than the checksum: where a part of a value is followed by a checksum of
// its own, of the same kind, another such pair leaves that of the whole as it is.
func (p placed) match(r Resolution, group uint32, value []byte, count uint64) error {
	if count != p.count {
		return fmt.Errorf("%w value: has %d points, %d are in the manifest", ErrDamaged, count, p.count)
	}
	if valueSum(r, p.span, group, value) != p.checksum {
		return fmt.Errorf("%w value: checksum does not match the manifest", ErrDamaged)
	}
	return nil
}

// valueSum returns what a manifest has as the checksum of a value: candles carry it
// themselves.
func valueSum(r Resolution, span, group uint32, value []byte) uint32 {
	if r == ofCandles {
		return sealOf(value)
	}
	return checksum(bucketSegments, segmentKey(r, span, group), value)
}

func comparePlaced(p placed, span uint32) int { return cmp.Compare(p.span, span) }

func (m manifest) find(span uint32) (placed, bool) {
	n, found := slices.BinarySearchFunc(m, span, comparePlaced)
	if !found {
		return placed{}, false
	}
	return m[n], true
}

// between returns the entries of the spans from first to last.
func (m manifest) between(first, last uint32) manifest {
	from, _ := slices.BinarySearchFunc(m, first, comparePlaced)
	to, found := slices.BinarySearchFunc(m, last, comparePlaced)
	if found {
		to++
	}
	return m[from:max(from, to)]
}

// with returns the manifest with an entry added or replaced.
func (m manifest) with(p placed) manifest {
	n, found := slices.BinarySearchFunc(m, p.span, comparePlaced)
	if found {
		m[n] = p
		return m
	}
	return slices.Insert(m, n, p)
}

// without returns the manifest without the entry of a span.
func (m manifest) without(span uint32) manifest {
	return slices.DeleteFunc(m, func(p placed) bool { return p.span == span })
}

func manifestKey(r Resolution, group uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{byte(r)}, group)
}

func encodeManifest(key []byte, m manifest) []byte {
	value := binary.AppendUvarint(nil, uint64(len(m)))
	var next uint32
	for _, p := range m {
		value = binary.AppendUvarint(value, uint64(p.span-next))
		value = binary.LittleEndian.AppendUint32(value, p.checksum)
		value = binary.AppendUvarint(value, p.count)
		next = p.span + 1
	}
	return seal(bucketManifest, key, value)
}

func decodeManifest(key, value []byte) (manifest, error) {
	body, err := unseal(bucketManifest, key, value)
	if err != nil {
		return nil, err
	}
	n, rest, ok := cutUvarint(body)
	if len(key) != 5 || Resolution(key[0]) > pieces || !ok || n > uint64(len(rest)) {
		return nil, fmt.Errorf("%w manifest: count of segments", ErrDamaged)
	}
	m := make(manifest, 0, n)
	var next uint64
	for range n {
		var step, count uint64
		var sum uint32
		if step, rest, ok = cutUvarint(rest); !ok || len(rest) < 4 || step > math.MaxUint32-next {
			return nil, fmt.Errorf("%w manifest: segment %d of %d", ErrDamaged, len(m)+1, n)
		}
		sum = binary.LittleEndian.Uint32(rest)
		if count, rest, ok = cutUvarint(rest[4:]); !ok {
			return nil, fmt.Errorf("%w manifest: segment %d of %d", ErrDamaged, len(m)+1, n)
		}
		m = append(m, placed{span: uint32(next + step), checksum: sum, count: count})
		next += step + 1
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w manifest: more than %d segments", ErrDamaged, n)
	}
	return m, nil
}

// openManifest returns the manifest of a resolution and group. One that is damaged
// or missing is reported and made anew from the values that are there.
func (s *Store) openManifest(tx *bbolt.Tx, r Resolution, group uint32) (manifest, error) {
	key := manifestKey(r, group)
	value := bucket(tx, bucketManifest).Get(key)
	if value == nil {
		m := survey(tx, r, group)
		if len(m) > 0 {
			_ = s.report(place(bucketManifest, key), fmt.Errorf("%w store: manifest is missing", ErrDamaged)) // as below
		}
		return m, nil
	}
	m, err := decodeManifest(key, value)
	if err == nil {
		return m, nil
	}
	if tx.Writable() {
		if err := s.quarantine(tx, bucketManifest, key, value, err); err != nil {
			return nil, err
		}
	} else {
		_ = s.report(place(bucketManifest, key), err) // all it lists can be read without it
	}
	return survey(tx, r, group), nil
}

// survey makes a manifest of the values that are there.
func survey(tx *bbolt.Tx, r Resolution, group uint32) (m manifest) {
	if r == ofCandles {
		return surveyCandles(tx, seriesID(group))
	}
	segments := bucket(tx, bucketSegments)
	cursor := segments.Cursor()
	for from := uint64(0); from <= math.MaxUint32; from++ {
		next, _ := cursor.Seek(segmentKey(r, uint32(from), 0))
		if len(next) != segmentKeySize || next[0] != byte(r) || uint64(spanOfKey(next)) < from { // a damaged page leads back
			break
		}
		span := spanOfKey(next)
		key := segmentKey(r, span, group)
		if value := segments.Get(key); value != nil {
			m = append(m, placed{span: span, checksum: checksum(bucketSegments, key, value), count: countPoints(value)})
		}
		from = uint64(span)
	}
	return m
}

// putManifest stores a manifest. One that has become empty stays: without it all values
// would be gone through to see that there is none.
func putManifest(tx *bbolt.Tx, r Resolution, group uint32, m manifest) error {
	key, b := manifestKey(r, group), bucket(tx, bucketManifest)
	if err := b.Put(key, encodeManifest(key, m)); err != nil {
		return fmt.Errorf("store manifest: %w", err)
	}
	return nil
}

// manifestPlace takes the key of a manifest apart.
func manifestPlace(key []byte) (r Resolution, group uint32) {
	return Resolution(key[0]), binary.BigEndian.Uint32(key[1:])
}
