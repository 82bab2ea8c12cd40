package api

import (
	"math"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"strata/layers"
	"strata/layers/risk"
)

// reasons says, by field, why a number is null.
type reasons map[string]string

// number returns a figure's value, or nil after noting why it is withheld.
func (r reasons) number(field string, f risk.Figure) *float64 {
	if f.Known && !math.IsNaN(f.Value) && !math.IsInf(f.Value, 0) {
		return &f.Value
	}
	r[field] = f.Reason
	return nil
}

// status says whether the headline number is there.
func status(headline risk.Figure) string {
	if headline.Known {
		return "ok"
	}
	return "insufficient"
}

// Price is a price in US dollars with all the digits its source gave.
type Price layers.Decimal

// MarshalJSON writes a JSON number.
func (p Price) MarshalJSON() ([]byte, error) { return layers.Decimal(p).MarshalJSON() }

// Schema describes a price to OpenAPI.
func (Price) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeNumber, Description: "US dollars, with all digits", Examples: []any{316.42}}
}

// moment returns a time in UTC, or nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
