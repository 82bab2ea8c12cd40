package openmetrics

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"

	"strata/cmd/strata/internal/csvfile"
	"strata/layers"
)

// Write writes samples in the order they come, which must be by series and then by
// time, and returns how many it wrote. It keeps none of them in memory.
func Write(w io.Writer, samples iter.Seq2[layers.Sample, error]) (int, error) {
	out := bufio.NewWriter(w)
	for _, line := range []string{typeLine, unitLine, helpLine} {
		_, _ = fmt.Fprintln(out, line) // out remembers its first error
	}
	written := 0
	for sample, err := range samples {
		if err != nil {
			_ = out.Flush()
			return written, err
		}
		_, err = fmt.Fprintf(out, "%s{token=\"%s\",source=\"%s\"} %s %s\n", Metric,
			escape(sample.Token), escape(sample.Source), sample.Price, csvfile.FormatTime(sample.Time))
		if err != nil {
			return written, fmt.Errorf("write history: %w", err)
		}
		written++
	}
	_, _ = fmt.Fprintln(out, endLine)
	if err := out.Flush(); err != nil {
		return written, fmt.Errorf("write history: %w", err)
	}
	return written, nil
}

// escape writes the value of a label as the format wants it.
func escape(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
}
