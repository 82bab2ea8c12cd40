// Package recording is the form in which the demo carries recorded closes: one
// small file a scenario, which a person can look into with head -2.
//
// A file is the line "strata recording 1", a line of JSON that says what is
// recorded ([Header]), and one zstd frame, checksummed, with the closes of every
// series in the order of the header. A series is a sequence of runs, stretches of
// bars at equal distance; a gap ends a run. All integers are varints:
//
//	series = count of runs, run*
//	run    = seconds between bars, close time of the first bar (signed), count of bars,
//	         finest exponent (signed), tick, exponent*, coefficient*
//
// A close is coefficient × 10^exponent. Exponents are stored as the distance to
// the finest of the run, so that 0.70 and 0.700 both come back as they were
// written. Coefficients are brought to the finest exponent, divided by the tick
// (their greatest common divisor) and stored as the difference to the one before.
//
// What was encoded is decoded exactly, and what is not a recording is an error,
// never a panic and never an allocation larger than the file warrants.
package recording
