// Package volatility holds the estimators as pure functions of plain numbers, with
// the standard library only.
//
// Everything annualised is a ratio: 0.8 is 80 % a year. A year has 365 days, also a
// leap year. What is called a variance, and a fit of variances, is in squared log
// returns of its own span; [PerYear] makes a volatility of it.
//
// Given the returns of finite prices nothing here returns NaN or an infinity. A sum
// over nothing is 0; an estimator that does not exist for what it was given, because
// that is too little or not what the formula is about, returns ok = false. How many returns are enough for a number worth showing is
// the caller's rule. Prices that do not move have a volatility of exactly 0.
package volatility
