package config

import (
	"fmt"
	"maps"
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

// Check returns everything that is wrong with the values, nil when nothing is.
// Schedules are checked by whoever parses them.
func (c Config) Check() Faults {
	var f Faults
	f.require(c.Storage.Path != "", "storage.path", c.Storage.Path, "the path of the database file")
	f.address("web.listen_address", c.Web.ListenAddress)
	f.oneOf("log.level", c.Log.Level, LogLevels)
	f.oneOf("log.format", c.Log.Format, LogFormats)
	f.between("collector.deadline", c.Collector.Deadline, time.Second, 10*time.Minute)
	f.between("collector.max_age", c.Collector.MaxAge, time.Minute, time.Hour)
	f.within("backfill.days", c.Backfill.Days, 1, 3650)
	c.Storage.check(&f)
	c.Sources.check(&f)
	return f
}

func (s Storage) check(f *Faults) {
	f.retention("storage.retention.raw", s.Retention.Raw, 35*24*time.Hour)
	f.retention("storage.retention.five_minutes", s.Retention.FiveMinutes, 35*24*time.Hour)
	f.retention("storage.retention.hours", s.Retention.Hours, 400*24*time.Hour)
	f.require((s.BackupSchedule == "") == (s.BackupDir == ""), "storage.backup_dir", s.BackupDir,
		"a directory when there is a backup_schedule, nothing when there is none")
	f.within("storage.backup_keep", s.BackupKeep, 1, 1000)
}

func (s Sources) check(f *Faults) {
	all, enabled := s.All(), false
	for _, name := range slices.Sorted(maps.Keys(all)) {
		f.url("sources."+name+".base_url", all[name].BaseURL)
		enabled = enabled || all[name].Enabled
	}
	f.oneOf("sources.coingecko.plan", s.CoinGecko.Plan, Plans)
	f.require(s.CoinGecko.Plan != "public" || s.CoinGecko.KeyFile == "", "sources.coingecko.key_file", s.CoinGecko.KeyFile,
		"nothing when plan is public")
	for i, custom := range s.Custom {
		where := fmt.Sprintf("sources.custom[%d].", i)
		_, taken := all[custom.Name]
		f.require(!taken, where+"name", custom.Name, "a name that no other source has")
		f.require((custom.KeyHeader == "") == (custom.KeyFile == ""), where+"key_file", custom.KeyFile,
			"a file when there is a key_header, nothing when there is none")
		all[custom.Name] = Source{}
	}
	enabled = enabled || len(s.Custom) > 0
	f.require(enabled, "sources", "all disabled", "at least one that is enabled")
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

func (f *Faults) within(path string, found, low, high int) {
	f.require(low <= found && found <= high, path, strconv.Itoa(found), fmt.Sprintf("a number from %d to %d", low, high))
}

func (f *Faults) retention(path string, found, least time.Duration) {
	f.require(found == 0 || found >= least, path, found.String(), fmt.Sprintf("a duration of at least %s, or 0 for ever", least))
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
