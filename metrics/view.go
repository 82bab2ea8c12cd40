package metrics

import (
	"time"

	"strata/layers"
	"strata/layers/risk"
)

// View is the window through which everything is shown. Its functions return what
// is known now, are called for each scrape or request, from any goroutine, and must
// be quick: they read state, they do not compute it. Only the catalogue is needed;
// see [View.Complete].
type View struct {
	Catalogue *layers.Catalogue
	Snapshot  func() *risk.Snapshot // the newest, nil before the first
	History   risk.History          // any other instant; nil when there is no past to ask
	Sources   func() []Source       // ordered by name
	Status    func() Status
	Now       func() time.Time // nil means time.Now

	Jumps      func() map[string]risk.Jumps // by the slug of the layer
	Agreements func() map[string]Agreement  // by slug, of the tokens that the latest cycle asked for

	// Heard returns what the newest cycle at or before an instant heard of a token; false
	// when that is not known, or no longer. It may read a note from the disk.
	Heard func(token string, at time.Time) (Heard, bool, error)
}

// Complete returns the view with a function that knows nothing in the place of each
// missing one.
func (v View) Complete() View {
	if v.Snapshot == nil {
		v.Snapshot = func() *risk.Snapshot { return nil }
	}
	if v.Sources == nil {
		v.Sources = func() []Source { return nil }
	}
	if v.Status == nil {
		v.Status = func() Status { return Status{} }
	}
	if v.Jumps == nil {
		v.Jumps = func() map[string]risk.Jumps { return nil }
	}
	if v.Agreements == nil {
		v.Agreements = func() map[string]Agreement { return nil }
	}
	if v.Heard == nil {
		v.Heard = func(string, time.Time) (Heard, bool, error) { return Heard{}, false, nil }
	}
	if v.Now == nil {
		v.Now = time.Now
	}
	return v
}
