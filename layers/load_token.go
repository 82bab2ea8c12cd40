package layers

import (
	"slices"
	"time"
)

// token turns a row into the token it describes.
func (d *document) token(row tokenRow) *Token {
	t := &Token{
		Slug: row.Slug, Name: row.Name, Notes: row.Notes,
		Tokenless: row.Tokenless, Pegged: row.Pegged, Benchmark: row.Benchmark,
		Delisted: d.time(row.Slug, "delisted", row.Delisted),
	}
	if m := row.Migration; m != nil {
		t.Migration = &Migration{To: m.To, Ratio: m.Ratio, Since: d.time(t.Slug, "migration: since", m.Since)}
	}
	for _, s := range row.Symbols {
		t.Symbols = append(t.Symbols, Symbol{s.Symbol, d.span(t.Slug, "symbol "+s.Symbol, s.spanRow)})
	}
	slices.SortStableFunc(t.Symbols, func(a, b Symbol) int { return a.Valid.From.Compare(b.Valid.From) })
	for _, m := range row.Memberships {
		valid := d.span(t.Slug, "membership in "+m.Layer+"/"+m.Subcategory, m.spanRow)
		t.Memberships = append(t.Memberships, Membership{m.Layer, m.Subcategory, m.Role, m.Weight, valid})
	}
	for _, l := range row.Listings {
		listing := Listing{Token: t.Slug, Source: l.Source, Symbol: l.Symbol.text}
		listing.Valid = d.span(t.Slug, "listing "+l.Source+" "+l.Symbol.text, l.spanRow)
		t.Listings = append(t.Listings, listing)
		d.where[listing.row()] = Place{d.name, l.Symbol.line}
	}
	for _, e := range row.Events {
		d.eventDate(t.Slug, e)
		t.Events = append(t.Events, Event{e.Date.text, e.Type, e.Detail})
	}
	return t
}

// span reads the dates of a row of a token.
func (d *document) span(slug, what string, row spanRow) Span {
	s := Span{From: d.time(slug, what+": from", row.From), To: d.time(slug, what+": to", row.To)}
	if !s.From.IsZero() && !s.To.IsZero() && !s.From.Before(s.To) {
		d.fault(row.To.line, "token %s: %s: from %s is not before to %s", slug, what, row.From.text, row.To.text)
	}
	return s
}

// time reads a day or an RFC 3339 time; absent is the zero time.
func (d *document) time(slug, what string, at lineText) time.Time {
	if at.line == 0 {
		return time.Time{}
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(layout, at.text); err == nil {
			return t.UTC()
		}
	}
	d.fault(at.line, "token %s: %s %q is no date; write 2024-07-01 or 2024-07-01T12:00:00Z", slug, what, at.text)
	return time.Time{}
}

// eventDate checks a date that may be as short as a year.
func (d *document) eventDate(slug string, e eventRow) {
	for _, layout := range []string{"2006", "2006-01", time.DateOnly} {
		if _, err := time.Parse(layout, e.Date.text); err == nil {
			return
		}
	}
	d.fault(e.Date.line, "token %s: event %s: date %q is no date; write 2024, 2024-07 or 2024-07-01", slug, e.Type, e.Date.text)
}
