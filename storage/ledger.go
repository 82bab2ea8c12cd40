package storage

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"go.etcd.io/bbolt"

	"strata/layers"
)

// Chunk is a stretch of the past that a source was asked for, or is to be: an entry of
// the ledger of whoever brings the past in. It is told apart from others by its source,
// token, interval and span; what its words mean the store does not know.
type Chunk struct {
	Source   string        // not longer than [MaxName], without a zero byte; so is Token
	Token    string        // slug
	Interval time.Duration // between the samples asked for, in whole milliseconds, not negative
	Span     layers.Span   // [From, To), both given

	Status   string
	Attempts int       // how often it was asked for
	Error    string    // of the last attempt, cut off after 1 KiB
	Tried    time.Time // when that was, to the millisecond; zero before the first
	Samples  int       // that it brought
}

// MaxName is how many bytes the source or the token of a [Chunk] may have.
const MaxName = 64

const maxChunkText = 1 << 10

// ErrChunk says that an entry cannot be kept: a name that is empty or too long, a
// negative interval or count, or a span without a begin or end. Nothing was written.
var ErrChunk = errors.New("chunk refused")

// Chunks returns the ledger, ordered by source, token, interval and span. An entry that
// is damaged is left out and counted like any damaged value: nobody knows any more that
// this chunk was asked for.
func (s *Store) Chunks() (chunks []Chunk, err error) {
	for next := []byte{}; next != nil && err == nil; {
		next, err = s.chunksFrom(next, &chunks)
	}
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	return chunks, nil
}

// chunksFrom reads entries from a key on, in one transaction, and returns the key to go
// on with, nil at the end.
func (s *Store) chunksFrom(from []byte, chunks *[]Chunk) (next []byte, err error) {
	err = s.view(func(tx *bbolt.Tx) error {
		ledger := tx.Bucket(bucketLedger)
		if ledger == nil { // of a file from before there was one, opened for reading
			return nil
		}
		began, cursor := time.Now(), ledger.Cursor()
		for key, value := cursor.Seek(from); key != nil; key, value = cursor.Next() {
			if bytes.Compare(key, from) < 0 {
				continue // a damaged page leads back
			}
			if time.Since(began) > transactionBudget && !bytes.Equal(key, from) {
				next = bytes.Clone(key)
				return nil
			}
			chunk, err := decodeChunk(key, value)
			if err != nil {
				_ = s.report(place(bucketLedger, key), err) // it is asked for again
				continue
			}
			*chunks = append(*chunks, chunk)
		}
		return nil
	})
	return next, err
}

// PutChunks stores entries of the ledger, in one transaction, each in the place of one
// of the same source, token, interval and span. The errors are [ErrChunk] and those of
// [Store.Append].
func (s *Store) PutChunks(chunks []Chunk) error {
	if err := checkChunks(chunks); err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	if len(chunks) == 0 {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.update(func(tx *bbolt.Tx) error {
		for _, c := range chunks {
			key := chunkKey(c)
			if err := s.clearChunk(tx, key); err != nil {
				return err
			}
			if err := bucket(tx, bucketLedger).Put(key, encodeChunk(key, c)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write ledger: %w", err)
	}
	return nil
}

// DeleteChunks removes entries of the ledger, in one transaction; only what tells them
// apart counts. One that is not there is no error.
func (s *Store) DeleteChunks(chunks []Chunk) error {
	if err := checkChunks(chunks); err != nil {
		return fmt.Errorf("delete from ledger: %w", err)
	}
	if len(chunks) == 0 {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	err := s.update(func(tx *bbolt.Tx) error {
		for _, c := range chunks {
			if err := bucket(tx, bucketLedger).Delete(chunkKey(c)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("delete from ledger: %w", err)
	}
	return nil
}

// clearChunk sets an entry that is about to be replaced aside if it is damaged.
func (s *Store) clearChunk(tx *bbolt.Tx, key []byte) error {
	value := bucket(tx, bucketLedger).Get(key)
	if value == nil {
		return nil
	}
	if _, err := decodeChunk(key, value); err != nil {
		return s.quarantine(tx, bucketLedger, key, value, err)
	}
	return nil
}

func checkChunks(chunks []Chunk) error {
	for _, c := range chunks {
		from, to := c.Span.From.UnixMilli(), c.Span.To.UnixMilli()
		valid := isName(c.Source) && isName(c.Token) && c.Interval >= 0 && c.Interval%time.Millisecond == 0 &&
			from >= 0 && from < to && to <= maxMillis && c.Attempts >= 0 && c.Samples >= 0
		if !valid {
			return fmt.Errorf("%w: %+v", ErrChunk, c)
		}
	}
	return nil
}

func isName(name string) bool {
	return name != "" && len(name) <= MaxName && strings.IndexByte(name, 0) < 0
}

// chunkKey orders entries by source, token, interval and span.
func chunkKey(c Chunk) []byte {
	key := append([]byte(c.Source), 0)
	key = append(append(key, c.Token...), 0)
	key = binary.BigEndian.AppendUint64(key, uint64(c.Interval.Milliseconds()))
	key = binary.BigEndian.AppendUint64(key, uint64(c.Span.From.UnixMilli()))
	return binary.BigEndian.AppendUint64(key, uint64(c.Span.To.UnixMilli()))
}

// encodeChunk writes what the key does not say.
func encodeChunk(key []byte, c Chunk) []byte {
	tried := int64(0)
	if !c.Tried.IsZero() {
		tried = c.Tried.UnixMilli()
	}
	value := appendBytes(nil, []byte(cutText(c.Status)))
	value = appendBytes(value, []byte(cutText(c.Error)))
	value = binary.AppendUvarint(value, uint64(c.Attempts))
	value = binary.AppendUvarint(value, uint64(max(tried, 0)))
	return seal(bucketLedger, key, binary.AppendUvarint(value, uint64(c.Samples)))
}

// cutText cuts a text off, and with it what is left of a character or is none.
func cutText(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxChunkText)], "")
}

// decodeChunk reads an entry.
func decodeChunk(key, value []byte) (Chunk, error) {
	c, ok := chunkOfKey(key)
	if !ok {
		return Chunk{}, fmt.Errorf("%w key: no chunk", ErrDamaged)
	}
	body, err := unseal(bucketLedger, key, value)
	if err != nil {
		return Chunk{}, err
	}
	status, rest, ok1 := cutBytes(body)
	text, rest, ok2 := cutBytes(rest)
	attempts, rest, ok3 := cutUvarint(rest)
	tried, rest, ok4 := cutUvarint(rest)
	samples, rest, ok5 := cutUvarint(rest)
	if !ok1 || !ok2 || !ok3 || !ok4 || !ok5 || len(rest) > 0 || max(attempts, tried, samples) > math.MaxInt64 {
		return Chunk{}, fmt.Errorf("%w entry of the ledger", ErrDamaged)
	}
	c.Status, c.Error, c.Attempts, c.Samples = string(status), string(text), int(attempts), int(samples)
	if tried > 0 {
		c.Tried = time.UnixMilli(int64(tried)).UTC()
	}
	return c, nil
}

// chunkOfKey takes a key apart.
func chunkOfKey(key []byte) (c Chunk, ok bool) {
	source, rest, ok1 := bytes.Cut(key, []byte{0})
	token, rest, ok2 := bytes.Cut(rest, []byte{0})
	if !ok1 || !ok2 || len(rest) != 3*8 || len(source) > MaxName || len(token) > MaxName {
		return Chunk{}, false
	}
	interval, from, to := binary.BigEndian.Uint64(rest), binary.BigEndian.Uint64(rest[8:]), binary.BigEndian.Uint64(rest[16:])
	if interval > math.MaxInt64/uint64(time.Millisecond) || from >= to || to > maxMillis {
		return Chunk{}, false
	}
	c.Source, c.Token, c.Interval = string(source), string(token), time.Duration(interval)*time.Millisecond
	c.Span = layers.Span{From: time.UnixMilli(int64(from)).UTC(), To: time.UnixMilli(int64(to)).UTC()}
	return c, true
}
