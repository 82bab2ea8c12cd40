package api

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// invalid is the answer to a question with a bad parameter.
func invalid(location, value, format string, args ...any) error {
	return huma.Error422UnprocessableEntity("validation failed", fault(location, value, format, args...))
}

// unknown is the answer to a path that names something that does not exist.
func unknown(kind, value string, known []string) error {
	text := fmt.Sprintf("no %s %q, want one of %s", kind, value, strings.Join(known, ", "))
	return huma.Error404NotFound(text, fault("path."+kind, value, "want one of %s", strings.Join(known, ", ")))
}

// unavailable is the answer to a question that can be asked again later.
func unavailable(format string, args ...any) error {
	return huma.ErrorWithHeaders(
		huma.Error503ServiceUnavailable(fmt.Sprintf(format, args...)),
		http.Header{"Retry-After": {retryAfterSeconds}})
}

func fault(location, value, format string, args ...any) *huma.ErrorDetail {
	return &huma.ErrorDetail{Location: location, Value: value, Message: fmt.Sprintf(format, args...)}
}
