// Package api is the HTTP API, /api/v1, described by OpenAPI 3.1 at /openapi.json.
//
// It promises:
//
//   - JSON, times in RFC 3339 and UTC (questions may also use Unix seconds),
//     volatilities as ratios, 0.8 is 80 % a year, prices with all their digits;
//   - a number that is withheld is null, and reasons says why, by field;
//   - an error is application/problem+json (RFC 9457) and names the parameter, its
//     value and what is allowed; a parameter that nobody knows is an error too;
//   - a question about the past costs what it may cost and no more: eight at a
//     time, five seconds each, 11,000 points.
//
// What is known now is read from the newest snapshot and costs no history.
package api
