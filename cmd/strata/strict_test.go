package main

import (
	"flag"
	"time"
)

var strict = flag.Bool("strict", false, "hold everything to the time that is promised for it, which takes a machine with nothing else to do")

// allowed is how long something may take in this run that is promised to take no longer
// than a time.
func allowed(promised time.Duration) time.Duration {
	if *strict {
		return promised
	}
	return max(promised, time.Minute)
}
