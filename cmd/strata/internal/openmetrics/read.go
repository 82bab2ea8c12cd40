package openmetrics

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	"strata/cmd/strata/internal/csvfile"
	"strata/layers"
)

// maxLine bounds the bytes of a line.
const maxLine = 64 << 10

// Read hands the samples of a file to visit, one by one, so that a file of any length
// can be read. Each has one field, that of its line. Everything wrong with the file, and with samples that visit refuses, is
// returned at once as *[csvfile.Faults]; name is what messages call the file. visit has
// then seen the samples that nothing is wrong with: only after a Read without faults
// should a second one keep anything. An error of r is returned as it is.
func Read(r io.Reader, name string, visit func(layers.Sample) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	d := &decoder{last: map[series]time.Time{}}
	faults := &csvfile.Faults{}
	number := 0
	for lines.Scan() {
		number++
		if err := d.line(lines.Text(), visit); err != nil {
			faults.Add(name, number, "%v", err)
		}
	}
	switch err := lines.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		faults.Add(name, number+1, "the line is longer than %d bytes", maxLine)
	case err != nil:
		return fmt.Errorf("read %s: %w", name, err)
	case !d.ended:
		faults.Add(name, number+1, "the file ends without %q, so it was cut off", endLine)
	}
	if faults.Lines != nil {
		return faults
	}
	return nil
}

type series struct {
	field         Field
	token, source string
}

// decoder knows what came before a line.
type decoder struct {
	last  map[series]time.Time // of each series
	ended bool                 // the end was read
}

// line reads one line and hands on the sample on it.
func (d *decoder) line(text string, visit func(layers.Sample) error) error {
	switch {
	case d.ended:
		return fmt.Errorf("found a line after %q, want none", endLine)
	case text == endLine:
		d.ended = true
		return nil
	case len(text) > 0 && text[0] == '#':
		return metadata(text)
	}
	field, sample, err := parse(text)
	if err != nil {
		return err
	}
	of := series{field, sample.Token, sample.Source}
	if last, ok := d.last[of]; ok && !sample.Time.After(last) {
		return fmt.Errorf("timestamp %s of %s from %s does not come after %s, the one before",
			csvfile.FormatTime(sample.Time), sample.Token, sample.Source, csvfile.FormatTime(last))
	}
	d.last[of] = sample.Time
	return visit(sample)
}
