package layers

import "time"

// Candle is what an exchange says about one token over one interval: the first,
// highest, lowest and last price in US dollars, and the amount traded.
type Candle struct {
	Token                       string        // slug of the catalogue
	Source                      string        // name of the source
	Open                        time.Time     // start of the interval
	Interval                    time.Duration // length of the interval
	OpenPrice, High, Low, Close Decimal       // US dollars, exact
	Volume                      Decimal       // as the source counts it, in tokens or in dollars
}
