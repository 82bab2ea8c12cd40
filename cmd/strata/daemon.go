package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"strata/cmd/strata/internal/demo"
	"strata/collector"
	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
	"strata/metrics/api"
	"strata/metrics/web"
	"strata/storage"
)

// daemon is the whole pipeline, running: it keeps, brings in, thinks and shows.
type daemon struct {
	plan
	sources    []collector.Source
	historians []collector.Historian // none when the past is not fetched
	jitter     time.Duration         // after each slot of a schedule
	demo       *demo.Demo            // nil outside the demo
	now        func() time.Time
	log        *slog.Logger
	console    *console
	started    time.Time
	onFilled   func(context.Context) // called once the past is there; may be nil

	store     *storage.Store
	keeper    *keeper
	engine    *risk.Engine
	collector *collector.Collector
	backfill  *collector.Backfill // nil when the past is not fetched
	filled    chan struct{}       // a backfill ended well
	revived   chan struct{}       // a cycle went well again
	offline   bool                // the last cycle did not go well
	jobs      []*collector.Job
	compute   prometheus.Histogram
	published pace
	fail      context.CancelCauseFunc
}

// run works until ctx ends or something fails that only a restart can mend.
func (d *daemon) run(ctx context.Context) (err error) {
	ctx, d.fail = context.WithCancelCause(ctx)
	defer d.fail(nil)
	d.started = d.now()
	if err := d.open(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.store.Close()) }()
	if err := d.think(ctx); err != nil {
		return err
	}
	if err := d.bringIn(ctx); err != nil {
		return err
	}
	d.jobs = d.plannedJobs()
	server, listener, err := d.show(ctx)
	if err != nil {
		return err
	}
	d.announce()
	var running sync.WaitGroup
	running.Go(func() { d.serve(server, listener) })
	running.Go(func() { d.collect(ctx) })
	running.Go(func() { d.recall(ctx) })
	running.Go(func() { d.look(ctx) })
	<-ctx.Done()
	d.log.Info("stopping")
	err = shutDown(server)
	running.Wait()
	err = errors.Join(err, d.keeper.close())
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}

// open opens the store, after a look at every byte of it when it was not closed in good
// order.
func (d *daemon) open(ctx context.Context) (err error) {
	path := d.config.Storage.Path
	unclean, err := storage.Unclean(path)
	if err != nil {
		return err
	}
	if unclean {
		d.log.Warn("the database was not closed, checking it", "storage", path)
		d.console.show("  checking " + path)
		err = checkApart(ctx, path)
		d.console.show("")
		if err != nil {
			return err
		}
	}
	shown := &progress{console: d.console}
	defer shown.end()
	upgrade := shown.of("upgrade")
	opts := storage.Options{
		Logger:    d.log,
		Retention: retentionOf(d.config.Storage.Retention),
		Progress:  func(done, total int) { upgrade(int64(done), int64(total)) },
	}
	if d.store, err = storage.Open(path, opts); err != nil {
		return err
	}
	d.store, err = compactAtOpen(d.store, path, opts, shown)
	return err
}

// think brings the numbers of the store back to memory.
func (d *daemon) think(ctx context.Context) error {
	d.compute = metrics.NewComputeDuration()
	d.engine = risk.NewEngine(d.catalogue)
	d.keeper = &keeper{append: d.store.AppendNoted, durable: d.engine.Observe, log: d.log}
	if err := d.engine.Load(ctx, d.store, d.now()); err != nil {
		return fmt.Errorf("read history: %w", err)
	}
	if d.store.Stats().Samples > 0 {
		d.publish()
	}
	return nil
}

// publish computes all numbers anew.
func (d *daemon) publish() {
	snapshot := d.engine.Snapshot(d.now())
	d.compute.Observe(snapshot.Took.Seconds())
}

// recall reads what the layers were like on the days before, as far as that is not known
// yet: what today is compared with.
func (d *daemon) recall(ctx context.Context) {
	if err := d.engine.Recall(ctx, d.store, d.now()); err != nil && ctx.Err() == nil {
		d.log.Warn("history cannot be read whole, the past of the layers may miss members", "error", err)
	}
}

// bringIn sets up what asks the sources.
func (d *daemon) bringIn(ctx context.Context) (err error) {
	d.collector, err = collector.New(collector.Options{
		Catalogue: d.catalogue,
		Sources:   d.sources,
		Schedule:  d.schedule,
		Jitter:    d.jitter,
		Deadline:  d.config.Collector.Deadline,
		MaxAge:    d.config.Collector.MaxAge,
		Last:      d.lastSamples(),
		Keep:      d.keep,
		After:     func(cycle collector.Cycle) { d.after(ctx, cycle) },
		Logger:    d.log,
		Now:       d.now,
	})
	if err == nil && len(d.historians) > 0 {
		d.backfill = backfillOf(d.plan, d.store, d.historians, d.log)
		d.backfill.Keep, d.backfill.Now = d.keepHistory, d.now
		d.filled, d.revived = make(chan struct{}, 1), make(chan struct{}, 1)
	}
	return err
}

func (d *daemon) after(ctx context.Context, cycle collector.Cycle) {
	d.watchNetwork(cycle)
	d.recall(ctx)
	d.publish()
	d.showCycle(cycle)
}

// lastSamples returns what each source said last, so that the gates know it after a
// restart too.
func (d *daemon) lastSamples() []layers.Sample {
	snapshot := d.engine.Latest()
	if snapshot == nil {
		return nil
	}
	var last []layers.Sample
	for _, price := range snapshot.Prices {
		for _, s := range price.Sources {
			last = append(last, layers.Sample{Token: price.Token, Source: s.Source, Time: s.Time, Price: s.Price})
		}
	}
	return last
}

func (d *daemon) newestSample() (newest time.Time) {
	for _, s := range d.lastSamples() {
		if s.Time.After(newest) {
			newest = s.Time
		}
	}
	return newest
}

// keep makes one cycle durable.
func (d *daemon) keep(at time.Time, samples []layers.Sample, note []byte) error {
	if len(note) > storage.MaxNote { // of more tokens than anybody asks about one by one
		d.log.Debug("what a cycle heard is too much to keep", "at", at, "bytes", len(note), "limit", storage.MaxNote)
		note = []byte(notKept)
	}
	return d.vouch(d.keeper.keep(at, samples, note))
}

// vouch ends the process when the store can no longer vouch for what it acknowledges: a
// restart verifies the file.
func (d *daemon) vouch(err error) error {
	if errors.Is(err, storage.ErrFailed) {
		d.fail(err)
	}
	return err
}

// collect asks at once when a slot has passed since the last sample, so that a first
// start shows something, and from then on at every slot.
func (d *daemon) collect(ctx context.Context) {
	if d.schedule.Next(d.newestSample()).Before(d.now()) {
		d.collector.Collect(ctx)
	}
	if err := d.collector.Run(ctx); err != nil && ctx.Err() == nil {
		d.fail(fmt.Errorf("collect: %w", err))
	}
}

// show builds what answers and binds the port, last of all.
func (d *daemon) show(ctx context.Context) (*http.Server, net.Listener, error) {
	view := d.view()
	registry := prometheus.NewRegistry()
	if err := errors.Join(metrics.Register(registry, view), registry.Register(d.compute)); err != nil {
		return nil, nil, err
	}
	mux := http.NewServeMux()
	api.Register(mux, view)
	web.Register(mux, view)
	mux.Handle("/metrics", metrics.Handler(registry))
	if d.config.Web.EnableAdmin {
		mux.Handle("GET "+backupPath, &handout{backup: d.store.Backup, now: d.now, log: d.log})
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", d.config.Web.ListenAddress)
	if err != nil {
		return nil, nil, fmt.Errorf("web.listen_address: %w; another program holds the port, or choose one with --web.listen-address", err)
	}
	return &http.Server{
		Handler:           metrics.ReadOnly(metrics.Marked(view, mux)),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      30 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
		ErrorLog:          slog.NewLogLogger(d.log.Handler(), slog.LevelDebug),
	}, listener, nil
}

func (d *daemon) serve(server *http.Server, listener net.Listener) {
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		d.fail(fmt.Errorf("serve: %w", err))
	}
}

// shutDown lets answers in flight finish, for a while.
func shutDown(server *http.Server) error {
	const patience = 3 * time.Second
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return server.Close()
	}
	return nil
}
