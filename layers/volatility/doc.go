// Package volatility holds the estimators as pure functions of plain numbers.
//
// Everything is a ratio: 0.8 is 80 % a year. A year has 365 days, also a leap
// year. Functions need no state, allocate nothing that grows, never return NaN
// for input without NaN, and use the standard library only.
package volatility
