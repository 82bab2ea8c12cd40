package layers_test

import (
	"strings"
	"testing"
	"time"

	"strata/layers"
)

func TestListingsOfAnotherSourceAreAddedToACopy(t *testing.T) {
	c := shipped(t)
	more := []layers.Listing{{Token: "bittensor", Source: "example", Symbol: "tao"}, {Token: "akash-network", Source: "example", Symbol: "akt"}}
	wider, err := c.With(more)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	if got := wider.Listings("example", now); len(got) != 2 || got[0] != more[1] || got[1] != more[0] {
		t.Errorf("listed are %v", got)
	}
	if token, ok := wider.Resolve("example", "tao", now); !ok || token.Slug != "bittensor" {
		t.Errorf("tao is %v", token)
	}
	if len(c.Listings("example", now)) > 0 || len(wider.Listings("kraken", now)) != len(c.Listings("kraken", now)) {
		t.Error("the catalogue itself was changed, or another source's listings were")
	}
}

func TestListingsThatCannotBeAreRefusedTogether(t *testing.T) {
	_, err := shipped(t).With([]layers.Listing{
		{Token: "nobody", Source: "example", Symbol: "x"},
		{Token: "bittensor", Source: "example", Symbol: "tao"}, {Token: "akash-network", Source: "example", Symbol: "tao"},
	})
	if err == nil || !strings.Contains(err.Error(), "token nobody is not in the catalogue") || !strings.Contains(err.Error(), "tao") {
		t.Errorf("%v", err)
	}
}
