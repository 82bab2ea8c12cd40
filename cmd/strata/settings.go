package main

import (
	"fmt"
	"log/slog"
	"os"
	"strings"

	"strata/cmd/strata/internal/config"
	"strata/collector"
	"strata/collector/generic"
	"strata/layers"
)

// settings are the flags that several commands share. What is not given is taken from
// the file, and what the file does not say from the defaults.
type settings struct {
	ConfigFile    string `name:"config.file" env:"STRATA_CONFIG_FILE" placeholder:"FILE" help:"Configuration file; none is needed."`
	StoragePath   string `name:"storage.path" env:"STRATA_STORAGE_PATH" placeholder:"FILE" help:"Database file."`
	ListenAddress string `name:"web.listen-address" env:"STRATA_WEB_LISTEN_ADDRESS" placeholder:"HOST:PORT" help:"Address of metrics, API and page (default 127.0.0.1:10917)."`
	LogLevel      string `name:"log.level" env:"STRATA_LOG_LEVEL" placeholder:"LEVEL" help:"auto, debug, info, warn or error (default auto: info, but warn on a terminal)."`
	LogFormat     string `name:"log.format" env:"STRATA_LOG_FORMAT" placeholder:"FORMAT" help:"logfmt or json (default logfmt)."`
}

// load returns the configuration, or everything that is wrong with it.
func (s settings) load() (config.Config, error) {
	return config.Load(s.ConfigFile, func(c *config.Config) {
		override(&c.Storage.Path, s.StoragePath)
		override(&c.Web.ListenAddress, s.ListenAddress)
		override(&c.Log.Level, s.LogLevel)
		override(&c.Log.Format, s.LogFormat)
	})
}

func override(setting *string, flag string) {
	if flag != "" {
		*setting = flag
	}
}

// plan is a configuration with everything it names read and found right.
type plan struct {
	config    config.Config
	catalogue *layers.Catalogue
	schedule  collector.Schedule // of the collector
	gaps      collector.Schedule // of the backfill
	scrub     optional
	backup    optional
	key       string // of CoinGecko, "" for none
	custom    []*generic.Client
}

// optional is a schedule that may be never.
type optional struct {
	collector.Schedule
	on bool
}

// plan reads what the configuration names. All that is wrong is told at once.
func (s settings) plan() (plan, error) {
	c, err := s.load()
	var faults config.Faults
	if err != nil {
		known, ok := err.(config.Faults) //nolint:errorlint // Load returns Faults bare or not at all
		if !ok {
			return plan{}, usageError{err}
		}
		faults = known
	}
	p := plan{config: c}
	faults = append(faults, p.schedules()...)
	if p.catalogue, err = catalogueOf(c.Catalogue.File); err != nil {
		faults = append(faults, strings.Split(err.Error(), "\n")...)
	} else if err = p.openCustom(); err != nil {
		faults = append(faults, strings.Split(err.Error(), "\n")...)
	}
	if p.key, err = keyOf(c.Sources.CoinGecko); err != nil {
		faults = append(faults, fmt.Sprintf("sources.coingecko.key_file: %v", err))
	}
	if faults != nil {
		return plan{}, faults
	}
	return p, nil
}

// openCustom opens the sources of the configuration and has the catalogue know what they
// call the tokens.
func (p *plan) openCustom() error {
	sources, listings, faults := customOf(p.config.Sources.Custom)
	if len(faults) > 0 {
		return faults
	}
	catalogue, err := p.catalogue.With(listings)
	if err != nil {
		return fmt.Errorf("sources.custom: %w", err)
	}
	p.custom, p.catalogue = sources, catalogue
	return nil
}

// schedules reads all schedules.
func (p *plan) schedules() (faults config.Faults) {
	read := func(setting, spec string, into *collector.Schedule) {
		schedule, err := collector.ParseSchedule(spec)
		if err != nil {
			faults = append(faults, fmt.Sprintf("%s: %v", setting, err))
		}
		*into = schedule
	}
	read("collector.schedule", p.config.Collector.Schedule, &p.schedule)
	read("backfill.schedule", p.config.Backfill.Schedule, &p.gaps)
	if p.scrub.on = p.config.Storage.ScrubSchedule != ""; p.scrub.on {
		read("storage.scrub_schedule", p.config.Storage.ScrubSchedule, &p.scrub.Schedule)
	}
	if p.backup.on = p.config.Storage.BackupSchedule != ""; p.backup.on {
		read("storage.backup_schedule", p.config.Storage.BackupSchedule, &p.backup.Schedule)
	}
	return faults
}

// catalogueOf returns the built-in catalogue with the user's file laid over it.
func catalogueOf(file string) (*layers.Catalogue, error) {
	catalogue, err := layers.Default()
	if err != nil || file == "" {
		return catalogue, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("catalogue.file: %w", err)
	}
	return catalogue.Overlay(file, text)
}

// keyVariable is the environment variable of CoinGecko's key.
const keyVariable = "STRATA_COINGECKO_KEY"

// keyOf returns the key that the plan of CoinGecko needs.
func keyOf(c config.CoinGecko) (string, error) {
	switch {
	case c.Plan == "public":
		return "", nil
	case c.KeyFile != "":
		return readKey(c.KeyFile)
	}
	return onlyKey("$"+keyVariable, os.Getenv(keyVariable))
}

func readKey(file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	return onlyKey(file, string(text))
}

// onlyKey returns the one word of a text. The error holds none of it.
func onlyKey(from, text string) (string, error) {
	words := strings.Fields(text)
	if len(words) != 1 {
		return "", fmt.Errorf("%s holds %d words, want the key and nothing else", from, len(words))
	}
	return words[0], nil
}

// logger returns the logger that the configuration asks for.
func logger(c config.Log, out *console) *slog.Logger {
	options := &slog.HandlerOptions{Level: levelOf(c.Level, out.terminal)}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(out, options))
	}
	return slog.New(slog.NewTextHandler(out, options))
}

// levelOf returns the level that a checked setting stands for. On a terminal a status
// line says what the line of each cycle says in a log.
func levelOf(setting string, terminal bool) slog.Level {
	var level slog.Level
	switch {
	case setting != "auto":
		_ = level.UnmarshalText([]byte(setting))
	case terminal:
		level = slog.LevelWarn
	}
	return level
}
