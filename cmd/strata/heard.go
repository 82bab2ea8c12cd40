package main

import (
	"errors"
	"fmt"
	"time"

	"strata/collector"
	"strata/metrics"
	"strata/storage"
)

// notKept is the note of a cycle that heard more than can be kept. Without one the cycle
// before would stand for it.
const notKept = ""

// heard tells what the newest cycle at or before an instant heard of a token, as far as
// the store still has its note.
func (d *daemon) heard(token string, at time.Time) (metrics.Heard, bool, error) {
	_, text, err := d.store.Note(at)
	if errors.Is(err, storage.ErrNoNote) || err == nil && string(text) == notKept {
		return metrics.Heard{}, false, nil
	}
	if err != nil {
		return metrics.Heard{}, false, err
	}
	note, err := collector.DecodeNote(text)
	if err != nil {
		return metrics.Heard{}, false, fmt.Errorf("note of %s: %w", at.UTC().Format(time.RFC3339), err)
	}
	return heardOf(note, token), true, nil
}

func heardOf(note collector.Note, token string) metrics.Heard {
	h := metrics.Heard{Cycle: note.Time, Tether: note.Rate, Down: note.Down}
	status, heard, asked := note.Token(token)
	if asked {
		a := agreement(status)
		h.Agreement = &a
	}
	for _, q := range heard {
		h.Quotes = append(h.Quotes, metrics.HeardQuote{
			Source: q.Source, Price: q.Price, Currency: q.Currency, Dollars: note.Dollars(q), Time: q.Time,
			Used: q.Used, Reason: string(q.Reason), Detail: q.Detail,
		})
	}
	return h
}
