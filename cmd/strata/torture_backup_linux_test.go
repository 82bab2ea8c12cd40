package main

import (
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"strata/layers"
	"strata/storage"
)

var tortureBackups = flag.Int("torture.backups", 2, "how often a backup of a running daemon is broken off")

// Row 14. A daemon sends backups while it stores a cycle a second. The one who asks is
// killed, or the daemon is, at any moment of it. What has the name of the backup is whole,
// and once restored holds what the store held when it was asked for, and nothing that the
// store does not; what was broken off is gone after the next backup.
func TestTortureABackupUnderLoadIsWholeOrNotThere(t *testing.T) {
	t.Parallel()
	b := breaking{t: t, path: filepath.Join(t.TempDir(), "strata.db"), dir: t.TempDir()}
	addHistory(t, b.path)
	b.start()
	began := time.Now()
	b.take() // undisturbed, to know how long one takes
	takes := time.Since(began)
	var whole int
	for round := range *tortureBackups {
		acknowledged, before := b.p.cycles(), b.contents()
		if b.broken(rand.N(takes), round%2 == 0); b.exists() {
			whole++
			b.drill(acknowledged, before)
		}
	}
	acknowledged, before := b.p.cycles(), b.contents()
	b.take()
	b.drill(acknowledged, before)
	for _, dir := range []string{b.dir, filepath.Dir(b.path)} {
		entries, err := os.ReadDir(dir)
		if err != nil || len(entries) != 1 {
			t.Errorf("there are %v, want one file: error %v", entries, err)
		}
	}
	b.p.stop()
	t.Logf("a backup takes %s; of %d broken off, %d were whole, none was a part", takes.Round(time.Millisecond), *tortureBackups, whole)
}

// addHistory makes a store long enough for its backup to take a while, of days that do
// not expire.
func addHistory(t *testing.T, path string) {
	t.Helper()
	store, err := storage.Open(path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(14, 14))
	begin := time.Now().Truncate(24*time.Hour).AddDate(0, 0, -80)
	for _, token := range []string{"akash", "bittensor", "near", "render"} {
		history := make([]layers.Sample, 100_000)
		for i := range history {
			price := layers.Decimal{Coefficient: 1 + random.Int64N(1e15), Exponent: -12} // noise does not pack
			history[i] = layers.Sample{Token: token, Source: "noise", Time: begin.Add(time.Duration(i) * time.Minute), Price: price}
		}
		if _, err := store.Import(history); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
}

// breaking breaks backups of a daemon off.
type breaking struct {
	t    *testing.T
	path string // of the store
	dir  string // that backups go to
	p    *process
}

func (b *breaking) start() {
	b.t.Helper()
	b.p = start(b.t, "demo", "--storage.path", b.path, "--speed", "60", "--web.enable-admin")
	b.p.await(30*time.Second, "readiness", b.p.ready)
	b.p.more(1)
}

func (b *breaking) file() string { return filepath.Join(b.dir, "backup.db") }

func (b *breaking) exists() bool { _, err := os.Stat(b.file()); return err == nil }

func (b *breaking) args() []string {
	return []string{"backup", b.file(), "--web.listen-address", strings.TrimPrefix(b.p.base, "http://")}
}

// take takes a backup undisturbed.
func (b *breaking) take() {
	b.t.Helper()
	if out, err := command(b.t, b.args()...).CombinedOutput(); err != nil || !strings.Contains(string(out), "from the daemon") {
		b.t.Fatalf("%v: %s", err, out)
	}
}

// broken asks for a backup where there is none, and after a while kills the one who asks
// or the daemon, which is started again.
func (b *breaking) broken(after time.Duration, client bool) {
	b.t.Helper()
	if err := os.RemoveAll(b.file()); err != nil {
		b.t.Fatal(err)
	}
	asking := command(b.t, b.args()...)
	if client {
		killed(b.t, asking, after)
		return
	}
	if err := asking.Start(); err != nil {
		b.t.Fatal(err)
	}
	timer := time.NewTimer(after)
	<-timer.C
	b.p.kill()
	if err := asking.Wait(); err == nil != b.exists() {
		b.t.Errorf("the daemon died, the one who asked says %v, that there is a file is %t", err, b.exists())
	}
	b.start()
}

// drill restores the backup. It holds every cycle that had been acknowledged and all else
// that the store held before, and nothing that the store does not hold now.
func (b *breaking) drill(acknowledged []cycleLine, before map[sampleKey]layers.Sample) {
	b.t.Helper()
	restored := filepath.Join(b.t.TempDir(), "restored.db")
	if out, err := command(b.t, "restore", b.file(), "--storage.path", restored).CombinedOutput(); err != nil {
		b.t.Fatalf("%v: %s", err, out)
	}
	checkStored(b.t, restored, acknowledged)
	has, now := contents(b.t, restored), b.contents()
	for key, want := range before {
		if has[key] != want {
			b.t.Fatalf("the store held %v, the backup has %v", want, has[key])
		}
	}
	for key, got := range has {
		if now[key] != got {
			b.t.Fatalf("the backup has %v, the store %v", got, now[key])
		}
	}
}

// contents reads a copy of the store of the running daemon.
func (b *breaking) contents() map[sampleKey]layers.Sample {
	b.t.Helper()
	copied := filepath.Join(b.t.TempDir(), "copy.db")
	b.p.copyStopped(b.path, copied)
	return contents(b.t, copied)
}

type sampleKey struct {
	token, source, field string
	millis               int64
}

// contents reads all of a store.
func contents(t *testing.T, path string) map[sampleKey]layers.Sample {
	t.Helper()
	store, err := storage.Open(path, storage.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	list, err := store.Series()
	if err != nil {
		t.Fatal(err)
	}
	all := map[sampleKey]layers.Sample{}
	for _, of := range list {
		for _, field := range []string{storage.FieldPrice, storage.FieldVolume, storage.FieldMarketCap} {
			for sample, err := range store.Finest(storage.Query{Token: of.Token, Source: of.Source, Field: field}) {
				if err != nil {
					t.Fatal(err)
				}
				all[sampleKey{of.Token, of.Source, field, sample.Time.UnixMilli()}] = sample
			}
		}
	}
	return all
}
