package metrics

import (
	"time"

	"strata/layers"
)

// Heard is what one cycle heard of a token from all sources, and what it made of it.
type Heard struct {
	Cycle     time.Time
	Agreement *Agreement     // nil when the cycle did not ask for the token
	Tether    layers.Decimal // US dollars for one USDT; zero when the cycle did not know
	Down      []string       // sources that did not answer, or were left alone
	Quotes    []HeardQuote   // by source
}

// HeardQuote is what one source said, or failed to say.
type HeardQuote struct {
	Source   string
	Price    layers.Decimal // as quoted; zero when there was none
	Currency string         // of Price: "USD", "USDT"
	Dollars  layers.Decimal // Price in US dollars; zero when that cannot be told
	Time     time.Time      // the source's own; zero when it gave none
	Used     bool           // counts in the price: accepted, or a repeat of what was
	Reason   string         // why it was not accepted; "" when it was
	Detail   string         // in words, where the reason does not say it all
}
