package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// LogLevels, LogFormats and Plans are the values that the settings of those names can
// take.
var (
	LogLevels  = []string{"auto", "debug", "info", "warn", "error"}
	LogFormats = []string{"logfmt", "json"}
	Plans      = []string{"public", "demo", "pro"}
)

// Check returns everything that is wrong with the values, nil when nothing is. The
// schedule is checked by whoever parses it.
func (c Config) Check() Faults {
	var f Faults
	f.require(c.Storage.Path != "", "storage.path", c.Storage.Path, "the path of the database file")
	f.address("web.listen_address", c.Web.ListenAddress)
	f.oneOf("log.level", c.Log.Level, LogLevels)
	f.oneOf("log.format", c.Log.Format, LogFormats)
	f.between("collector.deadline", c.Collector.Deadline, time.Second, 10*time.Minute)
	f.between("collector.max_age", c.Collector.MaxAge, time.Minute, time.Hour)
	f.between("backfill.pause", c.Backfill.Pause, 0, 10*time.Minute)
	f.url("sources.coingecko.base_url", c.Sources.CoinGecko.BaseURL)
	f.url("sources.kraken.base_url", c.Sources.Kraken.BaseURL)
	f.url("sources.coinbase.base_url", c.Sources.Coinbase.BaseURL)
	f.oneOf("sources.coingecko.plan", c.Sources.CoinGecko.Plan, Plans)
	f.require((c.Sources.CoinGecko.Plan == "public") == (c.Sources.CoinGecko.KeyFile == ""),
		"sources.coingecko.key_file", c.Sources.CoinGecko.KeyFile, "a file when plan is demo or pro, nothing when it is public")
	f.require(c.Sources.CoinGecko.Enabled || c.Sources.Kraken.Enabled || c.Sources.Coinbase.Enabled,
		"sources", "all disabled", "at least one that is enabled")
	return f
}

func (f *Faults) require(ok bool, path, found, wanted string) {
	if !ok {
		*f = append(*f, fmt.Sprintf("%s: found %q, want %s", path, found, wanted))
	}
}

func (f *Faults) oneOf(path, found string, wanted []string) {
	f.require(slices.Contains(wanted, found), path, found, fmt.Sprintf("one of %q", wanted))
}

func (f *Faults) between(path string, found, low, high time.Duration) {
	f.require(low <= found && found <= high, path, found.String(), fmt.Sprintf("a duration from %s to %s", low, high))
}

func (f *Faults) address(path, found string) {
	_, port, err := net.SplitHostPort(found)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	f.require(err == nil, path, found, "host:port, such as 127.0.0.1:10917 or :10917")
}

func (f *Faults) url(path, found string) {
	u, err := url.Parse(found)
	ok := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && u.RawQuery == ""
	f.require(ok, path, found, "an http or https URL without user and query")
}
