package storage

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math"
	"os"
)

// What follows is the file format of bbolt, as far as opening a file depends on it
// (go.etcd.io/bbolt/internal/common, version 2 of the format). bbolt believes the
// head of a file: one that was cut off ends the process by a fault or a panic, some
// of which happen in goroutines that nobody can recover, and an empty one becomes a
// new database.
const (
	boltMagic      = 0xED0CDAED
	boltVersion    = 2
	pageHeaderSize = 16
	metaSize       = 64
	metaSummed     = 56 // bytes of a meta page that its checksum covers
	minPageSize    = 1 << 10
	maxPageSize    = 1 << 24
	flagBranch     = 0x01
	flagLeaf       = 0x02
	flagFreelist   = 0x10
	noFreelist     = math.MaxUint64
	longFreelist   = math.MaxUint16 // the count then stands in front of the page ids
)

// metaPage is one of the two heads of a bbolt file; the valid one of the later
// transaction counts.
type metaPage struct {
	pageSize, root, freelist, pages, transaction uint64
}

// preflight refuses a file that bbolt cannot be trusted with: empty, foreign, cut
// off, or with a broken head, root or list of free pages. The file must be locked.
func preflight(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	size := uint64(info.Size())
	if size == 0 {
		return ErrEmpty
	}
	meta, err := currentMeta(file)
	if err != nil {
		return err
	}
	if meta.freelist == noFreelist {
		return fmt.Errorf("a bbolt file of another program: %w", ErrForeign)
	}
	if want := meta.pages * meta.pageSize; meta.pages > math.MaxInt64/meta.pageSize || size < want {
		return fmt.Errorf("%w: it has %d bytes and should have %d, so it was cut off; restore it from a backup", ErrDamaged, size, want)
	}
	if err := checkRoot(file, meta); err != nil {
		return fmt.Errorf("%w: the root of its tree is broken (%w); restore it from a backup", ErrDamaged, err)
	}
	if err := checkTree(file, meta); err != nil {
		return fmt.Errorf("%w: its tree is broken (%w); restore it from a backup", ErrDamaged, err)
	}
	if err := checkFreelist(file, meta); err != nil {
		return fmt.Errorf("%w: its list of free pages is broken (%w); restore it from a backup", ErrDamaged, err)
	}
	return nil
}

// currentMeta finds the head that counts. The first one says how long a page is;
// when it is damaged the second one is looked for wherever it can be.
func currentMeta(file io.ReaderAt) (metaPage, error) {
	first, strange, ok := readMeta(file, 0)
	if ok {
		if second, _, ok := readMeta(file, first.pageSize); ok && second.transaction > first.transaction {
			return second, nil
		}
		return first, nil
	}
	for size := uint64(minPageSize); size <= maxPageSize; size *= 2 {
		second, unlike, ok := readMeta(file, size)
		if ok && second.pageSize == size {
			return second, nil
		}
		strange = strange && unlike
	}
	if strange {
		return metaPage{}, ErrForeign
	}
	return metaPage{}, fmt.Errorf("%w: both copies of its head are broken; restore it from a backup", ErrDamaged)
}

// readMeta reads the head at an offset. It says whether it is valid, and if not,
// whether it is strange: nothing that bbolt would have written.
func readMeta(file io.ReaderAt, at uint64) (meta metaPage, strange, ok bool) {
	page := make([]byte, pageHeaderSize+metaSize)
	n, _ := file.ReadAt(page, int64(at)) // what is missing stays zero and fails the checksum
	m := page[pageHeaderSize:]
	if n < pageHeaderSize+4 || binary.NativeEndian.Uint32(m) != boltMagic {
		return metaPage{}, true, false
	}
	sum := fnv.New64a()
	sum.Write(m[:metaSummed])
	meta = metaPage{
		pageSize:    uint64(binary.NativeEndian.Uint32(m[8:])),
		root:        binary.NativeEndian.Uint64(m[16:]),
		freelist:    binary.NativeEndian.Uint64(m[32:]),
		pages:       binary.NativeEndian.Uint64(m[40:]),
		transaction: binary.NativeEndian.Uint64(m[48:]),
	}
	ok = binary.NativeEndian.Uint32(m[4:]) == boltVersion && binary.NativeEndian.Uint64(m[metaSummed:]) == sum.Sum64() &&
		meta.pageSize >= minPageSize && meta.pageSize <= maxPageSize
	return meta, false, ok
}

// checkRoot says whether the root of the tree is a page of a tree.
func checkRoot(file io.ReaderAt, meta metaPage) error {
	flags, _, _, err := readPage(file, meta, meta.root)
	if err == nil && flags != flagBranch && flags != flagLeaf {
		return fmt.Errorf("page %d is of kind %#x", meta.root, flags)
	}
	return err
}

// checkFreelist says whether the list of free pages can be one: ascending ids of
// pages that exist. Writing by a wrong list destroys data.
func checkFreelist(file io.ReaderAt, meta metaPage) error {
	flags, count, overflow, err := readPage(file, meta, meta.freelist)
	if err != nil {
		return err
	}
	if flags != flagFreelist || meta.freelist+overflow >= meta.pages {
		return fmt.Errorf("page %d is of kind %#x, %d long", meta.freelist, flags, overflow+1)
	}
	list := make([]byte, (overflow+1)*meta.pageSize-pageHeaderSize)
	if _, err := file.ReadAt(list, int64(meta.freelist*meta.pageSize+pageHeaderSize)); err != nil {
		return err
	}
	if count == longFreelist {
		count, list = binary.NativeEndian.Uint64(list), list[8:]
	}
	if count > uint64(len(list)/8) {
		return fmt.Errorf("%d entries in %d bytes", count, len(list))
	}
	last := uint64(1) // pages 0 and 1 are the heads
	for i := range count {
		id := binary.NativeEndian.Uint64(list[8*i:])
		if id <= last || id >= meta.pages {
			return fmt.Errorf("page %d after page %d of %d", id, last, meta.pages)
		}
		last = id
	}
	return nil
}

// readPage reads the header of a page that is said to exist.
func readPage(file io.ReaderAt, meta metaPage, id uint64) (flags uint16, count, overflow uint64, err error) {
	if id < 2 || id >= meta.pages {
		return 0, 0, 0, fmt.Errorf("page %d of %d", id, meta.pages)
	}
	header := make([]byte, pageHeaderSize)
	if _, err := file.ReadAt(header, int64(id*meta.pageSize)); err != nil {
		return 0, 0, 0, err
	}
	if named := binary.NativeEndian.Uint64(header); named != id {
		return 0, 0, 0, fmt.Errorf("page %d calls itself %d", id, named)
	}
	flags = binary.NativeEndian.Uint16(header[8:])
	count = uint64(binary.NativeEndian.Uint16(header[10:]))
	return flags, count, uint64(binary.NativeEndian.Uint32(header[12:])), nil
}
