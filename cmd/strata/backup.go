package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"strata/storage"
)

type backupCmd struct {
	settings
	File string `arg:"" help:"File to write. One that is there is replaced once the new one is whole."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// backedUp says what a backup came to.
type backedUp struct {
	File    string  `json:"file"`
	Bytes   int64   `json:"bytes"`
	From    string  `json:"from"`
	Seconds float64 `json:"seconds"`
}

// Run writes a checked copy of the database: the running daemon sends it, or, when none
// runs, it is read from the file.
func (b *backupCmd) Run(ctx context.Context, t terminal) error {
	c, err := b.load()
	if err != nil {
		return err
	}
	if sameFile(b.File, c.Storage.Path) {
		return usageError{fmt.Errorf("%s is the database itself, give another file", b.File)}
	}
	began, done := time.Now(), backedUp{File: b.File}
	shown := newProgress(t.err)
	defer shown.end()
	if base := "http://" + reachable(c.Web.ListenAddress); answers(ctx, base) {
		done.From = "the daemon at " + base
		err = download(ctx, base, b.File, shown.of("backup"))
	} else {
		done.From = "the file " + c.Storage.Path
		err = copyStore(ctx, c.Storage.Path, b.File, shown.of("backup"))
	}
	if err != nil {
		return err
	}
	shown.end()
	info, err := os.Stat(b.File)
	if err != nil {
		return err
	}
	done.Bytes, done.Seconds = info.Size(), time.Since(began).Seconds()
	if b.JSON {
		return printJSON(t.out, done)
	}
	_, err = fmt.Fprintf(t.out, "%s holds %s from %s, checked, after %.1f s\n", done.File, megabytes(done.Bytes), done.From, done.Seconds)
	return err
}

func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

func copyStore(ctx context.Context, from, to string, progress func(done, total int64)) error {
	if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
		return usageError{fmt.Errorf("there is no database at %s and no daemon that has one: %w", from, errNoData)}
	}
	store, err := storage.Open(from, storage.Options{ReadOnly: true})
	if err != nil {
		return err
	}
	return errors.Join(store.BackupFile(ctx, to, progress), store.Close())
}

// backupPath is where a daemon hands out backups, when it was told to.
const backupPath = "/api/v1/backup"

// errNoBackups says that a daemon was not told to hand out backups.
var errNoBackups = errors.New("it does not hand out backups: start it with --web.enable-admin, or stop it and ask again")

// download saves the backup that a daemon sends.
func download(ctx context.Context, base, file string, progress func(done, total int64)) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+backupPath, http.NoBody)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("ask the daemon at %s: %w", base, err)
	}
	defer response.Body.Close()
	switch response.StatusCode {
	case http.StatusOK:
		return storage.SaveBackup(file, &tracked{from: response.Body, total: storeBytes(ctx, base), progress: progress})
	case http.StatusNotFound:
		return usageError{fmt.Errorf("ask the daemon at %s: %w", base, errNoBackups)}
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	return errors.Join(fmt.Errorf("ask the daemon at %s: %w", base, problem(response.StatusCode, body)), err)
}

// storeBytes asks how long the file is, which is about what a backup will be; 0 stands
// for not known.
func storeBytes(ctx context.Context, base string) int64 {
	var status struct {
		Store struct {
			Bytes int64 `json:"bytes"`
		} `json:"store"`
	}
	if (&oracle{base: base}).get(ctx, "/api/v1/status", nil, &status) != nil {
		return 0
	}
	return status.Store.Bytes
}

// tracked is a reader that says how far it has come.
type tracked struct {
	from        io.Reader
	done, total int64
	progress    func(done, total int64)
}

func (t *tracked) Read(bytes []byte) (int, error) {
	n, err := t.from.Read(bytes)
	t.done += int64(n)
	t.progress(min(t.done, t.total), t.total)
	return n, err
}
