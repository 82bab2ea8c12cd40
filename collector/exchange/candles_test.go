package exchange

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"strata/collector"
	"strata/layers"
)

var columns = Candles{Unit: time.Second, Open: 1, High: 2, Low: 3, Close: 4, Volume: 5, Closed: 6, Separator: "-"}

var (
	noon = time.Date(2026, 4, 1, 12, 0, 0, 0, time.UTC)
	tao  = layers.Listing{Token: "bittensor", Source: "fake", Symbol: "TAO-USDT"}
	ever layers.Span
)

// row is a candle that begins so many hours after noon.
func row(hour int, rest string) string {
	return fmt.Sprintf(`["%d",%s]`, noon.Add(time.Duration(hour)*time.Hour).Unix(), rest)
}

const good = `"2","4","1","3","7","1"`

func read(rows ...string) (collector.Past, error) {
	return columns.Read([]byte("["+strings.Join(rows, ",")+"]"), tao, time.Hour, ever)
}

func TestCandlesComeOldestFirstInWhateverOrderTheyWere(t *testing.T) {
	past, err := read(row(2, good), row(1, good), row(1, good), row(0, good))
	if err != nil || past.Currency != "USDT" || len(past.Candles) != 3 || len(past.Missing) != 0 {
		t.Fatalf("%+v, %v", past, err)
	}
	for i, c := range past.Candles {
		want := layers.Candle{
			Token: "bittensor", Source: "fake", Open: noon.Add(time.Duration(i) * time.Hour), Interval: time.Hour,
			OpenPrice: decimal(t, "2"), High: decimal(t, "4"), Low: decimal(t, "1"), Close: decimal(t, "3"), Volume: decimal(t, "7"),
		}
		if c != want {
			t.Errorf("candle %d is %+v, want %+v", i, c, want)
		}
	}
}

func TestACandleThatIsNotOverIsLeftOut(t *testing.T) {
	for text, over := range map[string]bool{`"1"`: true, `"true"`: true, `"0"`: false, `"false"`: false} {
		past, err := read(row(0, `"2","4","1","3","7",`+text))
		if err != nil || (len(past.Candles) == 1) != over || (len(past.Missing) == 1) == over {
			t.Errorf("%s: %+v, %v", text, past, err)
		}
	}
	// Gate did not say so in earlier years: the candle's own time has to do.
	if past, err := read(row(0, `"2","4","1","3","7"`)); err != nil || len(past.Candles) != 1 {
		t.Errorf("%+v, %v", past, err)
	}
}

// Binance hands out such candles for as long as a market is halted.
func TestACandleWithoutATradeIsLeftOut(t *testing.T) {
	past, err := read(row(0, good), row(1, `"3","3","3","3","0","1"`), row(2, `"3","3","3","3","0.00000000","1"`))
	if err != nil || len(past.Candles) != 1 || !past.Candles[0].Open.Equal(noon) {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestOnlyWhatBeginsInTheSpanIsTaken(t *testing.T) {
	span := layers.Span{From: noon.Add(time.Hour), To: noon.Add(3 * time.Hour)}
	rows := "[" + strings.Join([]string{row(0, good), row(1, good), row(2, good), row(3, good)}, ",") + "]"
	past, err := columns.Read([]byte(rows), tao, time.Hour, span)
	if err != nil || len(past.Candles) != 2 || !past.Candles[0].Open.Equal(span.From) || !past.Candles[1].Open.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("%+v, %v", past, err)
	}
	past, err = columns.Read([]byte("["+row(9, good)+"]"), tao, time.Hour, span)
	if err != nil || len(past.Missing) != 1 || past.Missing[0].Token != "bittensor" {
		t.Errorf("%+v, %v", past, err)
	}
}

func TestOneCandleThatCannotBeIsLeftOutAndManyAreNoAnswer(t *testing.T) {
	for _, strange := range []string{
		row(1, `"2","1","4","3","7","1"`), // highest and lowest swapped
		row(1, `"5","4","1","3","7","1"`), // open above the highest
		row(1, `"2","4","1","0.5","7","1"`),
		row(1, `"0","4","0","3","7","1"`),
		row(1, `"-2","4","-3","3","7","1"`),
		fmt.Sprintf(`["%d",%s]`, noon.Add(time.Hour+time.Minute).Unix(), good), // begins within its hour
	} {
		if past, err := read(row(0, good), strange, row(2, good)); err != nil || len(past.Candles) != 2 {
			t.Errorf("%s among good ones: %+v, %v", strange, past, err)
		}
		if past, err := read(strange); err == nil {
			t.Errorf("%s alone: %+v", strange, past)
		}
	}
	// Days of Hong Kong are no days of UTC.
	hongKong := fmt.Sprintf(`[["%d",%s]]`, noon.Add(4*time.Hour).Unix(), good)
	if past, err := columns.Read([]byte(hongKong), tao, 24*time.Hour, ever); err == nil {
		t.Errorf("%+v", past)
	}
}

func TestWhatIsNoCandleIsNoAnswer(t *testing.T) {
	for _, rows := range []string{
		`[[]]`, `[null]`, `[{"t":1}]`, `[["1"]]`, `{"code":"1"}`, `null`, ``,
		"[" + row(0, `2,"4","1","3","7","1"`) + "]",
		"[" + row(0, `null,"4","1","3","7","1"`) + "]",
		"[" + row(0, `"NaN","4","1","3","7","1"`) + "]",
		"[" + row(0, `"2","4","1","3",null,"1"`) + "]",
		"[" + row(0, `"2","4","1","3","7","maybe"`) + "]",
		"[" + row(0, `"2","4","1","3","7",1`) + "]",
		`[["noon",` + good + `]]`,
		"[" + row(0, good) + "," + row(0, `"2","4","1","2","7","1"`) + "]", // two truths about one hour
		"[" + row(0, good) + "] x",
	} {
		if past, err := columns.Read([]byte(rows), tao, time.Hour, ever); err == nil {
			t.Errorf("%s: %+v", rows, past)
		}
	}
}

func TestAListingInAnotherCurrencyHasNoPast(t *testing.T) {
	past, err := columns.Read([]byte("["+row(0, good)+"]"), layers.Listing{Token: "x", Symbol: "X-BTC"}, time.Hour, ever)
	if err != nil || len(past.Candles) != 0 || len(past.Missing) != 1 || past.Missing[0].Malformed {
		t.Errorf("%+v, %v", past, err)
	}
}

// With the columns of the four prices in any other order, candles that move are
// refused, except when open and close alone change places: nothing in a candle tells
// those two apart, which is why every source has a test on recorded ones.
func TestColumnsInAnotherOrderAreNoticed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		order := rapid.Permutation([]int{1, 2, 3, 4}).Draw(t, "order")
		if order[1] == 2 && order[2] == 3 {
			return
		}
		wrong := columns
		wrong.Open, wrong.High, wrong.Low, wrong.Close = order[0], order[1], order[2], order[3]
		if past, err := wrong.Read([]byte("["+row(0, good)+","+row(1, good)+"]"), tao, time.Hour, ever); err == nil {
			t.Errorf("%v: %+v", order, past)
		}
	})
}

func FuzzCandles(f *testing.F) {
	f.Add([]byte("[" + row(0, good) + "," + row(1, good) + "]"))
	f.Add([]byte(`[[1775044800,"1","1","1","1","0"]]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		past, err := columns.Read(body, tao, time.Hour, ever)
		if err != nil {
			return
		}
		for i, c := range past.Candles {
			if !possible(c) || i > 0 && !past.Candles[i-1].Open.Before(c.Open) {
				t.Errorf("candle %d cannot be: %+v", i, past.Candles)
			}
		}
	})
}
