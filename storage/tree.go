package storage

import (
	"encoding/binary"
	"fmt"
	"io"
	"slices"

	"go.etcd.io/bbolt"
)

const (
	elementSize = 16   // of one entry in the head of a page, branch or leaf
	flagBucket  = 0x01 // of an entry of a leaf whose value is the head of a bucket
)

// treeWalk follows the tree of a bbolt file. What it is after is what bbolt believes
// unseen: a page that is reached twice may lead in a circle, which ends the process, and
// one that says it is longer than it is takes others with it when it is freed. A page
// that bbolt notices itself costs only what is in it and is passed over.
type treeWalk struct {
	file io.ReaderAt
	meta metaPage
	seen []bool // by page
}

// checkTree says whether all pages of the tree lie in the file, each in one place of it.
func checkTree(file io.ReaderAt, meta metaPage) error {
	w := treeWalk{file: file, meta: meta, seen: make([]bool, meta.pages)}
	return w.visit(meta.root, true)
}

// visit looks at a page and those below it; in the tree of buckets also at theirs.
func (w *treeWalk) visit(id uint64, ofBuckets bool) error {
	flags, count, overflow, err := readPage(w.file, w.meta, id)
	if err != nil || flags != flagBranch && flags != flagLeaf {
		return nil
	}
	if overflow >= w.meta.pages-id {
		return fmt.Errorf("page %d says it has %d pages", id, overflow+1)
	}
	for n := id; n <= id+overflow; n++ {
		if w.seen[n] {
			return fmt.Errorf("page %d belongs to two places", n)
		}
		w.seen[n] = true
	}
	if flags == flagLeaf && !ofBuckets {
		return nil
	}
	page := make([]byte, (overflow+1)*w.meta.pageSize)
	if _, err := w.file.ReadAt(page, int64(id*w.meta.pageSize)); err != nil {
		return nil
	}
	for i := range count {
		at := pageHeaderSize + elementSize*i
		if at+elementSize > uint64(len(page)) {
			return nil
		}
		if below, ok := leadsTo(page, at, flags); ok {
			if err := w.visit(below, ofBuckets && flags == flagBranch); err != nil {
				return err
			}
		}
	}
	return nil
}

// leadsTo returns the page that the entry at an offset of a page leads to, if it does.
func leadsTo(page []byte, at uint64, flags uint16) (id uint64, ok bool) {
	entry := page[at:]
	if flags == flagBranch {
		return binary.NativeEndian.Uint64(entry[8:]), true
	}
	value := uint64(binary.NativeEndian.Uint32(entry[4:])) + uint64(binary.NativeEndian.Uint32(entry[8:]))
	if binary.NativeEndian.Uint32(entry)&flagBucket == 0 || value+8 > uint64(len(entry)) {
		return 0, false
	}
	id = binary.NativeEndian.Uint64(entry[value:])
	return id, id != 0 // else the bucket lies in the value itself
}

// oversized says whether an entry of some bucket is longer than the file, as one of a
// damaged page can be: a write to that page would copy gigabytes. What cannot be read is
// passed over.
func (s *Store) oversized() (found bool) {
	for _, name := range slices.Concat(buckets(), lateBuckets()) {
		_ = s.view(func(tx *bbolt.Tx) error {
			if tx.Bucket(name) == nil {
				return nil
			}
			cursor := bucket(tx, name).Cursor()
			for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
				found = found || int64(len(key)+len(value)) > tx.Size()
			}
			return nil
		})
	}
	return found
}
