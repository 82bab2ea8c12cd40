package config

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Faults are all the things that are wrong with a configuration. Each reads as one
// line: where, what was found and what is wanted.
type Faults []string

// Error returns the faults, a line each.
func (f Faults) Error() string { return strings.Join(f, "\n") }

// Load reads a file over the defaults, lets override have the last word, and checks
// the result. A path of "" stands for no file. What is wrong is returned as
// [Faults], all of it at once; a file that cannot be read is another error.
func Load(path string, override func(*Config)) (Config, error) {
	config := Default()
	faults, err := config.read(path)
	if err != nil {
		return config, err
	}
	override(&config)
	if faults = append(faults, config.Check()...); faults != nil {
		return config, faults
	}
	return config, nil
}

func (c *Config) read(path string) (Faults, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read configuration: %w", err)
	}
	if len(bytes.TrimSpace(stripComments(text))) == 0 {
		return nil, nil
	}
	return faultsOf(path, yaml.Load(text, c, yaml.WithKnownFields())), nil
}

// stripComments drops comment lines, so that a file of nothing else counts as
// empty rather than as a document that is missing.
func stripComments(text []byte) []byte {
	var kept [][]byte
	for line := range bytes.Lines(text) {
		if !bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			kept = append(kept, line)
		}
	}
	return bytes.Join(kept, nil)
}

func faultsOf(path string, err error) Faults {
	if err == nil {
		return nil
	}
	if several, ok := errors.AsType[*yaml.LoadErrors](err); ok {
		faults := make(Faults, len(several.Errors))
		for i, fault := range several.Errors {
			faults[i] = fmt.Sprintf("%s:%d: %s", path, fault.Mark.Line, plain(fault.Message))
		}
		return faults
	}
	if one, ok := errors.AsType[*yaml.LoadError](err); ok {
		return Faults{fmt.Sprintf("%s:%d: not valid YAML: %s", path, one.Mark.Line, one.Message)}
	}
	return Faults{fmt.Sprintf("%s: %v", path, err)}
}

var (
	unknownField = regexp.MustCompile(`^field (\S+) not found in type`)
	wrongKind    = regexp.MustCompile("^cannot construct !!\\w+(?: `(.*)`)? into (\\S+)$")
)

// plain says in an operator's words what the YAML library says in terms of Go types.
func plain(message string) string {
	if m := unknownField.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("unknown setting %q; config.example.yaml lists them all", m[1])
	}
	if m := wrongKind.FindStringSubmatch(message); m != nil {
		return fmt.Sprintf("found %q, want %s", m[1], kind(m[2]))
	}
	return message
}

func kind(goType string) string {
	switch goType {
	case "time.Duration":
		return "a duration with its unit, such as 20s or 10m"
	case "int":
		return "a whole number"
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	}
	return "a section of settings"
}
