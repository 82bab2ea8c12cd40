package main

import (
	"fmt"
	"testing"
)

func TestAnInstallationAlwaysAsksAtTheSameMomentAndNotAllAtOnce(t *testing.T) {
	moments := make(map[string]bool)
	for i := range 100 {
		path := fmt.Sprintf("/var/lib/strata-%d/strata.db", i)
		j := jitterOf(path)
		if j < 0 || j >= maxJitter || j != jitterOf(path) {
			t.Errorf("%s: %s", path, j)
		}
		moments[j.String()] = true
	}
	if len(moments) < 90 {
		t.Errorf("100 installations ask at %d moments", len(moments))
	}
}
