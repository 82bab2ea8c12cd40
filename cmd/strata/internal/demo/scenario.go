package demo

import (
	"embed"
	"errors"
	"fmt"
	"strings"

	"strata/cmd/strata/internal/demo/recording"
)

//go:embed june-2025.rec crash-2025.rec ftx-2022.rec
var recordings embed.FS

// names are the scenarios; the first is the default.
const names = "june-2025 crash-2025 ftx-2022"

// ErrScenario says that there is no such scenario.
var ErrScenario = errors.New("unknown scenario")

// Scenario is a recording that can be replayed.
type Scenario struct {
	Name    string // "june-2025"
	Summary string // one line
}

// Scenarios lists what can be replayed, the default first.
func Scenarios() ([]Scenario, error) {
	var scenarios []Scenario
	for name := range strings.FieldsSeq(names) {
		data, err := load(name)
		if err != nil {
			return nil, err
		}
		header, err := recording.DecodeHeader(data)
		if err != nil {
			return nil, fmt.Errorf("read recording %s: %w", name, err)
		}
		scenarios = append(scenarios, Scenario{Name: name, Summary: header.Summary})
	}
	return scenarios, nil
}

// load returns an embedded recording.
func load(name string) ([]byte, error) {
	data, err := recordings.ReadFile(name + ".rec")
	if err != nil {
		return nil, fmt.Errorf("%w %q, want one of %s", ErrScenario, name, strings.ReplaceAll(names, " ", ", "))
	}
	return data, nil
}
