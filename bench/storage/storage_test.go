package main

import (
	"bytes"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"strata/bench/market"
)

// What is compared has to hold the same, or the comparison means nothing.
func TestEveryStoreGivesBackWhatItWasGiven(t *testing.T) {
	h := market.Generated(7, 400, 5*time.Second) // several hours, so that something is sealed or compacted
	for _, c := range contenders {
		t.Run(c.name, func(t *testing.T) {
			s, err := c.open(t.TempDir(), h.Source)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string][]string{}
			for cycle := range h.Walk() {
				if err := s.Append(cycle); err != nil {
					t.Fatal(err)
				}
				if k, ok := s.(housekeeper); ok {
					if err := k.Tend(); err != nil {
						t.Fatal(err)
					}
				}
				for _, sample := range cycle {
					want[sample.Token] = append(want[sample.Token], reading(sample.Time.UnixMilli(), sample.Price.Float64()))
				}
			}
			if k, ok := s.(housekeeper); ok {
				if err := k.Settle(); err != nil {
					t.Fatal(err)
				}
			}
			for _, token := range h.Tokens {
				var got []string
				err := s.Read(token, func(millis int64, price float64) { got = append(got, reading(millis, price)) })
				if err != nil || strings.Join(got, "\n") != strings.Join(want[token], "\n") {
					t.Errorf("%s: read %d samples, %v, want the %d that were appended", token, len(got), err, len(want[token]))
				}
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if d, err := s.Disk(); err != nil || d.inUse <= 0 || d.inUse > d.file {
				t.Errorf("takes %d of %d bytes, %v", d.inUse, d.file, err)
			}
		})
	}
}

// reading is a sample to the last bit.
func reading(millis int64, price float64) string {
	return fmt.Sprintf("%d %x", millis, math.Float64bits(price))
}

func TestAGoalIsReachedWhenThePeerTakesThatManyTimesOurs(t *testing.T) {
	us := result{name: "strata", samples: 100, disk: disk{inUse: 200}}
	for times, want := range map[int64]string{
		399: "1/3.99 of Prometheus TSDB, goal at most 1/4: **not reached**",
		400: "1/4 of Prometheus TSDB, goal at most 1/4: reached",
	} {
		peer := result{name: "Prometheus TSDB", samples: 100, disk: disk{inUse: 2 * times}}
		if got := bytesGoal("Prometheus TSDB", 4).judge([]result{us, peer}); !strings.HasSuffix(got, want) {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestAHistoryLongerThanTheBudgetIsCutAndSaid(t *testing.T) {
	d := generated("endless", 2, 1_000_000, 0)
	results, err := measure(d.History, t.TempDir(), 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	writeTable(&out, d, results)
	if n := strings.Count(out.String(), "| first "); n != len(contenders) {
		t.Errorf("%d of %d stores are said to have been cut:\n%s", n, len(contenders), &out)
	}
}
