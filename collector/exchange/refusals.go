package exchange

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"strata/collector"
	"strata/collector/decode"
)

// Refusals says how an exchange says no: with an object of a code and a text, which
// comes with another HTTP status than 200, or in the place of an answer.
type Refusals struct {
	Code string // name of the field with the code, a number or in quotes
	Text string // name of the field with the words
	Fine string // the code that an answer carries when all is well; "" for an exchange whose answers carry none
	// Kind tells what sort of failure a code is; "" for one that says nothing about it.
	Kind func(code, text string) collector.Kind
}

// Explain looks into the body that came with a failed call: the exchange's own code
// says more than the HTTP status.
func (r Refusals) Explain(err error) error {
	failure, ok := errors.AsType[*collector.Error](err)
	if !ok {
		return err
	}
	var fields decode.Members
	if fields.Object(failure.Body) != nil {
		return failure
	}
	if code, kind := r.code(&fields); code != "" {
		failure.Kind = cmp.Or(kind, failure.Kind)
		failure.Detail += fmt.Sprintf(", code %.40s", code)
	}
	return failure
}

// Inside returns the refusal that stands where a list should, nil for anything else.
func (r Refusals) Inside(body []byte) error {
	if bytes.HasPrefix(body, []byte("[")) {
		return nil // no need to look through all of it
	}
	var fields decode.Members
	if err := fields.Object(body); err != nil {
		return nil
	}
	return r.refusal(&fields)
}

// Data opens an answer of the form {"code":"0","msg":"","data":...}.
func (r Refusals) Data(body []byte) (json.RawMessage, error) {
	var fields decode.Members
	if err := fields.Object(body); err != nil {
		return nil, collector.NewError(collector.BadAnswer, err)
	}
	if err := r.check(&fields); err != nil {
		return nil, err
	}
	return fields.Get("data"), nil
}

// list opens such an answer and reads the list that is its data, both at once.
func (r Refusals) list(body []byte, rows *decode.Rows) error {
	var fields decode.Members
	if err := rows.ListIn(&fields, body, "data"); err != nil {
		return collector.NewError(collector.BadAnswer, err)
	}
	if err := r.check(&fields); err != nil {
		return err
	}
	if err := rows.Err(); err != nil {
		return noTickers(err)
	}
	return nil
}

// check makes sure that there are data.
func (r Refusals) check(fields *decode.Members) error {
	if code, _ := r.code(fields); code != r.Fine {
		return r.refusal(fields)
	}
	if fields.Get("data") == nil {
		return collector.NewError(collector.BadAnswer, errors.New("no data in the answer"))
	}
	return nil
}

func (r Refusals) refusal(fields *decode.Members) error {
	code, kind := r.code(fields)
	if code == "" {
		return collector.NewError(collector.BadAnswer, errors.New("neither data nor a code in the answer"))
	}
	return collector.NewError(cmp.Or(kind, collector.BadAnswer), fmt.Errorf("refused with code %s: %s", code, fields.Get(r.Text)))
}

func (r Refusals) code(fields *decode.Members) (string, collector.Kind) {
	code := strings.Trim(string(fields.Get(r.Code)), `"`)
	if code == "" {
		return "", ""
	}
	return code, r.Kind(code, string(fields.Get(r.Text)))
}
