package storage

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"slices"
	"time"
)

// Series is what is kept of one token at one source.
type Series struct {
	Token  string
	Source string
	First  time.Time // of the oldest sample
	Last   time.Time // of the newest sample
	Count  int       // samples
}

// seriesID stands for a token at a source, in keys and rows.
type seriesID uint32

// name is what a series is called outside.
type name struct{ token, source, field string }

// series is what is known of a series without reading its samples.
type series struct {
	id   seriesID
	next seriesID // the series that came after it in a cycle, a guess
	name
	sealed extent // of its samples in segments, pieces left out
	all    extent // of all its samples
}

// drop takes samples out of the count that are not kept any more. When the series
// began and ended stays as it was.
func (sr *series) drop(n uint64) {
	sr.sealed.count -= min(n, sr.sealed.count)
	sr.all.count -= min(n, sr.all.count)
}

// index holds all series in memory.
type index struct {
	byName  map[name]*series
	byID    []*series            // by id, nil where there is none
	byToken map[string][]*series // ordered by source
	next    seriesID
}

func newIndex() *index {
	return &index{byName: map[name]*series{}, byToken: map[string][]*series{}, next: 1}
}

// put adds a series or replaces what was known of it.
func (x *index) put(sr series) {
	x.next = max(x.next, sr.id+1)
	if old := x.of(sr.id); old != nil {
		*old = sr
		return
	}
	for int(sr.id) >= len(x.byID) {
		x.byID = append(x.byID, nil)
	}
	x.byID[sr.id], x.byName[sr.name] = &sr, &sr
	of := x.byToken[sr.token]
	at, _ := slices.BinarySearchFunc(of, sr.source, func(s *series, source string) int { return cmp.Compare(s.source, source) })
	x.byToken[sr.token] = slices.Insert(of, at, &sr)
}

// of returns a series, nil when there is none.
func (x *index) of(id seriesID) *series {
	if int(id) >= len(x.byID) {
		return nil
	}
	return x.byID[id]
}

// all yields the series that have samples.
func (x *index) all() iter.Seq[*series] {
	return func(yield func(*series) bool) {
		for _, sr := range x.byID {
			if sr != nil && sr.all.count > 0 && !yield(sr) {
				return
			}
		}
	}
}

// list returns all series of prices, ordered by token and source.
func (x *index) list() []Series {
	list := make([]Series, 0, len(x.byID))
	for sr := range x.all() {
		if sr.field == FieldPrice {
			list = append(list, Series{
				Token: sr.token, Source: sr.source, Count: int(sr.all.count),
				First: time.UnixMilli(sr.all.first).UTC(), Last: time.UnixMilli(sr.all.last).UTC(),
			})
		}
	}
	slices.SortFunc(list, func(a, b Series) int {
		return cmp.Or(cmp.Compare(a.Token, b.Token), cmp.Compare(a.Source, b.Source))
	})
	return list
}

// seriesKey orders series by id.
func seriesKey(id seriesID) []byte { return binary.BigEndian.AppendUint32(nil, uint32(id)) }

// encodeSeries writes what is to be kept of a series: all but its rows.
func encodeSeries(key []byte, sr *series) []byte {
	value := appendBytes(nil, []byte(sr.token))
	value = appendBytes(value, []byte(sr.source))
	value = appendBytes(value, []byte(sr.field))
	value = binary.AppendUvarint(value, uint64(sr.sealed.first))
	value = binary.AppendUvarint(value, uint64(sr.sealed.last))
	return seal(bucketSeries, key, binary.AppendUvarint(value, sr.sealed.count))
}

// decodeSeries reads a value of encodeSeries.
func decodeSeries(key, value []byte) (series, error) {
	if len(key) != 4 {
		return series{}, fmt.Errorf("%w key: %d bytes instead of 4", ErrDamaged, len(key))
	}
	body, err := unseal(bucketSeries, key, value)
	if err != nil {
		return series{}, err
	}
	token, rest, ok1 := cutBytes(body)
	source, rest, ok2 := cutBytes(rest)
	field, rest, ok3 := cutBytes(rest)
	sealed, ok4 := decodeExtent(rest)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return series{}, fmt.Errorf("%w record of a series", ErrDamaged)
	}
	return series{
		id:     seriesID(binary.BigEndian.Uint32(key)),
		name:   name{token: string(token), source: string(source), field: string(field)},
		sealed: sealed, all: sealed,
	}, nil
}

// decodeExtent reads the end of a record of a series.
func decodeExtent(rest []byte) (extent, bool) {
	first, rest, ok1 := cutUvarint(rest)
	last, rest, ok2 := cutUvarint(rest)
	count, rest, ok3 := cutUvarint(rest)
	if !ok1 || !ok2 || !ok3 || len(rest) > 0 || max(first, last, count) > math.MaxInt64 {
		return extent{}, false
	}
	return extent{first: int64(first), last: int64(last), count: count}, true
}
