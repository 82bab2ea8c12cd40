package layers

import "fmt"

// Place is where a row of a catalogue stands.
type Place struct {
	File string // as it was given to [Parse] or [Catalogue.Overlay]
	Line int    // from 1
}

// String writes the place as compilers do: "catalogue.yaml:120".
func (p Place) String() string { return fmt.Sprintf("%s:%d", p.File, p.Line) }

// TokenPlace returns where the row of a token stands, the zero Place when there is no
// such token.
func (c *Catalogue) TokenPlace(slug string) Place { return c.where["token "+slug] }

// ListingPlace returns where a listing of the catalogue stands, the zero Place when it
// is none.
func (c *Catalogue) ListingPlace(l Listing) Place { return c.where[l.row()] }

// row is the name of a listing's row. A source may say the same name twice of a token,
// at different times.
func (l Listing) row() string {
	return "listing " + l.Token + " " + l.Source + " " + l.Symbol + " " + l.Valid.String()
}
