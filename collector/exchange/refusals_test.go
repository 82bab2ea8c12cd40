package exchange

import (
	"errors"
	"strings"
	"testing"

	"strata/collector"
)

var refusals = Refusals{Code: "code", Text: "msg", Fine: "0", Kind: func(code, text string) collector.Kind {
	switch {
	case code == "7":
		return collector.RateLimited
	case strings.Contains(text, "no such"):
		return collector.NotFound
	}
	return ""
}}

func kind(t *testing.T, err error) collector.Kind {
	t.Helper()
	failure, ok := errors.AsType[*collector.Error](err)
	if !ok {
		t.Fatalf("%v is no *collector.Error", err)
	}
	return failure.Kind
}

func TestTheCodeInTheBodySaysMoreThanTheStatus(t *testing.T) {
	for body, want := range map[string]collector.Kind{
		`{"code":"7","msg":"slow down"}`:       collector.RateLimited,
		`{"code":7}`:                           collector.RateLimited,
		`{"code":1,"msg":"no such market"}`:    collector.NotFound,
		`{"code":"99","msg":"whatever"}`:       collector.BadAnswer,
		`{"CODE":"7"}`:                         collector.BadAnswer,
		`<html>Attention Required!</html>`:     collector.BadAnswer,
		`{"code":"7","msg":"cut in the mid`:    collector.BadAnswer,
		``:                                     collector.BadAnswer,
		`{"code":"7","Code":"1","msg":"both"}`: collector.BadAnswer,
	} {
		err := refusals.Explain(&collector.Error{Kind: collector.BadAnswer, Status: 400, Detail: "Bad Request", Body: []byte(body)})
		if got := kind(t, err); got != want {
			t.Errorf("%s is %s, want %s", body, got, want)
		}
		if strings.Contains(err.Error(), "slow down") {
			t.Errorf("the text of the error holds the body: %v", err)
		}
	}
	if other := errors.New("other"); !errors.Is(refusals.Explain(other), other) {
		t.Error("an error of another kind is changed")
	}
}

func TestARefusalInsteadOfDataIsAnError(t *testing.T) {
	for body, want := range map[string]collector.Kind{
		`{"code":"7","msg":"slow down","data":[]}`: collector.RateLimited,
		`{"code":"5","msg":"x","data":[1]}`:        collector.BadAnswer,
		`{"data":[1]}`:                             collector.BadAnswer,
		`{"code":"0"}`:                             collector.BadAnswer,
		`{"code":"0","data":[1],"Data":[2]}`:       collector.BadAnswer,
		`[]`:                                       collector.BadAnswer,
		`null`:                                     collector.BadAnswer,
	} {
		data, err := refusals.Data([]byte(body))
		if data != nil || kind(t, err) != want {
			t.Errorf("%s: %s, %v, want %s", body, data, err, want)
		}
	}
	if data, err := refusals.Data([]byte(`{"code":"0","msg":"","data":[1]}`)); err != nil || string(data) != "[1]" {
		t.Errorf("%s, %v", data, err)
	}
	if err := refusals.Inside([]byte(`[{"code":"7"}]`)); err != nil {
		t.Errorf("a list is taken for a refusal: %v", err)
	}
	if got := kind(t, refusals.Inside([]byte(`{"code":7}`))); got != collector.RateLimited {
		t.Errorf("got %s", got)
	}
}
