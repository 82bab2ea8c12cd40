package config

// Sources says which sources are asked. A source is a field here, one in [Default], a line
// in All, and one in the command's table of sources.
type Sources struct {
	CoinGecko   CoinGecko `yaml:"coingecko"`
	Kraken      Source    `yaml:"kraken"`
	Coinbase    Source    `yaml:"coinbase"`
	Gate        Source    `yaml:"gate"`
	KuCoin      Source    `yaml:"kucoin"`
	OKX         Source    `yaml:"okx"`
	Binance     Source    `yaml:"binance"`
	DefiLlama   Source    `yaml:"defillama"`
	CoinPaprika Source    `yaml:"coinpaprika"`
	Custom      []Custom  `yaml:"custom"`
}

// Source is one source of prices.
type Source struct {
	Enabled bool   `yaml:"enabled"`
	BaseURL string `yaml:"base_url"`
}

// CoinGecko is a source that takes an optional key.
type CoinGecko struct {
	Enabled bool   `yaml:"enabled"`
	BaseURL string `yaml:"base_url"`
	Plan    string `yaml:"plan"`     // public, demo or pro
	KeyFile string `yaml:"key_file"` // file that holds the key of the plan; "" for $STRATA_COINGECKO_KEY
}

// Custom is a source that is given by configuration alone. What is wrong with it is said by
// whoever opens it.
type Custom struct {
	Name      string            `yaml:"name"`       // how the metrics call it
	URL       string            `yaml:"url"`        // with {symbols}, {symbol} or neither
	KeyHeader string            `yaml:"key_header"` // header that carries a key; "" for none
	KeyFile   string            `yaml:"key_file"`   // file that holds the key
	Currency  string            `yaml:"currency"`   // USD, the default, or USDT
	Price     string            `yaml:"price"`      // path to the price
	Number    string            `yaml:"number"`     // number, string or "" for either
	Time      string            `yaml:"time"`       // path to its time; "" for none
	TimeUnit  string            `yaml:"time_unit"`  // s, ms or rfc3339
	Volume    string            `yaml:"volume"`     // path to what was traded in 24 hours; "" for none
	Batch     int               `yaml:"batch"`      // most symbols of one call; 0 for 100
	Symbols   map[string]string `yaml:"symbols"`    // what it calls a token, by slug
}

// All returns the built-in sources by the name of their section.
func (s Sources) All() map[string]Source {
	return map[string]Source{
		"coingecko": {Enabled: s.CoinGecko.Enabled, BaseURL: s.CoinGecko.BaseURL},
		"kraken":    s.Kraken, "coinbase": s.Coinbase, "gate": s.Gate, "kucoin": s.KuCoin, "okx": s.OKX,
		"binance": s.Binance, "defillama": s.DefiLlama, "coinpaprika": s.CoinPaprika,
	}
}
