package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"strata/storage"
)

func TestAScrubIsSlowAndSaysWhatItFound(t *testing.T) {
	failed := errors.New("cannot read")
	for _, c := range []struct {
		report storage.ScrubReport
		err    error
		says   string
	}{
		{storage.ScrubReport{Values: 7}, nil, ""},
		{storage.ScrubReport{Values: 7, Damaged: []string{"segments/01"}}, nil, `1 of 7 values are damaged, restore a backup: ["segments/01"]`},
		{storage.ScrubReport{}, failed, "cannot read"},
	} {
		var log bytes.Buffer
		read := func(_ context.Context, speed int) (storage.ScrubReport, error) {
			if speed <= 0 {
				t.Error("a scrub as fast as the disk can")
			}
			return c.report, c.err
		}
		err := scrub(t.Context(), read, slog.New(slog.NewTextHandler(&log, nil)))
		if (err == nil) != (c.says == "") || err != nil && err.Error() != c.says {
			t.Errorf("%+v: %v, want %q", c.report, err, c.says)
		}
		if strings.Contains(log.String(), "found nothing") != (err == nil) {
			t.Errorf("the log says %s", log.String())
		}
	}
}
