package main

import (
	"context"
	"fmt"
	"log/slog"
	"math"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"

	"strata/layers"
)

// The queries: what people write, and the same with the inner part recorded by a rule
// every minute. %s is the window.
const (
	rawQuery      = `stddev_over_time((avg by (layer)(ln(p / (p offset 1m))))[%s:1m]) * 525600^0.5`
	recordedQuery = `stddev_over_time(layer:return:avg[%s]) * 525600^0.5`
)

// prometheus is the database and the engine of Prometheus.
type prometheus struct {
	db     *tsdb.DB
	engine *promql.Engine
	tokens int

	refs     map[string]storage.SeriesRef
	previous []float64 // prices of the last cycle
}

func openPrometheus(dir string, tokens int) (*prometheus, error) {
	opts := tsdb.DefaultOptions()
	opts.RetentionDuration = 0 // for ever
	opts.MaxBlockDuration = (31 * 24 * time.Hour).Milliseconds()
	db, err := tsdb.Open(dir, slog.New(slog.DiscardHandler), nil, opts, nil)
	if err != nil {
		return nil, err
	}
	db.DisableCompactions() // in the background, that is: append calls for them when they are due
	engine := promql.NewEngine(promql.EngineOpts{
		MaxSamples: math.MaxInt32, Timeout: 2 * time.Hour, LookbackDelta: 5 * time.Minute, Parser: parser.NewParser(parser.Options{}),
	})
	return &prometheus{db: db, engine: engine, tokens: tokens, refs: map[string]storage.SeriesRef{}}, nil
}

// append takes in a cycle, and what a recording rule would make of it.
func (p *prometheus) append(cycle []layers.Sample) error {
	ctx := context.Background()
	app, at := p.db.Appender(ctx), cycle[0].Time.UnixMilli()
	sums, counts := map[string]float64{}, map[string]float64{}
	prices := make([]float64, len(cycle))
	for i, s := range cycle {
		prices[i] = s.Price.Float64()
		layer := layerOf(i, p.tokens)
		if err := p.add(app, at, prices[i], "p", "layer", layer, "token", s.Token); err != nil {
			return err
		}
		if p.previous != nil {
			sums[layer], counts[layer] = sums[layer]+math.Log(prices[i]/p.previous[i]), counts[layer]+1
		}
	}
	p.previous = prices
	for layer, sum := range sums {
		if err := p.add(app, at, sum/counts[layer], "layer:return:avg", "layer", layer); err != nil {
			return err
		}
	}
	if err := app.Commit(); err != nil {
		return err
	}
	if head := p.db.Head(); head.MaxTime()-head.MinTime() > tsdb.DefaultBlockDuration/2*3 {
		return p.db.Compact(ctx)
	}
	return nil
}

func (p *prometheus) add(app storage.Appender, at int64, value float64, name string, pairs ...string) error {
	key := name + pairs[len(pairs)-1]
	ref := p.refs[key]
	var series labels.Labels
	if ref == 0 {
		series = labels.FromStrings(append([]string{model.MetricNameLabel, name}, pairs...)...)
	}
	ref, err := app.Append(ref, series, at, value)
	p.refs[key] = ref
	return err
}

// settle merges what can be merged.
func (p *prometheus) settle() error { return p.db.Compact(context.Background()) }

// instant asks a query at one time, and returns the volatility of the first layer.
func (p *prometheus) instant(ctx context.Context, query, window string, at time.Time) (float64, time.Duration, error) {
	started := time.Now()
	q, err := p.engine.NewInstantQuery(ctx, p.db, nil, fmt.Sprintf(query, window), at)
	if err != nil {
		return 0, 0, err
	}
	defer q.Close()
	vector, err := q.Exec(ctx).Vector()
	if err != nil {
		return 0, 0, err
	}
	for _, s := range vector {
		if s.Metric.Get("layer") == layerOf(0, p.tokens) {
			return s.F, time.Since(started), nil
		}
	}
	return 0, 0, fmt.Errorf("%s has no answer for %s", q, layerOf(0, p.tokens))
}

// rolling asks a query at each step of a span, and returns the last volatility of the
// first layer.
func (p *prometheus) rolling(ctx context.Context, query, window string, from, to time.Time) (float64, time.Duration, error) {
	started := time.Now()
	q, err := p.engine.NewRangeQuery(ctx, p.db, nil, fmt.Sprintf(query, window), from, to, rollingStep)
	if err != nil {
		return 0, 0, err
	}
	defer q.Close()
	matrix, err := q.Exec(ctx).Matrix()
	if err != nil {
		return 0, 0, err
	}
	for _, s := range matrix {
		if want := int(to.Sub(from)/rollingStep) + 1; s.Metric.Get("layer") == layerOf(0, p.tokens) && len(s.Floats) == want {
			return s.Floats[want-1].F, time.Since(started), nil
		}
	}
	return 0, 0, fmt.Errorf("%s has no whole answer among %d series for %s", q, len(matrix), layerOf(0, p.tokens))
}
