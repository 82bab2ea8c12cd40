// Package config holds what an operator can decide: the settings of a daemon, their
// defaults, how they are read from a file, and what is wrong with them.
//
// Reading is strict. An unknown key, a value of the wrong kind and a value out of
// range are all reported at once, each with its path and the value found, and
// nothing is started with half a configuration.
package config

import (
	"os"
	"path/filepath"
	"time"
)

// Config is everything an operator can decide.
type Config struct {
	Storage   Storage   `yaml:"storage"`
	Web       Web       `yaml:"web"`
	Log       Log       `yaml:"log"`
	Catalogue Catalogue `yaml:"catalogue"`
	Collector Collector `yaml:"collector"`
	Backfill  Backfill  `yaml:"backfill"`
	Sources   Sources   `yaml:"sources"`
}

// Storage says where history is kept, for how long, and how it is looked after.
type Storage struct {
	Path      string    `yaml:"path"` // the database file
	Retention Retention `yaml:"retention"`

	ScrubSchedule  string `yaml:"scrub_schedule"`  // when every byte is read again; "" for never
	BackupSchedule string `yaml:"backup_schedule"` // when a backup is written; "" for never
	BackupDir      string `yaml:"backup_dir"`      // where backups go
	BackupKeep     int    `yaml:"backup_keep"`     // how many stay
}

// Retention says how long samples are kept at each resolution; 0 is for ever.
type Retention struct {
	Raw         time.Duration `yaml:"raw"`
	FiveMinutes time.Duration `yaml:"five_minutes"`
	Hours       time.Duration `yaml:"hours"`
}

// Web says where the daemon listens and what it hands out.
type Web struct {
	ListenAddress string `yaml:"listen_address"` // host:port
	EnableAdmin   bool   `yaml:"enable_admin"`   // whether it hands out backups
}

// Log says what is logged and how.
type Log struct {
	Level  string `yaml:"level"`  // auto, debug, info, warn or error
	Format string `yaml:"format"` // logfmt or json
}

// Catalogue says which tokens are watched beside the built-in ones.
type Catalogue struct {
	File string `yaml:"file"` // tokens and layers laid over the built-in catalogue; "" for none
}

// Collector says when and how prices are asked for.
type Collector struct {
	Schedule string        `yaml:"schedule"` // cron expression of five fields, UTC
	Deadline time.Duration `yaml:"deadline"` // the longest a cycle waits for its sources
	MaxAge   time.Duration `yaml:"max_age"`  // the oldest quote that is accepted, by the source's own time
}

// Backfill says how the past is fetched that the store does not hold.
type Backfill struct {
	Enabled  bool   `yaml:"enabled"`
	Schedule string `yaml:"schedule"` // when gaps are looked for, beside at the start
	Days     int    `yaml:"days"`     // how far back
}

// Default returns the settings that hold where an operator decides nothing.
// config.example.yaml says the same.
func Default() Config {
	return Config{
		Storage: Storage{
			Path:          filepath.Join(StateDir(), "strata.db"),
			Retention:     Retention{Raw: 90 * 24 * time.Hour, FiveMinutes: 2 * 365 * 24 * time.Hour},
			ScrubSchedule: "23 4 * * 0", BackupKeep: 7,
		},
		Web:       Web{ListenAddress: "127.0.0.1:10917"},
		Log:       Log{Level: "auto", Format: "logfmt"},
		Collector: Collector{Schedule: "* * * * *", Deadline: 20 * time.Second, MaxAge: 10 * time.Minute},
		Backfill:  Backfill{Enabled: true, Schedule: "7 * * * *", Days: 365},
		Sources: Sources{
			CoinGecko:   CoinGecko{Enabled: true, BaseURL: "https://api.coingecko.com/api/v3", Plan: "public"},
			Kraken:      Source{Enabled: true, BaseURL: "https://api.kraken.com"},
			Coinbase:    Source{Enabled: true, BaseURL: "https://api.exchange.coinbase.com"},
			Gate:        Source{Enabled: true, BaseURL: "https://api.gateio.ws/api/v4"},
			KuCoin:      Source{Enabled: true, BaseURL: "https://api.kucoin.com"},
			OKX:         Source{Enabled: true, BaseURL: "https://www.okx.com"},
			Binance:     Source{Enabled: true, BaseURL: "https://data-api.binance.vision"},
			DefiLlama:   Source{Enabled: true, BaseURL: "https://coins.llama.fi"},
			CoinPaprika: Source{Enabled: true, BaseURL: "https://api.coinpaprika.com/v1"},
			Custom:      []Custom{},
		},
	}
}

// StateDir returns the directory for what a program keeps between runs:
// $STATE_DIRECTORY of a service manager, else $XDG_STATE_HOME/strata, else
// ~/.local/state/strata (XDG Base Directory Specification).
func StateDir() string {
	if dir := os.Getenv("STATE_DIRECTORY"); dir != "" {
		return dir
	}
	if dir := os.Getenv("XDG_STATE_HOME"); dir != "" {
		return filepath.Join(dir, "strata")
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "strata-state"
	}
	return filepath.Join(home, ".local", "state", "strata")
}
