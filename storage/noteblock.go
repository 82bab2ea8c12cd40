package storage

import (
	"encoding/binary"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// blockBytes is how long the notes of a block are before they are compressed: when they
// are that long it is full. The last one may go beyond.
const blockBytes = 1 << 20

// noteBlock is the notes of an hour, or of a part of it, packed. Notes of one hour are much
// alike, so that together they take a third or less of the room.
type noteBlock struct {
	parts  []notePart
	packed []byte // what zstd makes of the notes, one after the other
}

// notePart is one note of a block: its time and where it ends among them.
type notePart struct {
	millis int64
	end    int
}

// packNotes makes the key and the value of a block of notes in order of time.
func packNotes(notes []storedNote) (key, value []byte, err error) {
	before := notes[0].millis
	key = blockKey(before, notes[len(notes)-1].millis)
	value = binary.AppendUvarint(nil, uint64(len(notes)))
	var all []byte
	for _, n := range notes {
		value = binary.AppendUvarint(value, uint64(n.millis-before))
		value = binary.AppendUvarint(value, uint64(len(n.note)))
		all, before = append(all, n.note...), n.millis
	}
	encoder, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(false)) // the block has its own checksum
	if err != nil {
		return nil, nil, fmt.Errorf("pack notes: %w", err)
	}
	return key, seal(bucketNotes, key, encoder.EncodeAll(all, value)), nil
}

// openBlock reads what notes a block has.
func openBlock(key, value []byte) (b noteBlock, err error) {
	first, last, err := noteSpan(key)
	if err != nil {
		return b, err
	}
	body, err := unseal(bucketNotes, key, value)
	if err != nil {
		return b, err
	}
	count, rest, ok := cutUvarint(body)
	if !ok || count == 0 || count > uint64(len(rest)) {
		return b, errBlock()
	}
	here := notePart{millis: first}
	for n := range count {
		if here, rest, ok = cutPart(rest, here, last); !ok || n > 0 && here.millis == b.parts[n-1].millis {
			return b, errBlock()
		}
		b.parts = append(b.parts, here)
	}
	if b.packed = rest; b.parts[0].millis != first || here.millis != last {
		return b, errBlock()
	}
	return b, nil
}

// cutPart takes the part after another one off the front of the list of them.
func cutPart(list []byte, before notePart, last int64) (p notePart, rest []byte, ok bool) {
	later, rest, ok1 := cutUvarint(list)
	length, rest, ok2 := cutUvarint(rest)
	if !ok1 || !ok2 || later > uint64(last-before.millis) || length > MaxNote || before.end >= blockBytes {
		return p, nil, false
	}
	return notePart{before.millis + int64(later), before.end + int(length)}, rest, true
}

func errBlock() error { return fmt.Errorf("%w block of notes", ErrDamaged) }

// unpack returns the notes, one after the other. What it takes is bounded by what the parts
// say, which is not much more than [MaxNote].
func (b noteBlock) unpack() ([]byte, error) {
	length := b.parts[len(b.parts)-1].end
	decoder, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true),
		zstd.WithDecoderMaxMemory(blockBytes+MaxNote))
	if err != nil {
		return nil, fmt.Errorf("unpack notes: %w", err)
	}
	defer decoder.Close()
	all, err := decoder.DecodeAll(b.packed, make([]byte, 0, length))
	if err != nil || len(all) != length {
		return nil, errBlock()
	}
	return all, nil
}

// note returns the note of a time that the block has.
func (b noteBlock) note(millis int64) ([]byte, error) {
	all, err := b.unpack()
	if err != nil {
		return nil, err
	}
	from := 0
	for _, part := range b.parts {
		if part.millis == millis {
			return all[from:part.end:part.end], nil
		}
		from = part.end
	}
	return nil, errBlock()
}

// scrubNote reads an entry of the bucket "notes" to its end.
func scrubNote(key, value []byte) error {
	if _, _, err := noteSpan(key); err != nil {
		return err
	}
	if !isBlock(key) {
		_, err := unseal(bucketNotes, key, value)
		return err
	}
	b, err := openBlock(key, value)
	if err == nil {
		_, err = b.unpack()
	}
	return err
}
