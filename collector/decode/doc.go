// Package decode reads the JSON of sources strictly: what is not exactly what was
// expected is an error, never a price.
//
// encoding/json alone is too kind for money. It fills a field "price" from "Price",
// lets the last of two equal keys win, and turns an absent or null number into 0.
// Here an object is a map of raw members whose keys are unique, even when case is
// ignored, and a number becomes a [layers.Decimal] digit by digit.
//
// Every function is pure, and safe on arbitrary bytes.
package decode
