// Package kraken reads the prices of Kraken: one call brings the last trade of every
// pair asked for, another the newest 719 candles of one pair.
//
// The pairs are named as the catalogue names them ("TAO/USD"), which Kraken does on
// request (assetVersion=1). A failure comes as HTTP 200 with a list of errors, and
// one pair that Kraken does not know spoils the whole batch: then all pairs are
// asked for at once and those not among them are left out of the next hour's
// batches. Kraken gives no time of a price; a market without a trade in 24 hours is
// taken for silent. Of candles there are never more than the newest, whatever is
// asked for, and one in which nobody traded repeats the close before it.
package kraken
