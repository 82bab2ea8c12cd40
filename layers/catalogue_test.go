package layers_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

// today is when the catalogue was written; the tests hold it to that day.
func today() time.Time { return date("2026-11-22") }

func shipped(t *testing.T) *layers.Catalogue {
	t.Helper()
	c, err := layers.Default()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func token(t *testing.T, c *layers.Catalogue, slug string) *layers.Token {
	t.Helper()
	token, ok := c.Token(slug)
	if !ok {
		t.Fatalf("token %s is not in the catalogue", slug)
	}
	return token
}

// primarySlugs names the primary members of a layer at an instant.
func primarySlugs(c *layers.Catalogue, layer string, at time.Time) []string {
	var all []string
	for _, member := range c.PrimaryMembers(layer, at) {
		all = append(all, member.Slug)
	}
	return all
}

func TestEveryProjectOfTheMapHasItsPlaceAndState(t *testing.T) {
	const (
		training   = "infrastructure/training"
		privacy    = "infrastructure/privacy-verifiability"
		inference  = "infrastructure/inference-networks"
		compute    = "middleware/compute-providers"
		oracles    = "middleware/oracles"
		coinGecko  = "coingecko"
		noListings = ""
	)
	projects := []struct {
		slug, place, symbol, id string
		state                   layers.State
	}{
		{"gensyn", training, "AI", "gensyn", layers.Live},
		{"together-ai", training, "", noListings, layers.Tokenless},
		{"fhenix", privacy, "", noListings, layers.Tokenless},
		{"zama", privacy, "ZAMA", "zama", layers.Live},
		{"bittensor", inference, "TAO", "bittensor", layers.Live},
		{"akash-network", compute, "AKT", "akash-network", layers.Live},
		{"golem", compute, "GLM", "golem", layers.Live},
		{"io-net", compute, "IO", "io", layers.Live},
		{"sonm", compute, "SNM", noListings, layers.Delisted},
		{"lit-protocol", "middleware/secure-data", "LITKEY", "lit-protocol", layers.Live},
		{"chainlink", oracles, "LINK", "chainlink", layers.Live},
		{"pyth", oracles, "PYTH", "pyth-network", layers.Live},
		{"api3", oracles, "API3", "api3", layers.Live},
		{"band", oracles, "BAND", "band-protocol", layers.Live},
		{"redstone", oracles, "RED", "redstone-oracles", layers.Live},
		{"uma", oracles, "UMA", "uma", layers.Live},
		{"dia", oracles, "DIA", "dia-data", layers.Live},
		{"ethereum", "middleware/base-chains", "ETH", "ethereum", layers.Live},
		{"vast-ai", "marketplaces/gpu-markets", "", noListings, layers.Tokenless},
		{"ocean-protocol", "marketplaces/data-markets", "OCEAN", "ocean-protocol", layers.Live},
		{"singularitynet", "applications/ai-services", "AGIX", noListings, layers.Migrated},
	}
	c := shipped(t)
	for _, p := range projects {
		t.Run(p.slug, func(t *testing.T) {
			project := token(t, c, p.slug)
			if got := project.State(today()); got != p.state {
				t.Errorf("state %s, want %s", got, p.state)
			}
			if got := project.Symbol(today()); got != p.symbol {
				t.Errorf("symbol %q, want %q", got, p.symbol)
			}
			if m, ok := project.Primary(today()); !ok || m.Layer+"/"+m.Subcategory != p.place {
				t.Errorf("primary membership %+v, want %s", m, p.place)
			}
			asked := slices.IndexFunc(c.Listings(coinGecko, today()), func(l layers.Listing) bool { return l.Token == p.slug })
			if asked >= 0 != (p.id != noListings) {
				t.Errorf("asked for at CoinGecko: %v, want %v", asked >= 0, p.id != noListings)
			}
			if p.id == noListings {
				return
			}
			if got, ok := c.Resolve(coinGecko, p.id, today()); !ok || got != project {
				t.Errorf("coingecko %s resolves to %v", p.id, got)
			}
		})
	}
}

func TestSingularityNETWentIntoFetchAI(t *testing.T) {
	agix := token(t, shipped(t), "singularitynet")
	want := &layers.Migration{To: "fetch-ai", Ratio: 0.433350, Since: date("2024-07-01")}
	if diff := cmp.Diff(want, agix.Migration); diff != "" {
		t.Error("migration (-want +got):\n" + diff)
	}
	if got := agix.State(date("2024-06-30")); got != layers.Live {
		t.Errorf("state on the day before is %s, want live", got)
	}
}

func TestSonmTradedUntilItsDelisting(t *testing.T) {
	c := shipped(t)
	snm := token(t, c, "sonm")
	if !snm.Delisted.Equal(date("2023-08-22")) {
		t.Errorf("delisted %s, want 2023-08-22", snm.Delisted)
	}
	if got := snm.State(date("2022-11-08")); got != layers.Live {
		t.Errorf("state on 2022-11-08 is %s, want live", got)
	}
	if _, ok := c.Resolve("coingecko", "sonm", date("2025-08-24")); ok {
		t.Error("the id still resolves after CoinGecko dropped it")
	}
}

func TestAMigrationOfUnknownRatioHasNone(t *testing.T) {
	cudos := token(t, shipped(t), "cudos")
	if cudos.State(today()) != layers.Migrated || cudos.Migration.To != "fetch-ai" || cudos.Migration.Ratio != 0 {
		t.Errorf("cudos = %+v, want it migrated to fetch-ai at a ratio that is not known", cudos)
	}
}

func TestBittensorAndGensynStandInTwoLayers(t *testing.T) {
	c := shipped(t)
	for _, slug := range []string{"bittensor", "gensyn"} {
		for _, layer := range []string{"infrastructure", "middleware"} {
			if !slices.Contains(c.Members(layer, today()), token(t, c, slug)) {
				t.Errorf("%s is not among the members of %s", slug, layer)
			}
		}
		if slices.Contains(primarySlugs(c, "middleware", today()), slug) {
			t.Errorf("%s is a primary member of middleware, want infrastructure only", slug)
		}
	}
}

func TestFetchAIMovesUpOnTheDayOfTheMerger(t *testing.T) {
	c := shipped(t)
	day := date("2024-07-01")
	for _, moment := range []struct {
		at    time.Time
		layer string
	}{{day.Add(-time.Nanosecond), "middleware"}, {day, "applications"}} {
		for _, layer := range c.Layers() {
			if got := slices.Contains(primarySlugs(c, layer.Slug, moment.at), "fetch-ai"); got != (layer.Slug == moment.layer) {
				t.Errorf("at %s primary in %s: %v", moment.at, layer.Slug, got)
			}
		}
	}
}

func TestATokenThatDidNotExistIsNoMember(t *testing.T) {
	if slices.Contains(primarySlugs(shipped(t), "middleware", date("2025-02-12")), "story-data") {
		t.Error("story-data is a member before its first day")
	}
}

func TestEveryLayerHasFiveLivePrimaryMembers(t *testing.T) {
	c := shipped(t)
	if got := len(c.Layers()); got != 4 {
		t.Fatalf("%d layers, want 4", got)
	}
	for i, layer := range c.Layers() {
		var live int
		for _, member := range c.PrimaryMembers(layer.Slug, today()) {
			if member.State(today()) == layers.Live {
				live++
			}
		}
		if live < 5 || layer.Order != i+1 {
			t.Errorf("layer %s of order %d has %d live primary members", layer.Slug, layer.Order, live)
		}
	}
}

func TestEveryNameIsThereInJapaneseToo(t *testing.T) {
	for _, layer := range shipped(t).Layers() {
		names := []layers.Name{layer.Name}
		for _, sub := range layer.Subcategories {
			names = append(names, sub.Name)
		}
		for _, name := range names {
			if name.EN == "" || name.JA == "" || name.EN == name.JA {
				t.Errorf("layer %s: name %+v", layer.Slug, name)
			}
		}
	}
}

func TestTheCatalogueCoversTheField(t *testing.T) {
	c := shipped(t)
	if got := len(c.Listings("coingecko", today())); got < 60 {
		t.Errorf("CoinGecko is asked for %d tokens, want at least 60", got)
	}
	for _, benchmark := range []string{"bitcoin", "ethereum"} {
		if b := token(t, c, benchmark); !b.Benchmark || b.State(today()) != layers.Live {
			t.Errorf("%s = %+v, want a live benchmark", benchmark, b)
		}
	}
	if m, ok := token(t, c, "bitcoin").Primary(today()); ok {
		t.Errorf("bitcoin stands in %s, want no layer", m.Layer)
	}
}

// A ticker says nothing by itself: these have meant several coins.
func TestATickerIsReadByItsSourceAndTime(t *testing.T) {
	c := shipped(t)
	for _, ask := range []struct{ source, symbol, at, want string }{
		{"kraken", "AI/USD", "2026-04-28", ""},
		{"kraken", "AI/USD", "2026-04-29", "gensyn"},
		{"binance", "AIUSDT", "2026-06-01", "sleepless-ai"},
		{"gate", "AI_USDT", "2026-06-01", "sleepless-ai"},
		{"kucoin", "AI-USDT", "2026-06-01", "gensyn"},
		{"kraken", "LIT/USD", "2025-09-11", "litentry"},
		{"kraken", "LIT/USD", "2026-06-24", ""},
		{"kraken", "IP/USD", "2026-06-24", "story-data"},
		{"kraken", "DATA/USD", "2026-11-01", ""},
		{"kraken", "HYPE/USD", "2026-06-24", ""},
		{"kraken", "ARC/USD", "2026-06-24", "arc"},
		{"kraken", "RED/USD", "2026-06-24", "redstone"},
		{"kucoin", "REDSTONE-USDT", "2026-06-24", "redstone"},
		{"kraken", "FHE/USD", "2026-06-24", "mind-network"},
		{"coingecko", "ai16z", "2025-10-20", "ai16z"},
		{"binance", "RNDRUSDT", "2023-01-01", "render"},
		{"binance", "RNDRUSDT", "2024-08-01", ""},
		{"binance", "OCEANUSDT", "2022-11-08", "ocean-protocol"},
		{"binance", "OCEANUSDT", "2025-06-20", ""},
		{"kraken", "TAO/USD", "2026-06-24", "bittensor"},
		{"nowhere", "TAO/USD", "2026-06-24", ""},
	} {
		var got string
		if found, ok := c.Resolve(ask.source, ask.symbol, date(ask.at)); ok {
			got = found.Slug
		}
		if got != ask.want {
			t.Errorf("%s %s on %s is %q, want %q", ask.source, ask.symbol, ask.at, got, ask.want)
		}
	}
}

func TestLITIsNeverLitProtocol(t *testing.T) {
	c := shipped(t)
	for at := date("2017-01-01"); at.Before(date("2027-01-01")); at = at.AddDate(0, 0, 1) {
		for _, name := range []string{"kraken LIT/USD", "coinbase LIT-USD", "gate LIT_USDT", "okx LIT-USDT", "binance LITUSDT"} {
			source, symbol, _ := strings.Cut(name, " ")
			if found, ok := c.Resolve(source, symbol, at); ok && found.Slug == "lit-protocol" {
				t.Fatalf("%s on %s is lit-protocol", name, at)
			}
		}
	}
}

func TestSymbolsFollowTheirRenames(t *testing.T) {
	c := shipped(t)
	for _, renamed := range []struct{ slug, day, before, after string }{
		{"golem", "2020-11-19", "GNT", "GLM"},
		{"render", "2024-07-26", "RNDR", "RENDER"},
		{"story-data", "2026-07-03", "IP", "DATA"},
		{"litentry", "2025-02-13", "LIT", "HEI"},
		{"gensyn", "2026-04-29", "", "AI"},
	} {
		day := date(renamed.day)
		before, after := token(t, c, renamed.slug).Symbol(day.Add(-1)), token(t, c, renamed.slug).Symbol(day)
		if before != renamed.before || after != renamed.after {
			t.Errorf("%s was %q and became %q, want %q and %q", renamed.slug, before, after, renamed.before, renamed.after)
		}
	}
}

// The recorded answer of Kraken is the judge in both directions: what the catalogue
// says was listed that day was, and every ticker in it that is a token's is listed
// or known to be something else.
func TestKrakenListingsAgreeWithItsRecordedAnswer(t *testing.T) {
	c := shipped(t)
	recorded := time.Date(2026, 6, 24, 15, 44, 2, 0, time.UTC)
	pairs := readLines(t, "kraken-usd-pairs.txt")
	for _, listing := range c.Listings("kraken", recorded) {
		if !slices.Contains(pairs, listing.Symbol) {
			t.Errorf("token %s: %s is not in Kraken's answer", listing.Token, listing.Symbol)
		}
	}
	exceptions := []string{
		"sleepless-ai AI/USD", // Gensyn
		"ai16z AI16Z/USD",     // still answers, last price 0 and no trade
	}
	for _, project := range c.Tokens() {
		symbol := project.Symbol(recorded)
		pair := symbol + "/USD"
		if !slices.Contains(pairs, pair) || slices.Contains(exceptions, project.Slug+" "+pair) {
			continue
		}
		if found, ok := c.Resolve("kraken", pair, recorded); !ok || found != project {
			t.Errorf("token %s: Kraken lists %s, the catalogue has %v for it", project.Slug, pair, found)
		}
	}
}

func TestOneSourceKnowsATokenByOneNameAtATime(t *testing.T) {
	c := shipped(t)
	for _, source := range []string{"coingecko", "coinpaprika", "kraken", "coinbase", "gate", "kucoin", "okx", "binance", "defillama"} {
		var previous string
		for _, listing := range c.Listings(source, today()) {
			if listing.Token == previous {
				t.Errorf("%s lists %s twice", source, previous)
			}
			previous = listing.Token
		}
	}
}

func TestTheDemoRecordingsCanBeReplayed(t *testing.T) {
	for _, recording := range []struct{ day, slugs string }{
		{"2022-11-08", "bitcoin ethereum fetch-ai ocean-protocol singularitynet sonm cortex litentry the-graph near numeraire render"},
		{"2025-06-20", "bitcoin ethereum bittensor akash-network arkham arweave aethir bio-protocol fetch-ai filecoin flux golem " +
			"the-graph internet-computer io-net chainlink livepeer near numeraire ocean-protocol phoenix render virtuals worldcoin litentry singularitynet"},
	} {
		wanted := strings.Fields(recording.slugs)
		then, err := shipped(t).Restrict(wanted, date(recording.day))
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(wanted)
		if diff := cmp.Diff(wanted, slugs(then)); diff != "" {
			t.Error("tokens (-want +got):\n" + diff)
		}
		for _, member := range then.Tokens() {
			_, placed := member.Primary(today())
			if state := member.State(today()); (state != layers.Live && state != layers.Migrated) || !placed && !member.Benchmark {
				t.Errorf("%s: %s is %s, in a layer: %v", recording.day, member.Slug, state, placed)
			}
		}
	}
}

func TestTetherIsPricedAndStandsNowhere(t *testing.T) {
	c := shipped(t)
	tether := token(t, c, "tether")
	if !tether.Pegged || !tether.Benchmark || tether.State(today()) != layers.Live || len(tether.Memberships) > 0 {
		t.Errorf("tether = %+v, want a live, pegged benchmark in no layer", tether)
	}
	for _, l := range tether.Listings {
		if strings.HasSuffix(l.Symbol, "USDT") {
			t.Errorf("%s quotes tether in itself: %s", l.Source, l.Symbol)
		}
	}
}

// DefiLlama's names are CoinGecko's, so neither can be listed without the other.
func TestDefiLlamaKnowsWhatCoinGeckoKnows(t *testing.T) {
	for _, member := range shipped(t).Tokens() {
		spans := map[string]layers.Span{}
		for _, l := range member.Listings {
			if l.Source == "coingecko" {
				spans["coingecko:"+l.Symbol] = l.Valid
			}
		}
		for _, l := range member.Listings {
			if l.Source != "defillama" {
				continue
			}
			if span, ok := spans[l.Symbol]; !ok || span != l.Valid {
				t.Errorf("token %s: DefiLlama has %s %v, CoinGecko does not", member.Slug, l.Symbol, l.Valid)
			}
			delete(spans, l.Symbol)
		}
		for missing := range spans {
			t.Errorf("token %s: DefiLlama lacks %s", member.Slug, missing)
		}
	}
}

// The days are those of CoinGecko's list of coins: what it did not hold then did not
// trade then, and a question about that time must not wait for it.
func TestATokenIsNotLiveBeforeItTraded(t *testing.T) {
	c := shipped(t)
	for day, slugs := range map[string]string{
		"2023-02-24": "worldcoin arkham pyth io-net aethir virtuals turbo chaingpt",
		"2024-06-15": "swarms arc ai16z vana grass goat zerebro griffain aixbt cookie-dao freysa bio-protocol nillion",
		"2024-12-29": "flock mind-network lagrange succinct venice story-data redstone walrus kaito sahara wayfinder newton",
		"2025-08-24": "gensyn sentient zero-gravity zama mira-network opengradient allora kite lit-protocol elizaos holoworld recall",
	} {
		for slug := range strings.FieldsSeq(slugs) {
			if state := token(t, c, slug).State(date(day)); state != layers.Unlisted {
				t.Errorf("%s is %s on %s", slug, state, day)
			}
		}
	}
}

// A token continues the past of another when it began with the conversion. FET had a
// price of its own when AGIX was merged into it, and what CUDOS was worth in it is not
// known.
func TestOnlyATokenThatBeganWithAConversionContinuesThePast(t *testing.T) {
	c := shipped(t)
	for old, want := range map[string]bool{"ai16z": true, "singularitynet": false, "cudos": false, "bittensor": false} {
		before := token(t, c, old)
		var heirs []string
		for _, heir := range c.Tokens() {
			if heir.Continues(before) {
				heirs = append(heirs, heir.Slug)
			}
		}
		if (len(heirs) == 1) != want {
			t.Errorf("%s is continued by %v, want one: %v", old, heirs, want)
		}
	}
	into := c.ConvertedInto("fetch-ai")
	if len(into) != 2 || into[0].Slug != "cudos" || into[1].Slug != "singularitynet" {
		t.Errorf("converted into fetch-ai: %v", into)
	}
}

// Eighteen thousand tokens at nine sources are listed every minute.
func TestListingsTakeOnePieceOfMemory(t *testing.T) {
	c, at := shipped(t), today()
	if n := testing.AllocsPerRun(10, func() { c.Listings("coingecko", at) }); n > 1 {
		t.Errorf("%v allocations", n)
	}
}
