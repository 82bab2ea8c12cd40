// Package market holds the price histories that the benchmarks are run on: recorded
// minutes, minutes from a folder of CSV files, and generated ones of any size.
//
// The same history comes out of every walk over it, so that each store of a
// benchmark is given the same samples in the same order.
package market
