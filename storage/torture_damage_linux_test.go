package storage_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.etcd.io/bbolt"

	"strata/storage"
)

// Row 8. A file that was cut off is refused, or lacks nothing. It never ends the process
// and never becomes an empty store.
func TestTortureACutFileIsRefusedOrWhole(t *testing.T) {
	first := t.TempDir() + "/strata.db"
	mustWrite(t, first, unpacked(t, "testdata/format-1.db.gz"))
	j := filled(t, 60)
	files := map[string]check{
		"the first format":   {Path: first, Golden: "testdata/format-1.csv"},
		"the present format": {Path: j.Path, Base: j.Base, Last: j.Count - 1, Go: true},
	}
	for name, q := range files {
		t.Run(name, func(t *testing.T) { cutEverywhere(t, q) })
	}
}

func cutEverywhere(t *testing.T, q check) {
	whole, checks := mustRead(t, q.Path), newChecker(t)
	refused, opened := 0, 0
	for _, size := range cuts(len(whole)) {
		mustWrite(t, q.Path, whole[:size])
		f := checks.ask(q)
		switch {
		case f.Refused != "":
			refused++
			if !strings.HasPrefix(f.Refused, "open store "+q.Path+": ") || strings.Contains(f.Refused, `\n`) {
				t.Errorf("%d bytes of %d: refused with %q", size, len(whole), f.Refused)
			}
		case f.lossless() != "":
			t.Errorf("%d bytes of %d: %s", size, len(whole), f.lossless())
		default:
			opened++
		}
	}
	t.Logf("%d lengths: %d refused, %d whole", refused+opened, refused, opened)
	if refused == 0 || opened == 0 {
		t.Error("one of the two never happened: the test compares nothing")
	}
}

// cuts are the multiples of 512 below a length, all or as many as the flag says, and the
// first bytes of the file.
func cuts(length int) []int {
	sizes := []int{1, 79, 80, 100, length - 1}
	step := 512
	if *tortureCuts > 0 {
		step = max(step, length / *tortureCuts / 512 * 512)
	}
	for size := step; size < length; size += step {
		sizes = append(sizes, size)
	}
	return sizes
}

// Row 9. A file of no bytes is what a lost one looks like: it is refused. One that is
// gone is made anew; whether it should be there only the caller can know.
func TestTortureAnEmptyFileIsRefusedAndAMissingOneIsMade(t *testing.T) {
	j, checks := filled(t, 20), newChecker(t)
	if err := os.Truncate(j.Path, 0); err != nil {
		t.Fatal(err)
	}
	f := checks.ask(check{Path: j.Path})
	if want := storage.ErrEmpty.Error(); !strings.HasSuffix(f.Refused, want) {
		t.Errorf("refused with %q, want %q", f.Refused, want)
	}
	if err := os.Remove(j.Path); err != nil {
		t.Fatal(err)
	}
	if f := checks.ask(check{Path: j.Path, Base: j.Base, Last: -1, Go: true}); f.lossless() != "" {
		t.Error(f.lossless())
	}
}

const (
	page   = 4096
	sector = 512
)

// damages are the ways in which a file can rot, at a page that is in use.
var damages = []struct {
	name string
	do   func(r *rand.Rand, content []byte, at, other int)
}{
	{"a bit flipped", func(r *rand.Rand, content []byte, at, _ int) { content[at+r.IntN(page)] ^= 1 << r.IntN(8) }},
	{"a bit flipped in the head of a page", func(r *rand.Rand, content []byte, at, _ int) { content[at+r.IntN(256)] ^= 1 << r.IntN(8) }},
	{"a page of zeros", func(_ *rand.Rand, content []byte, at, _ int) { clear(content[at : at+page]) }},
	{"a sector of garbage", func(r *rand.Rand, content []byte, at, _ int) {
		at += sector * r.IntN(page/sector)
		for i := range sector {
			content[at+i] = byte(r.Uint32())
		}
	}},
	{"two pages swapped", func(_ *rand.Rand, content []byte, at, other int) {
		kept := string(content[at : at+page])
		copy(content[at:at+page], content[other:other+page])
		copy(content[other:other+page], kept)
	}},
}

// pagesInUse lists the pages of a file that hold something.
func pagesInUse(t *testing.T, path string) (used []int) {
	t.Helper()
	db, err := bbolt.Open(path, 0, &bbolt.Options{ReadOnly: true, PreLoadFreelist: true})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(func(tx *bbolt.Tx) error {
		for id := 0; ; id++ {
			info, err := tx.Page(id)
			if info == nil || err != nil {
				return err
			}
			if info.Type == "free" {
				continue
			}
			used = append(used, id)
			for range info.OverflowCount {
				id++
				used = append(used, id)
			}
		}
	})
	size := db.Info().PageSize
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if size != page {
		t.Fatalf("pages have %d bytes, the damages are made for %d", size, page)
	}
	return used
}

// tally counts what became of damaged files.
type tally struct {
	trials, harmless, refused, partial       int // what may be
	wrong, silent, diedAtOpen, diedAfterOpen int // what may not
	wordy                                    int // nor that: errors that nobody can read
	examples                                 []string
}

// Row 10. Whatever rots in the file: no value is served that was not stored, a value that
// is missing is told of, and the process lives.
func TestTortureADamagedFileServesNothingWrong(t *testing.T) {
	j := filled(t, 150)
	whole, used := mustRead(t, j.Path), pagesInUse(t, j.Path)
	for kind, damage := range damages {
		t.Run(damage.name, func(t *testing.T) {
			r, checks := rand.New(rand.NewPCG(*tortureSeed, uint64(10+kind))), newChecker(t)
			dir := t.TempDir()
			var sum tally
			for trial := range *tortureCorruptions {
				content := append([]byte(nil), whole...)
				at, other := used[r.IntN(len(used))], used[r.IntN(len(used))]
				damage.do(r, content, page*at, page*other)
				path := filepath.Join(dir, fmt.Sprintf("%d.db", trial))
				mustWrite(t, path, content)
				f := checks.ask(check{Path: path, Base: j.Base, Last: j.Count - 1, Go: true})
				if bad := sum.add(f); bad != "" && len(sum.examples) < 5 {
					sum.examples = append(sum.examples, fmt.Sprintf("%s, page %d, trial %d: %+v", bad, at, trial, f))
				}
				if err := os.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			sum.judge(t)
		})
	}
}

// add counts one file, and names what is bad about it.
func (s *tally) add(f findings) (bad string) {
	s.trials++
	if f.Longest > 1000 {
		s.wordy++
		bad = "wordy"
	}
	switch {
	case strings.Contains(f.Died, "before"):
		s.diedAtOpen++
		return "died"
	case f.Died != "":
		s.diedAfterOpen++
		return "died"
	case f.Refused != "":
		s.refused++
	case f.Wrong+f.Extra > 0:
		s.wrong++
		return "wrong"
	case f.Missing > 0 && f.Errors == 0 && f.Damaged == 0:
		s.silent++
		return "silent"
	case f.Missing > 0:
		s.partial++
	default:
		s.harmless++
	}
	return bad
}

func (s *tally) judge(t *testing.T) {
	t.Logf("%d files: %d harmless, %d refused, %d read but for what was damaged; %d wrong, %d silently short, %d deaths in open, %d after, %d errors of more than 1000 bytes",
		s.trials, s.harmless, s.refused, s.partial, s.wrong, s.silent, s.diedAtOpen, s.diedAfterOpen, s.wordy)
	if s.wordy+s.wrong+s.silent+s.diedAtOpen+s.diedAfterOpen > 0 {
		t.Errorf("not all was told:\n%s", strings.Join(s.examples, "\n"))
	}
	if s.harmless == s.trials {
		t.Error("no damage did anything: the test compares nothing")
	}
}
