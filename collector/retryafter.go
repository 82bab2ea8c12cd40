package collector

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxRetryAfter bounds what a source can ask for: a slip of its clock or its pen
// must not silence it for a day.
const maxRetryAfter = time.Hour

// parseRetryAfter reads a Retry-After header, seconds or an HTTP date (RFC 9110,
// section 10.2.3). It returns 0 when the header is absent, unreadable or in the
// past, and at most an hour.
func parseRetryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if seconds, err := strconv.ParseUint(value, 10, 63); err == nil {
		return time.Duration(min(seconds, uint64(maxRetryAfter/time.Second))) * time.Second
	}
	at, err := http.ParseTime(value)
	if err != nil {
		return 0
	}
	return min(max(at.Sub(now), 0), maxRetryAfter)
}
