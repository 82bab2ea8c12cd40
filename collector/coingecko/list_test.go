package coingecko

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"strata/collector"
)

func TestTheListOfCoinsIsReadAsItWasRecorded(t *testing.T) {
	body, err := os.ReadFile("testdata/coins-list.json")
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v3/coins/list" || r.URL.RawQuery != "include_platform=false" {
			t.Errorf("asked for %s", r.URL)
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		_, _ = w.Write(body)
	}))
	defer server.Close()
	coins, err := New(Options{BaseURL: server.URL + "/api/v3"}).Coins(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for symbol, want := range map[string]string{
		"ath": "aethir all-time-high-degen athena-finance athenadao-token high-af",
		"lit": "lit litentry timeless", "snm": "snailmoon", "asi": "altsignals sender-ai", "rndr": "", "render": "render-token",
		"akt": "akash-network akita-inu-2",
	} {
		var ids []string
		for _, coin := range coins {
			if coin.Symbol == symbol {
				ids = append(ids, coin.ID)
			}
		}
		slices.Sort(ids)
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s is %q, want %q", symbol, got, want)
		}
	}
	if i := slices.IndexFunc(coins, func(c Coin) bool { return c.ID == "bittensor" }); coins[i] != (Coin{"bittensor", "tao", "Bittensor"}) {
		t.Errorf("%+v", coins[i])
	}
}

func TestWhatIsNoListOfCoinsIsRefused(t *testing.T) {
	for body, kind := range map[string]collector.Kind{
		``: collector.BadAnswer, `null`: collector.BadAnswer, `[]`: collector.BadAnswer, `<html>`: collector.BadAnswer,
		`{}`: collector.BadAnswer, `[{"id":"a"},{"id":"a"}]`: collector.BadAnswer, `[{"symbol":"btc"}]`: collector.BadAnswer,
		`[{"id":"a"}]]`: collector.BadAnswer, `[{"id":1}]`: collector.BadAnswer,
		`{"status":{"error_code":429,"error_message":"slow down"}}`: collector.RateLimited,
	} {
		coins, err := DecodeCoins([]byte(body))
		if failure, ok := errors.AsType[*collector.Error](err); !ok || failure.Kind != kind || coins != nil {
			t.Errorf("%s: %v, %v, want %s", body, coins, err, kind)
		}
	}
}
