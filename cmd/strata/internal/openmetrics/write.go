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

// Write writes the samples that have a field, for one field after the other, and returns
// how many it wrote. They come by series and then by time. It keeps none of them in memory.
func Write(w io.Writer, samples func(Field) iter.Seq2[layers.Sample, error]) (written int, err error) {
	out := bufio.NewWriter(w)
	for f := range fields {
		n, err := writeField(out, f, samples(f))
		if written += n; err != nil {
			_ = out.Flush()
			return written, err
		}
	}
	_, _ = fmt.Fprintln(out, endLine) // out remembers its first error
	if err := out.Flush(); err != nil {
		return written, fmt.Errorf("write history: %w", err)
	}
	return written, nil
}

func writeField(out *bufio.Writer, f Field, samples iter.Seq2[layers.Sample, error]) (written int, err error) {
	metric := f.Metric()
	for sample, err := range samples {
		if err != nil {
			return written, err
		}
		if written == 0 {
			_, _ = fmt.Fprintf(out, "# TYPE %s gauge\n# UNIT %s usd\n# HELP %s %s\n", metric, metric, metric, f.help())
		}
		_, err = fmt.Fprintf(out, "%s{token=\"%s\",source=\"%s\"} %s %s\n", metric,
			escape(sample.Token), escape(sample.Source), *f.of(&sample), csvfile.FormatTime(sample.Time))
		if err != nil {
			return written, fmt.Errorf("write history: %w", err)
		}
		written++
	}
	return written, nil
}

// escape writes the value of a label as the format wants it.
func escape(value string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value)
}
