package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"strata/layers"
)

func TestAScenarioIsBuiltFromCoarseBarsThenFineOnes(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("MANIFEST.csv", "file,asset,quote,interval,rows,first,last,repo,path\n"+
		"TAO_1h.csv,TAO,USDT,1h,3,,,somebody/prices,TAO.csv\nTAO_1m.csv,TAO,USDT,1m,3,,,somebody/minutes,TAO.csv\n"+
		"BTC_1m.csv,BTC,USDT,1m,3,,,somebody/minutes,BTC.csv\nSNM_1m.csv,SNM,BTC,1m,3,,,somebody/minutes,SNM.csv\n")
	// Hours close at 3600, 7200 and 10800; minutes at 7140, 7200 and 7260.
	write("TAO_1h.csv", "timestamp,open,high,low,close,volume\n0,1,1,1,400.10,1\n3600,1,1,1,401.1,1\n7200,1,1,1,402,1\n")
	write("TAO_1m.csv", "timestamp,open,high,low,close,volume\n7080,1,1,1,400.99,1\n7140,1,1,1,401.10,1\n7200,1,1,1,401.2,1\n")
	write("BTC_1m.csv", "timestamp,open,high,low,close,volume\n7080,1,1,1,20000.00,1\n7140,1,1,1,20001.50,1\n")
	write("SNM_1m.csv", "timestamp,open,high,low,close,volume\n7140,1,1,1,0.00001033,1\n7200,1,1,1,0.00001034,1\n")

	hourly, minute := file{"%s_1h.csv", time.Hour}, file{"%s_1m.csv", time.Minute}
	snm := assets("SNM=sonm", minute)
	snm[0].quote = "BTC"
	s := scenario{name: "s", start: time.Unix(7200, 0), end: time.Unix(7260, 0), interval: time.Minute}.
		with(assets("TAO=bittensor", hourly, minute)).with(assets("BTC=bitcoin", minute)).with(snm)
	histories, err := openArchive(dir)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.build(histories)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string][]string)
	for _, series := range r.Series {
		for _, bar := range series.Bars {
			got[series.Token] = append(got[series.Token], time.Unix(bar.Close, 0).UTC().Format("15:04")+" "+bar.Price.String())
		}
	}
	want := map[string][]string{
		"bittensor": {"01:00 400.10", "01:59 400.99", "02:00 401.10", "02:01 401.2"},
		"bitcoin":   {"01:59 20000.00", "02:00 20001.50"},
		"sonm":      {"02:00 0.20661550"}, // 0.00001033 × 20001.50 = 0.206615495; at 02:01 there is no bitcoin
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("closes (-want +got):\n%s", diff)
	}
	if files := r.Header.Series[0].Files; !cmp.Equal(files, []string{"somebody/prices/TAO.csv", "somebody/minutes/TAO.csv"}) {
		t.Errorf("bittensor comes from %v", files)
	}
}

func TestProductsAreRoundedToEightSignificantDigits(t *testing.T) {
	for _, c := range [][3]string{
		{"0.00001033", "18243.95000000", "0.18846000"},
		{"0.00000240", "18243.95000000", "0.043785480"},
		{"2", "3.5", "7.0"},
		{"1.00000005", "1", "1.0000001"}, // half up
		{"1.00000004", "1", "1.0000000"},
		{"9.99999999", "1", "10.0000000"}, // the carry keeps its digit
	} {
		a, b := decimal(t, c[0]), decimal(t, c[1])
		if got, err := multiply(a, b); err != nil || got.String() != c[2] {
			t.Errorf("%s × %s = %s, %v; want %s", a, b, got, err, c[2])
		}
	}
	if got, err := multiply(decimal(t, "999999999999999999"), decimal(t, "999999999999999999")); err == nil {
		t.Errorf("a product beyond 64 bits is %s", got)
	}
}

func TestWhatCannotBeReadSaysWhereItStands(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "TAO_1h.csv"), []byte("timestamp,price\n0,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &archive{dir: dir, origins: map[string]string{"TAO_1h.csv": "somebody/prices/TAO.csv"}}
	for name, want := range map[string]string{"TAO_1h.csv": "row 1", "BTC_1h.csv": "not in the manifest"} {
		if _, err := a.read(name, time.Hour, time.Time{}, time.Now()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", name, err, want)
		}
	}
}

func decimal(t *testing.T, text string) layers.Decimal {
	t.Helper()
	d, err := layers.ParseDecimal(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
