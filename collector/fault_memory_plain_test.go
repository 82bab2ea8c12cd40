//go:build !race

package collector_test

const memoryFactor = 1
