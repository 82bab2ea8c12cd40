package config

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func unchanged(*Config) {}

func TestTheExampleFileIsTheDefaults(t *testing.T) {
	got, err := Load(filepath.Join("..", "..", "..", "..", "config.example.yaml"), unchanged)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Errorf("config.example.yaml differs from the defaults (-default +example):\n%s", diff)
	}
}

func TestTheDefaultsHaveNoFault(t *testing.T) {
	if faults := Default().Check(); faults != nil {
		t.Error(faults)
	}
}

func TestAFileOfCommentsIsTheDefaults(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("# nothing yet\n\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path, unchanged)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(Default(), got); diff != "" {
		t.Error(diff)
	}
}

func TestAFlagWinsOverTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte("log: {level: warn}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path, func(c *Config) { c.Log.Level = "debug" })
	if err != nil || got.Log.Level != "debug" {
		t.Errorf("level is %q, %v", got.Log.Level, err)
	}
}

// Each bad file begins with the messages that it must give: these and no others.
func TestEveryFaultOfABadFileIsReportedAtOnce(t *testing.T) {
	paths, err := filepath.Glob("testdata/bad/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatal("no bad files", err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			_, err := Load(path, unchanged)
			faults, ok := errors.AsType[Faults](err)
			if !ok {
				t.Fatalf("got %v, want faults", err)
			}
			got := make([]string, len(faults))
			for i, fault := range faults {
				got[i] = strings.TrimPrefix(fault, path)
			}
			if diff := cmp.Diff(wanted(t, path), got); diff != "" {
				t.Errorf("faults differ (-want +got):\n%s", diff)
			}
		})
	}
}

func wanted(t *testing.T, path string) []string {
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var messages []string
	for line := range strings.Lines(string(text)) {
		if message, ok := strings.CutPrefix(line, "# want: "); ok {
			messages = append(messages, strings.TrimSuffix(message, "\n"))
		}
	}
	return messages
}

func TestTheStateDirectoryFollowsTheServiceManagerThenXDG(t *testing.T) {
	t.Setenv("STATE_DIRECTORY", "")
	t.Setenv("XDG_STATE_HOME", "/xdg")
	if got := Default().Storage.Path; got != filepath.FromSlash("/xdg/strata/strata.db") {
		t.Error(got)
	}
	t.Setenv("STATE_DIRECTORY", "/var/lib/strata")
	if got := Default().Storage.Path; got != filepath.FromSlash("/var/lib/strata/strata.db") {
		t.Error(got)
	}
}
