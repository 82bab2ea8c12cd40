package collector

import (
	"testing"
	"time"
)

func TestRetryAfterIsReadInBothForms(t *testing.T) {
	now := time.Date(2026, 6, 24, 15, 44, 2, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"7":                                 7 * time.Second,
		" 120 ":                             2 * time.Minute,
		"0":                                 0,
		"86400":                             time.Hour,
		"9223372036854775807":               time.Hour,
		"Wed, 24 Jun 2026 15:45:02 GMT":     time.Minute,
		"Wednesday, 24-Jun-26 15:45:02 GMT": time.Minute, // RFC 850
		"Wed Jun 24 15:45:02 2026":          time.Minute, // asctime
		"Wed, 24 Jun 2026 15:00:00 GMT":     0,           // past
		"Fri, 24 Jul 2026 15:45:02 GMT":     time.Hour,
		"":                                  0,
		"-5":                                0,
		"1.5":                               0,
		"soon":                              0,
		"99999999999999999999999":           0,
	} {
		if got := parseRetryAfter(value, now); got != want {
			t.Errorf("Retry-After %q means %s, want %s", value, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	f.Add("7")
	f.Add("Wed, 24 Jun 2026 15:45:02 GMT")
	f.Add("-1")
	now := time.Date(2026, 6, 24, 15, 44, 2, 0, time.UTC)
	f.Fuzz(func(t *testing.T, value string) {
		if got := parseRetryAfter(value, now); got < 0 || got > time.Hour {
			t.Errorf("Retry-After %q means %s", value, got)
		}
	})
}
