package codec

import (
	"slices"
	"testing"
)

func TestTimesThatAreNearlyTheSameAreKeptOnce(t *testing.T) {
	series := closes(t)
	for i := range series {
		gap := 100 * (i + 1) // every series lacks another hour, none has all times
		series[i].Points = slices.Delete(series[i].Points, gap, gap+60)
	}
	columns := columnsOf(t, series)
	if len(columns) != 1 || columns[0].count != 1440 {
		t.Errorf("%d columns, the first of %d times", len(columns), columns[0].count)
	}
}

func TestTimesOfAnotherRhythmAreKeptApart(t *testing.T) {
	series := closes(t)[:2]
	var fifth []Point
	for p := range slices.Chunk(series[1].Points, 5) {
		fifth = append(fifth, p[0])
	}
	series[1].Points = fifth // saying which fifth of the minutes takes more than saying every five minutes
	if columns := columnsOf(t, series); len(columns) != 2 {
		t.Errorf("%d columns", len(columns))
	}
}

func columnsOf(t *testing.T, series []Series) []columnEntry {
	t.Helper()
	value, err := Encode(series)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(value)
	if err != nil {
		t.Fatal(err)
	}
	return s.directory.columns
}
