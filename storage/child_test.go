package storage

import (
	"bufio"
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"strata/layers"
)

const childVariable = "STRATA_STORAGE_TEST_CHILD"

// TestMain lets the test binary play another process, which the variable names.
func TestMain(m *testing.M) {
	role, path, _ := strings.Cut(os.Getenv(childVariable), ":")
	var err error
	switch role {
	case "":
		os.Exit(m.Run())
	case "collect":
		err = collect(path)
	case "hold":
		err = hold(path)
	case "limit":
		err = limit(path)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

// child prepares this binary to run in a role on a file.
func child(t testing.TB, role, path string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), childVariable+"="+role+":"+path)
	return cmd
}

// cycleOf makes cycle number i, of many tokens, with prices that tell it apart.
func cycleOf(i int) []layers.Sample {
	at := midnight.Add(time.Duration(i) * 7 * time.Second)
	samples := make([]layers.Sample, 40)
	for k := range samples {
		price := layers.Decimal{Coefficient: int64(i*100 + k + 1), Exponent: -3}
		samples[k] = layers.Sample{Token: "token-" + strconv.Itoa(k), Source: "kraken", Time: at, Price: price}
	}
	return samples
}

// collect appends cycles for ever, from the first that is missing, and prints the
// number of each once it is acknowledged.
func collect(path string) error {
	s, err := Open(path, Options{LockTimeout: 5 * time.Second})
	if err != nil {
		return err
	}
	next := 0
	for range s.Samples("token-0", layers.Span{}) {
		next++
	}
	for ; ; next++ {
		if err := s.Append(cycleOf(next)); err != nil {
			return err
		}
		fmt.Println(next)
	}
}

// hold keeps the file open until its standard input ends.
func hold(path string) error {
	if _, err := Open(path, Options{}); err != nil {
		return err
	}
	fmt.Println("open")
	_, err := bufio.NewReader(os.Stdin).ReadString('\n')
	return err
}

// limit appends until the system refuses to let the file grow, and prints what the
// store says then and later.
func limit(path string) error {
	s, err := Open(path, Options{})
	if err != nil {
		return err
	}
	s.db.AllocSize = 1 << 16 // to be there soon
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 3 << 17, Max: 3 << 17}); err != nil {
		return err
	}
	next := 0
	for err = s.Append(cycleOf(next)); err == nil; err = s.Append(cycleOf(next)) {
		next++
	}
	fmt.Printf("%d\n%v\n%v\n", next, err, s.Append(cycleOf(0)))
	return s.Close()
}

func TestNoAcknowledgedCycleIsLostWhenTheProcessIsKilled(t *testing.T) {
	path := t.TempDir() + "/strata.db"
	acknowledged := -1
	for round := range 10 {
		cmd := child(t, "collect", path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		for target := acknowledged + 30 + 37*round; acknowledged < target && lines.Scan(); {
			if acknowledged, err = strconv.Atoi(lines.Text()); err != nil {
				t.Fatalf("child said %q", lines.Text())
			}
		}
		_ = cmd.Process.Kill() // in the middle of a later cycle
		for lines.Scan() {
			acknowledged, _ = strconv.Atoi(lines.Text())
		}
		_ = cmd.Wait()
		verifyCycles(t, path, acknowledged)
	}
}

// verifyCycles checks every acknowledged cycle, and that no more than the one under
// way is there beside them.
func verifyCycles(t *testing.T, path string, acknowledged int) {
	t.Helper()
	s := openStore(t, path)
	defer s.Close()
	for k := range 40 {
		got := read(t, s, "token-"+strconv.Itoa(k), layers.Span{})
		if len(got) != acknowledged+1 && len(got) != acknowledged+2 {
			t.Fatalf("token %d has %d samples after %d acknowledged cycles", k, len(got), acknowledged+1)
		}
		for i, sample := range got {
			if sample != cycleOf(i)[k] {
				t.Fatalf("cycle %d: %v, want %v", i, sample, cycleOf(i)[k])
			}
		}
	}
}

func TestASecondProcessIsToldWhoHasTheFile(t *testing.T) {
	path := t.TempDir() + "/strata.db"
	cmd := child(t, "hold", path)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{false, true} {
		started := time.Now()
		_, err := Open(path, Options{ReadOnly: readOnly})
		want := "open store " + path + ": another process holds the file: stop it, or ask the running daemon over HTTP"
		if err == nil || err.Error() != want {
			t.Errorf("error %v\nwant  %s", err, want)
		}
		if took := time.Since(started); took > Allowed(2*time.Second) {
			t.Errorf("it took %v to say so", took)
		}
	}
	fmt.Fprintln(in)
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	openStore(t, path)
}

func TestAfterAFailedWriteNothingIsAcknowledgedAndNothingIsLost(t *testing.T) {
	path := t.TempDir() + "/strata.db"
	out, err := child(t, "limit", path).Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(string(bytes.TrimSpace(out)), "\n")
	stored, _ := strconv.Atoi(lines[0])
	if len(lines) != 3 || stored < 100 {
		t.Fatalf("child said %q", out)
	}
	for _, line := range lines[1:] {
		if !strings.HasPrefix(line, "append cycle: "+ErrFailed.Error()) {
			t.Errorf("append said %q, want %q", line, ErrFailed)
		}
	}
	verifyCycles(t, path, stored-1)
}
