// Package metricstest is the market that the tests of metrics and the packages below
// it are about: two layers, seven tokens and projects, one snapshot whose numbers are
// literals, and a history with a closed form.
package metricstest
