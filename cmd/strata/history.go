package main

import (
	"iter"
	"time"

	"strata/collector"
	"strata/layers"
	"strata/storage"
)

// past is a store as a backfill sees it.
type past struct{ store *storage.Store }

// have reads what is stored of a token, of every five minutes or of every hour.
func (p past) have(token string, interval time.Duration, span layers.Span) iter.Seq2[layers.Sample, error] {
	resolution := storage.FiveMinutes
	if interval >= time.Hour {
		resolution = storage.Hours
	}
	return p.store.Read(storage.Query{Token: token, Span: span, Resolution: resolution})
}

func (p past) keepCandles(candles []layers.Candle) error {
	_, err := p.store.AppendCandles(candles)
	return err
}

// Load reads the ledger of the backfill.
func (p past) Load() ([]collector.Chunk, error) {
	stored, err := p.store.Chunks()
	if err != nil {
		return nil, err
	}
	chunks := make([]collector.Chunk, len(stored))
	for i, c := range stored {
		chunks[i] = collector.Chunk{
			Source: c.Source, Token: c.Token, Interval: c.Interval, Span: c.Span,
			Status: collector.ChunkStatus(c.Status), Attempts: c.Attempts, Error: c.Error, Tried: c.Tried, Samples: c.Samples,
		}
	}
	return chunks, nil
}

// Save writes into the ledger of the backfill.
func (p past) Save(chunks []collector.Chunk) error {
	stored := make([]storage.Chunk, len(chunks))
	for i, c := range chunks {
		stored[i] = storage.Chunk{
			Source: c.Source, Token: c.Token, Interval: c.Interval, Span: c.Span,
			Status: string(c.Status), Attempts: c.Attempts, Error: c.Error, Tried: c.Tried, Samples: c.Samples,
		}
	}
	return p.store.PutChunks(stored)
}
