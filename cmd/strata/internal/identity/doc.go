// Package identity finds out whether the names in a catalogue still mean the coins that
// they are meant to mean. A ticker is no identity, so every name is held against what
// cannot be mistaken: the price that the other sources have for the token, the time of
// that price, and CoinGecko's list of all coins.
//
// It promises that a finding names the line of the catalogue and, where that is
// possible, the line to write instead; and that what cannot be told from the answers is
// said to be so, never guessed.
package identity
