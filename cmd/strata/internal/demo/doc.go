// Package demo replays recorded market data as if it happened now: a server on
// loopback that speaks the formats of the real sources out of a recording, the
// clock that goes with it, and the catalogue of the tokens in it. The real
// collector pulls from it, offline.
//
// It promises that
//
//   - every price is a recorded close, exact to the digit, given from the moment
//     its bar had closed, with that moment as its time, never in the future of the
//     wall clock; nothing is carried into a gap or beyond the end;
//   - the answers have the form of the real ones, errors included;
//   - nobody outside this machine can reach it, and it asks nobody.
//
// README.md says where the recordings come from. They are made by the command in
// the folder record, in the format of package recording.
package demo
