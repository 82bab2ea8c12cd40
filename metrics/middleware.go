package metrics

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// Problem is an error answer as of RFC 9457, for what goes wrong before a request
// has reached the API proper.
type Problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

// WriteProblem answers with a problem of that status.
func WriteProblem(w http.ResponseWriter, status int, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	// The client being gone is the only way to fail, and nobody is left to tell.
	_ = json.NewEncoder(w).Encode(Problem{Title: http.StatusText(status), Status: status, Detail: detail})
}

// ReadOnly refuses every method that could change something: all that is shown
// here is read with GET and HEAD.
func ReadOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Allow", "GET, HEAD")
		WriteProblem(w, http.StatusMethodNotAllowed, fmt.Sprintf("method %s is not allowed on %s, use GET or HEAD", r.Method, r.URL.Path))
	})
}

// DemoHeader is the header that every answer carries while a recording is shown.
const DemoHeader = "X-Strata-Demo"

// Marked marks every answer: as a demo when it is one, which a process is for its
// whole life or never, and as being of the type it says it is.
func Marked(view View, next http.Handler) http.Handler {
	demo := view.Complete().Status().Demo
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		if demo != nil {
			w.Header().Set(DemoHeader, demo.String())
		}
		next.ServeHTTP(w, r)
	})
}
