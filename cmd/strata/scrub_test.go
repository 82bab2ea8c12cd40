package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"strata/storage"
)

func TestTheDatabaseIsReadAgainEveryWeek(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		var times []time.Duration
		began := time.Now()
		read := func(_ context.Context, speed int) (storage.ScrubReport, error) {
			if times = append(times, time.Since(began)); speed <= 0 {
				t.Error("a scrub as fast as the disk can")
			}
			switch len(times) {
			case 2:
				return storage.ScrubReport{Values: 7, Damaged: []string{"segments/01"}}, nil
			case 3:
				return storage.ScrubReport{}, errors.New("cannot read")
			}
			return storage.ScrubReport{Values: 7}, nil
		}
		ctx, stop := context.WithTimeout(t.Context(), 22*24*time.Hour)
		defer stop()
		scrub(ctx, read, slog.New(slog.NewTextHandler(&log, nil)))
		if len(times) != 4 || times[0] != time.Hour || times[3]-times[2] != 7*24*time.Hour {
			t.Errorf("read after %v", times)
		}
		for _, want := range []string{"found nothing", "segments/01", "cannot read"} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("%q is not in the log:\n%s", want, log.String())
			}
		}
	})
}
