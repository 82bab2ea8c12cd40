package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"strata/metrics"
)

// handout sends backups of the store, one at a time.
type handout struct {
	backup func(context.Context, io.Writer) (int64, error)
	now    func() time.Time
	log    *slog.Logger
	busy   sync.Mutex
}

// patience is how long a client may take to accept the next piece of a backup.
const patience = time.Minute

func (h *handout) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.busy.TryLock() {
		w.Header().Set("Retry-After", "60")
		metrics.WriteProblem(w, http.StatusServiceUnavailable, "a backup is being sent already, ask again")
		return
	}
	defer h.busy.Unlock()
	name := "strata-" + h.now().UTC().Format("20060102T150405Z") + ".db"
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	w.Header().Set("Cache-Control", "no-store")
	if r.Method == http.MethodHead {
		return
	}
	sent := &sender{to: w, control: http.NewResponseController(w)}
	n, err := h.backup(r.Context(), sent)
	switch {
	case err == nil:
		h.log.Info("backup sent", "bytes", n)
	case sent.begun:
		h.log.Warn("backup broken off", "bytes", n, "error", err)
		panic(http.ErrAbortHandler) // so that the client knows it is not whole
	default:
		h.log.Error("no backup", "error", err)
		w.Header().Del("Content-Disposition")
		metrics.WriteProblem(w, http.StatusInternalServerError, err.Error())
	}
}

// sender writes to a client that may be slow but has to go on.
type sender struct {
	to      io.Writer
	control *http.ResponseController
	begun   bool
}

func (s *sender) Write(piece []byte) (int, error) {
	s.begun = true
	if err := s.control.SetWriteDeadline(time.Now().Add(patience)); err != nil {
		return 0, err
	}
	return s.to.Write(piece)
}
