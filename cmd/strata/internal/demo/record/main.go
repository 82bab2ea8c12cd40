// Record builds the recordings of the demo out of a folder of price histories in
// CSV, one file a token and interval, with a MANIFEST.csv that says where each
// came from:
//
//	go run ./cmd/strata/internal/demo/record -from DIR -out cmd/strata/internal/demo
//
// A row is timestamp,open,high,low,close,volume with the bar's open in unix
// seconds; its close counts at open + interval. Nothing is filled, smoothed or
// rounded, but for tokens that were quoted in bitcoin (see [inDollars]).
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"strata/cmd/strata/internal/demo/recording"
)

func main() {
	from := flag.String("from", "", "folder of the CSV histories and their MANIFEST.csv")
	out := flag.String("out", ".", "folder to write the recordings to")
	flag.Parse()
	if err := record(*from, *out, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
		os.Exit(1)
	}
}

// record writes all scenarios and says what became of each.
func record(from, out string, said io.Writer) error {
	histories, err := openArchive(from)
	if err != nil {
		return err
	}
	for _, s := range scenarios() {
		r, err := s.build(histories)
		if err != nil {
			return fmt.Errorf("build %s: %w", s.name, err)
		}
		data, err := recording.Encode(r)
		if err != nil {
			return fmt.Errorf("build %s: %w", s.name, err)
		}
		if err := os.WriteFile(filepath.Join(out, s.name+".rec"), data, 0o644); err != nil {
			return fmt.Errorf("write recording: %w", err)
		}
		fmt.Fprintf(said, "%s: %d series, %s to %s, %d bytes\n", s.name, len(r.Series),
			r.From().Format("2006-01-02T15:04Z"), r.End.Format("2006-01-02T15:04Z"), len(data))
	}
	return nil
}
