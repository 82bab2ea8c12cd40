package main

import (
	"testing"
	"time"
)

// Row 33. A daemon with 64 file descriptors and a goal of 64 MiB for its heap works. When
// clients take all the descriptors it may fail to ask and to answer, but it stays, and
// works again when they are gone.
func TestTortureADaemonWithFewDescriptorsAndLittleMemoryStaysUp(t *testing.T) {
	t.Parallel()
	p := startUnder(t, []string{"prlimit", "--nofile=64", "--"}, []string{"GOMEMLIMIT=64MiB"},
		"demo", "--storage.path", t.TempDir()+"/strata.db", "--speed", "60")
	p.await(30*time.Second, "readiness", p.ready)
	p.more(1)
	if most := p.metric("process_max_fds"); most != 64 {
		t.Fatalf("%g file descriptors, want 64", most)
	}
	connections := p.connect(100) // the system takes them in, the process cannot
	before := len(p.finished())
	p.await(time.Minute, "cycles, whatever comes of them", func() bool { return len(p.finished()) >= before+*tortureCycles })
	for _, c := range connections {
		_ = c.Close()
	}
	p.more(*tortureCycles)
	p.await(30*time.Second, "readiness", p.ready)
	p.answers()
	t.Logf("RSS %.0f MiB after %d cycles, %d of them failed", p.metric("process_resident_memory_bytes")/(1<<20), len(p.finished()), countFailed(p))
	p.stop()
}
