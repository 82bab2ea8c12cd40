package coingecko

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"strata/collector"
	"strata/collector/decode"
)

// Coin is an entry of CoinGecko's list of all coins. Several coins have one symbol; none
// has the id of another.
type Coin struct {
	ID     string `json:"id"`
	Symbol string `json:"symbol"` // as CoinGecko writes it, mostly in lower case
	Name   string `json:"name"`
}

// Coins asks for all coins that CoinGecko knows now, some 18,000 in one call.
func (c *Client) Coins(ctx context.Context) ([]Coin, error) {
	body, err := c.http.Get(ctx, "/coins/list", url.Values{"include_platform": {"false"}})
	if err != nil {
		return nil, understand(err)
	}
	return DecodeCoins(body)
}

// DecodeCoins reads an answer of /coins/list. The error is a [*collector.Error].
//
//	[{"id":"bitcoin","symbol":"btc","name":"Bitcoin"}, ...]
//
// A list in which an id is missing or stands twice is no list to judge others by.
func DecodeCoins(body []byte) ([]Coin, error) {
	if len(body) > 0 && body[0] == '{' {
		var members decode.Members
		if err := members.Table(body); err == nil {
			if err := errorInside(&members); err != nil {
				return nil, err
			}
		}
	}
	var coins []Coin
	if err := json.Unmarshal(body, &coins); err != nil {
		return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("list of coins: %w", err))
	}
	if len(coins) == 0 {
		return nil, collector.NewError(collector.BadAnswer, errors.New("list of coins: it is empty"))
	}
	seen := make(map[string]bool, len(coins))
	for i, coin := range coins {
		if coin.ID == "" || seen[coin.ID] {
			return nil, collector.NewError(collector.BadAnswer, fmt.Errorf("list of coins: entry %d has the id %q, which is missing or taken", i+1, coin.ID))
		}
		seen[coin.ID] = true
	}
	return coins, nil
}
