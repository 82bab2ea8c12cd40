// Package decode reads the JSON of sources strictly: what is not exactly what was
// expected is an error, never a price.
//
// encoding/json alone is too kind for money. It fills a field "price" from "Price",
// lets the last of two equal keys win, and turns an absent or null number into 0.
// Here an object is a set of raw members whose keys are unique, even when case is
// ignored, and a number becomes a [layers.Decimal] digit by digit.
//
// [Rows] read the answers of thousands of coins in one pass and without an allocation a
// coin: a row that looks like the one before, as they nearly all do, is compared with it
// instead of taken apart. [Members] do so with one object, [Object] and [Table] are the
// same for an object that is read once. All of them go over plain JSON by themselves and
// leave to encoding/json whatever is not plain; fuzzing holds the one against the other.
// What they return is part of the text that was read, so the text must stay as it is for
// as long as that is in use.
//
// Every function is pure, and safe on arbitrary bytes.
package decode
