package storage

import (
	"fmt"
	"iter"

	"strata/layers"
)

// The fields of a sample, each kept as a series of its own.
const (
	FieldPrice     = "price"
	FieldVolume    = "volume"
	FieldMarketCap = "marketcap"
)

// fieldsOf yields the fields that a sample gives.
func fieldsOf(sample layers.Sample) iter.Seq2[name, layers.Decimal] {
	return func(yield func(name, layers.Decimal) bool) {
		of := name{sample.Token, sample.Source, FieldPrice}
		if sample.Price.IsPositive() && !yield(of, sample.Price) {
			return
		}
		if of.field = FieldVolume; sample.Volume.IsPositive() && !yield(of, sample.Volume) {
			return
		}
		if of.field = FieldMarketCap; sample.MarketCap.IsPositive() {
			yield(of, sample.MarketCap)
		}
	}
}

// setField gives a sample its value.
func setField(sample *layers.Sample, field string, value layers.Decimal) {
	switch field {
	case FieldPrice:
		sample.Price = value
	case FieldVolume:
		sample.Volume = value
	case FieldMarketCap:
		sample.MarketCap = value
	}
}

// checkPast says why a sample of the past cannot be kept, which may lack its price.
func checkPast(sample layers.Sample) error {
	if sample.Price.Coefficient == 0 && (sample.Volume.IsPositive() || sample.MarketCap.IsPositive()) {
		sample.Price = layers.Decimal{Coefficient: 1}
	}
	return check(sample)
}

// check says why a sample cannot be kept, or nil.
func check(sample layers.Sample) error {
	millis := sample.Time.UnixMilli()
	switch {
	case sample.Token == "":
		return fmt.Errorf("%w: no token", ErrSample)
	case sample.Source == "":
		return fmt.Errorf("%w: no source for %s", ErrSample, sample.Token)
	case !sample.Price.IsPositive():
		return fmt.Errorf("%w: price %s of %s from %s is not positive", ErrSample, sample.Price, sample.Token, sample.Source)
	case sample.Volume.Coefficient < 0:
		return fmt.Errorf("%w: volume %s of %s from %s is negative", ErrSample, sample.Volume, sample.Token, sample.Source)
	case sample.MarketCap.Coefficient < 0:
		return fmt.Errorf("%w: market cap %s of %s from %s is negative", ErrSample, sample.MarketCap, sample.Token, sample.Source)
	case millis < 0 || millis >= maxMillis:
		return fmt.Errorf("%w: time %s of %s from %s is not between 1970 and 9999", ErrSample, sample.Time, sample.Token, sample.Source)
	}
	return nil
}
