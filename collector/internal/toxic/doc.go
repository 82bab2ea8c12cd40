// Package toxic puts Toxiproxy between a source and its server and has it delay, slice,
// cut, choke and reset what goes through. It consists of tests only and is a module of
// its own, so that nothing of it reaches strata:
//
//	cd collector/internal/toxic && go test .
package toxic
