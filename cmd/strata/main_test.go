package main

import (
	"os"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asCommand makes the test binary the command itself, so that tests can start, signal
// and kill the real process.
const asCommand = "STRATA_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"strata": main})
}

// Every file of testdata/script is a session at a terminal: what is typed, what must
// come out, and with which exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv(asCommand, "1") // also to itself
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
			// Nothing listens on the discard port of loopback: whoever asks for a running
			// daemon finds none.
			env.Setenv("STRATA_WEB_LISTEN_ADDRESS", "127.0.0.1:9")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits},
	})
}

// exits CODE COMMAND...: runs the command in the test process and wants that code.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	want := args[0]
	err := ts.Exec(args[1], args[2:]...)
	got := "0"
	if err != nil {
		got = err.Error()
	}
	if got != want && got != "exit status "+want {
		ts.Fatalf("%v ended with %q, want %s", args[1:], got, want)
	}
}
