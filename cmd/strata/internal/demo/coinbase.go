package demo

import (
	"net/http"
	"time"

	"strata/collector/coinbase"
)

// coinbaseTrade is the ticker of one product. The recording has closes only: bid
// and ask are the close, the trade is numbered by its time and is of one unit.
type coinbaseTrade struct {
	Ask     string    `json:"ask"`
	Bid     string    `json:"bid"`
	Volume  string    `json:"volume"`
	TradeID int64     `json:"trade_id"`
	Price   string    `json:"price"`
	Size    string    `json:"size"`
	Time    time.Time `json:"time"`
}

// coinbaseTicker answers /products/{product}/ticker.
func (s *server) coinbaseTicker(w http.ResponseWriter, r *http.Request) {
	price, closed, ok := s.quote(coinbase.Name, r.PathValue("product"))
	if !ok {
		answer(w, http.StatusNotFound, map[string]string{"message": "NotFound"})
		return
	}
	text := price.String()
	answer(w, http.StatusOK, coinbaseTrade{
		Ask: text, Bid: text, Price: text, Volume: "1", Size: "1", TradeID: closed.Unix(), Time: closed,
	})
}
