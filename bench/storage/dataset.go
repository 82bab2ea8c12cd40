package main

import (
	"time"

	"strata/bench/market"
)

// dataset is a history with what is asked of us on it.
type dataset struct {
	name  string
	about string
	market.History
	goals []goal
}

const day = 24 * 60 // minutes

// datasets returns the histories of a run. With quick they are small enough for a
// test of the program; the goals are not meant for that size.
func datasets(quick bool, folder string) ([]dataset, error) {
	minutes, err := recorded(folder)
	if err != nil {
		return nil, err
	}
	if quick {
		minutes.History = minutes.Head(2 * day)
		return []dataset{
			minutes,
			generated("generated, 20 tokens, exact", 20, 3*day, 0),
			generated("generated, 20 tokens, jittered", 20, 3*day, 5*time.Second),
			generated("generated, 500 tokens, jittered", 500, 3*60, 5*time.Second),
		}, nil
	}
	exact := generated("generated, 100 tokens, exact", 100, 90*day, 0, commitGoal(15))
	jitter := generated("generated, 100 tokens, jittered", 100, 90*day, 5*time.Second, commitGoal(15))
	many := generated("generated, 18,000 tokens, exact", 18_000, day, 0, commitGoal(100))
	manyJittered := generated("generated, 18,000 tokens, jittered", 18_000, day, 5*time.Second, commitGoal(100))
	return []dataset{minutes, exact, jitter, many, manyJittered}, nil
}

// recorded is the history of real prices: the one that is part of this program, or
// the one in a folder.
func recorded(folder string) (dataset, error) {
	d := dataset{name: "recorded minutes", goals: []goal{bytesGoal("Prometheus TSDB", 8), bytesGoal("bbolt, JSON", 60), bytesGoal(victoriaName, 1)}}
	var err error
	if folder == "" {
		d.about = "June 2025, Binance USD-M futures, closes of one-minute bars"
		d.History, err = market.Recorded()
	} else {
		d.about = "closes of the one-minute bars in the folder given"
		d.History, err = market.Folder(folder)
	}
	return d, err
}

func generated(name string, tokens, cycles int, jitter time.Duration, more ...goal) dataset {
	d := dataset{name: name, about: "every minute", History: market.Generated(tokens, cycles, jitter)}
	victoria := bytesGoal(victoriaName, 1)
	if jitter > 0 {
		d.about += " ± " + jitter.String()
		victoria = bytesGoal(victoriaName, 2)
	}
	d.goals = append([]goal{bytesGoal("Prometheus TSDB", 4), bytesGoal("bbolt, JSON", 60), victoria}, more...)
	return d
}
