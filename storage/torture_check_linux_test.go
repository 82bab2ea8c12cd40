package storage_test

import (
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"strata/layers"
	"strata/storage"
)

// check asks what a file holds of the operations up to Last, -1 for none. If Go is set
// the store is also written to afterwards, and read again.
type check struct {
	Path string
	Base time.Time
	Last int
	Go   bool

	Golden  string // a list of the samples that the file holds instead of operations
	Control bool   // the file is one of the control program

	doubtful int // how many operations up to Last may have failed
}

// findings are the answer.
type findings struct {
	Refused string // why the file was not opened
	Right   int    // samples that are what was stored
	Missing int    // samples of acknowledged operations that are not there
	Wrong   int    // samples that nobody stored, or twice, or out of order
	Torn    int    // cycles of which a part is there
	Extra   int    // samples of operations that were not even begun
	Lapsed  int    // notes and entries of the ledger that are not there
	Errors  int    // errors while reading
	Damaged int    // what the store counts as damaged
	Longest int    // length of the longest error, in bytes
	Write   string // why it could not be written to afterwards

	First string // one example of what is wrong
	Died  string // how the process that looked ended, if it did
}

// lossless says what is wrong with a store that was not damaged, only interrupted.
func (f findings) lossless() string {
	switch {
	case f.Died != "" || f.Refused != "" || f.Write != "":
		return fmt.Sprintf("died %q, refused %q, write %q", f.Died, f.Refused, f.Write)
	case f.Missing+f.Wrong+f.Torn+f.Extra+f.Lapsed+f.Errors+f.Damaged > 0:
		return fmt.Sprintf("%+v", f)
	}
	return ""
}

// run opens the file and holds what it reads against the rule.
func (c check) run() (f findings) {
	if c.Control {
		return c.runControl()
	}
	s, err := storage.Open(c.Path, storage.Options{})
	if err != nil {
		f.Refused = fmt.Sprintf("%.600s", oneLine(err))
		return f
	}
	fmt.Println("open")
	if c.Golden != "" {
		c.readGolden(s, &f)
	} else {
		c.read(s, &f)
	}
	if c.Go {
		again := findings{}
		for n := c.Last + 1; n < c.Last+10 && err == nil; n++ { // crosses an hour
			err = do(s, c.Base, n)
		}
		if err != nil {
			f.Longest = max(f.Longest, len(err.Error()))
			f.Write = fmt.Sprintf("%.300s", oneLine(err))
		}
		c.Last, c.doubtful = c.Last+9, 9
		c.read(s, &again)
		f.Wrong += again.Wrong
		f.Damaged = max(f.Damaged, again.Damaged)
		f.First += again.First
	}
	if err := s.Close(); err != nil && f.Write == "" {
		f.Write = oneLine(err)
	}
	return f
}

func (c check) read(s *storage.Store, f *findings) {
	cycles := map[int]int{} // values by operation
	for i := range cycleTokens {
		for n := range c.token(f, s.Samples(cycleToken(i), layers.Span{}), cycleToken(i), i) {
			cycles[n]++
		}
	}
	c.readFields(s, f, cycles)
	for n := 0; n <= c.Last+100; n++ {
		switch {
		case isImport(n):
			c.judge(f, n, c.imported(s, f, n), importSamples, false)
		case isCandles(n):
			c.judge(f, n, c.barred(s, f, n), candleCount, false)
		default:
			c.judge(f, n, cycles[n], cycleTokens+2*fieldTokens, true)
		}
	}
	c.readCoarse(s, f, cycles)
	c.readNotes(s, f, cycles)
	c.readLedger(s, f)
	c.names(s, f)
	f.Damaged = s.Stats().Damaged
}

// judge counts an operation of which so many samples were found. One beyond the last
// acknowledged may be there: its acknowledgement was under way.
func (c check) judge(f *findings, n, found, want int, atomic bool) {
	switch {
	case n <= c.Last:
		f.Missing += want - found
	case n > c.Last+1:
		f.Extra += found
	case atomic && found > 0 && found < want:
		f.Torn++
	}
}

// token yields the operations of which a cycle's token has a right sample. Its prices are
// those of sample i.
func (c check) token(f *findings, samples iter.Seq2[layers.Sample, error], token string, i int) iter.Seq[int] {
	return func(yield func(int) bool) {
		last := -1
		for sample, err := range samples {
			if err != nil {
				f.fault(err)
				continue
			}
			n := int(sample.Time.Sub(c.Base) / cycleStep)
			want := layers.Sample{Token: token, Source: "kraken", Time: cycleTime(c.Base, n), Price: price(n, i)}
			if f.judge(sample, want, n > last && isCycle(n)) && !yield(n) {
				return
			}
			last = max(n, last)
		}
	}
}

// imported counts the right samples of an import.
func (c check) imported(s *storage.Store, f *findings, n int) (found int) {
	last := -1
	for sample, err := range s.Samples(importToken(n), layers.Span{}) {
		if err != nil {
			f.fault(err)
			continue
		}
		i := int(sample.Time.Sub(importTime(c.Base, 0)) / importStep)
		want := layers.Sample{Token: importToken(n), Source: "import", Time: importTime(c.Base, i), Price: price(n, i)}
		switch correction := n + importEvery; {
		case correction <= c.Last-c.doubtful, correction <= c.Last+1 && sample.Price != want.Price:
			want.Price = corrected(n, i)
		}
		if f.judge(sample, want, i > last && i < importSamples) {
			found++
		}
		last = max(i, last)
	}
	return found
}

func (f *findings) judge(got, want layers.Sample, inOrder bool) bool {
	if got == want && inOrder {
		f.Right++
		return true
	}
	f.wrong(got, want)
	return false
}

func (f *findings) wrong(got, want any) {
	f.Wrong++
	f.First = fmt.Sprintf("read %v, want %v", got, want)
}

func (f *findings) fault(err error) {
	f.Errors++
	f.Longest = max(f.Longest, len(err.Error()))
	if f.First == "" {
		f.First = fmt.Sprintf("%.300s", oneLine(err))
	}
}

// names wants no series that nobody stored.
func (c check) names(s *storage.Store, f *findings) {
	list, err := s.Series()
	if err != nil {
		f.fault(err)
	}
	for _, series := range list {
		kind, number, _ := strings.Cut(series.Token, "-")
		n, err := strconv.Atoi(number)
		known := kind == "token" && n < cycleTokens && series.Source == "kraken" || kind == "past" && isImport(n) && series.Source == "import"
		if err != nil || !known {
			f.Wrong++
			f.First = fmt.Sprintf("series %+v", series)
		}
	}
}
