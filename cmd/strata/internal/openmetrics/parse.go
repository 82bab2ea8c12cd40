package openmetrics

import (
	"errors"
	"fmt"
	"strings"

	"strata/cmd/strata/internal/csvfile"
	"strata/layers"
)

// metadata says what is wrong with a line about a metric family.
func metadata(text string) error {
	words := strings.SplitN(text, " ", 4)
	if len(words) < 4 {
		return fmt.Errorf("found %q, want metadata of a metric or %q", text, endLine)
	}
	kind, of, value := words[1], words[2], words[3]
	if _, err := known(of); err != nil {
		return err
	}
	switch {
	case kind == "TYPE" && value != "gauge" && value != "unknown":
		return fmt.Errorf("found type %q, want gauge", value)
	case kind == "UNIT" && value != "usd":
		return fmt.Errorf("found unit %q, want usd", value)
	case kind != "TYPE" && kind != "UNIT" && kind != "HELP":
		return fmt.Errorf("found %q, want TYPE, UNIT or HELP", kind)
	}
	return nil
}

// known returns the field of a metric family.
func known(metric string) (Field, error) {
	field, ok := fieldOf(metric)
	if !ok {
		return 0, fmt.Errorf("metric %q is not known, want %s, %s or %s", metric, Price.Metric(), Volume.Metric(), MarketCap.Metric())
	}
	return field, nil
}

// parse reads the line of a sample.
func parse(text string) (field Field, sample layers.Sample, err error) {
	name, rest, ok := strings.Cut(text, "{")
	if !ok {
		return 0, sample, fmt.Errorf("found %q, want %s{token=\"...\",source=\"...\"} PRICE TIMESTAMP", text, Price.Metric())
	}
	if field, err = known(name); err != nil {
		return 0, sample, err
	}
	labels, rest, err := parseLabels(rest)
	if err != nil {
		return 0, sample, err
	}
	sample.Token, sample.Source = labels["token"], labels["source"]
	if sample.Token == "" || sample.Source == "" || len(labels) != 2 {
		return 0, sample, errors.New("want the labels token and source, and no other")
	}
	words := strings.Split(rest, " ")
	if len(words) != 3 || words[0] != "" {
		return 0, sample, fmt.Errorf("found %q after the labels, want a %s and a timestamp", rest, field)
	}
	value, err := layers.ParseDecimal(words[1])
	if err == nil && !value.IsPositive() {
		err = fmt.Errorf("found %q, want a %s greater than 0", words[1], field)
	}
	if err != nil {
		return 0, sample, fmt.Errorf("%s: %w", field, err)
	}
	*field.of(&sample) = value
	if sample.Time, err = csvfile.ParseTime(words[2]); err != nil {
		return 0, sample, fmt.Errorf("timestamp: %w", err)
	}
	return field, sample, nil
}

// parseLabels reads labels up to the brace that closes them, and returns what follows.
func parseLabels(text string) (labels map[string]string, rest string, err error) {
	labels = map[string]string{}
	for {
		name, after, ok := strings.Cut(text, `="`)
		if !ok {
			return nil, "", fmt.Errorf("labels: found %q, want name=\"value\"", text)
		}
		value, after, ok := unescape(after)
		if !ok {
			return nil, "", fmt.Errorf("labels: the value of %q does not end", name)
		}
		if _, twice := labels[name]; twice {
			return nil, "", fmt.Errorf("labels: %q stands there twice", name)
		}
		labels[name] = value
		if rest, ok = strings.CutPrefix(after, "}"); ok {
			return labels, rest, nil
		}
		if text, ok = strings.CutPrefix(after, ","); !ok {
			return nil, "", fmt.Errorf("labels: found %q, want a comma or a closing brace", after)
		}
	}
}

// unescape reads the value of a label up to the quote that ends it, and returns what
// follows.
func unescape(text string) (value, rest string, ok bool) {
	var read strings.Builder
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			return read.String(), text[i+1:], true
		case c != '\\':
			read.WriteByte(c)
		default:
			if i++; i == len(text) {
				return "", "", false
			}
			switch text[i] {
			case 'n':
				read.WriteByte('\n')
			case '"', '\\':
				read.WriteByte(text[i])
			default: // the format keeps what it does not know
				read.WriteString(text[i-1 : i+1])
			}
		}
	}
	return "", "", false
}
