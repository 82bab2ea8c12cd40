package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
	"strata/metrics/internal/metricstest"
)

// quiet is a past of three sources with a gap, prices exact to the digit.
func quiet() metricstest.History {
	var samples []layers.Sample
	for _, line := range []string{
		"08:00:00 kraken 0.7070", "08:00:00 okx 0.7072",
		"08:04:30 kraken 0.71", "08:05:00 okx 0.7105",
		"08:10:00 coingecko 0.72", "08:10:00 kraken 0.70", "08:10:00 okx 0.99",
		"08:10:01 kraken 5",
		"08:40:00 kraken 0.80",
	} {
		field := strings.Fields(line)
		at, _ := time.Parse(time.DateTime, "2026-11-22 "+field[0])
		price, _ := layers.ParseDecimal(field[2])
		samples = append(samples, layers.Sample{Token: "golem", Source: field[1], Time: at, Price: price})
	}
	return metricstest.History{"golem": samples}
}

func prices(t *testing.T, query string) string {
	t.Helper()
	view := metricstest.View(t)
	view.History = quiet()
	answer := get(t, handler(view), "/api/v1/tokens/golem/prices?start=2026-11-22T08:00:00Z&end=2026-11-22T09:00:00Z"+query)
	if answer.Code != http.StatusOK {
		t.Fatalf("%d %s", answer.Code, answer.Body)
	}
	return strings.TrimSpace(answer.Body.String())
}

func TestWithoutAStepEverySampleIsGivenAsItsSourceWroteIt(t *testing.T) {
	want := `{"token":"golem","start":"2026-11-22T08:00:00Z","end":"2026-11-22T09:00:00Z","prices":[` +
		`{"time":"2026-11-22T08:00:00Z","price_usd":0.7070,"source":"kraken"},` +
		`{"time":"2026-11-22T08:04:30Z","price_usd":0.71,"source":"kraken"},` +
		`{"time":"2026-11-22T08:10:00Z","price_usd":0.70,"source":"kraken"},` +
		`{"time":"2026-11-22T08:10:01Z","price_usd":5,"source":"kraken"},` +
		`{"time":"2026-11-22T08:40:00Z","price_usd":0.80,"source":"kraken"}]}`
	if diff := cmp.Diff(want, prices(t, "&source=kraken")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// On the 5-minute grid a price counts for ten minutes, and not before its time: the
// three of 08:10 have a middle one, at 08:15 kraken has moved to 5, from 08:25 nobody is
// fresh but for kraken's sample of 08:40.
func TestOnAGridEachPointIsTheMedianOfTheFreshSamples(t *testing.T) {
	var want []string
	for _, p := range []struct {
		minute, sources int
		price           string
	}{
		{0, 2, "0.7071"}, {5, 2, "0.71025"}, {10, 3, "0.72"}, {15, 3, "0.99"}, {20, 3, "0.99"},
		{40, 1, "0.80"}, {45, 1, "0.80"}, {50, 1, "0.80"},
	} {
		want = append(want, fmt.Sprintf(`{"time":"2026-11-22T08:%02d:00Z","price_usd":%s,"sources":%d}`, p.minute, p.price, p.sources))
	}
	whole := `{"token":"golem","start":"2026-11-22T08:00:00Z","end":"2026-11-22T09:00:00Z","step_seconds":300,"prices":[` + strings.Join(want, ",") + `]}`
	if diff := cmp.Diff(whole, prices(t, "&step=5m")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(whole, prices(t, "&step=300")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestASpanWithoutSamplesHasNoPoints(t *testing.T) {
	for _, query := range []string{"&source=nobody", "&source=nobody&step=1m"} {
		if got := prices(t, query); !strings.HasSuffix(got, `"prices":[]}`) {
			t.Errorf("%s: %s", query, got)
		}
	}
}

func TestTooManySamplesAreAProblemThatSaysWhatToDo(t *testing.T) {
	view := metricstest.View(t)
	var samples []layers.Sample
	for i := range 11001 {
		samples = append(samples, layers.Sample{
			Token: "golem", Source: "kraken", Time: metricstest.Now().Add(time.Duration(i-11002) * time.Second),
			Price: layers.Decimal{Coefficient: 1},
		})
	}
	view.History = metricstest.History{"golem": samples}
	got := decode[problem](t, get(t, handler(view), "/api/v1/tokens/golem/prices"), http.StatusUnprocessableEntity)
	if len(got.Errors) != 1 || got.Errors[0].Message != "the span holds more than 11000 samples, want a shorter span or a step" {
		t.Errorf("got %+v", got)
	}
	view.History = metricstest.History{"golem": samples[1:]}
	if answer := get(t, handler(view), "/api/v1/tokens/golem/prices"); answer.Code != http.StatusOK {
		t.Errorf("11,000 samples: %d %s", answer.Code, answer.Body)
	}
}
