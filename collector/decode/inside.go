package decode

// TableIn reads an object as [Members.Object] does, and in the same pass the table that
// is the value of one of its fields. It returns the error of the object around;
// [Rows.Err] has that of the table.
func (r *Rows) TableIn(around *Members, text []byte, field string) error {
	return r.readIn(around, text, field, r.Table, func(text []byte, at int) int {
		return r.all.readPlain(text, at, false, r.read)
	})
}

// ListIn is [Rows.TableIn] for a list.
func (r *Rows) ListIn(around *Members, text []byte, field string) error {
	return r.readIn(around, text, field, r.List, func(text []byte, at int) int {
		return r.all.readPlainList(text, at, r.read)
	})
}

// Err returns what is wrong with the rows that were read last inside an object,
// [ErrAbsent] when the object has no such field.
func (r *Rows) Err() error { return r.err }

// readIn reads rows in passing, and when that cannot be, by themselves.
func (r *Rows) readIn(around *Members, text []byte, field string, alone func([]byte) error, passing func([]byte, int) int) error {
	passed := -1
	err := around.readWith(text, true, func(text, key []byte, at int) int {
		if string(key) == field {
			r.reset(text)
			if passed = passing(text, at); passed >= 0 {
				return passed
			}
		}
		return skipValue(text, at, 1)
	})
	switch rows := around.Get(field); {
	case err != nil:
		r.err = err
	case rows == nil:
		r.err = ErrAbsent
	case around.copied || passed < 0:
		r.err = alone(rows)
	default:
		r.err = nil
	}
	if r.err != nil {
		r.reset(nil)
	}
	return err
}
