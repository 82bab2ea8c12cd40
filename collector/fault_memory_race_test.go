//go:build race

package collector_test

// memoryFactor is how much more memory a process takes under the race detector, which
// keeps up to eight bytes of its own beside each one (go.dev/doc/articles/race_detector).
const memoryFactor = 8
