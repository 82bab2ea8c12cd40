package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"time"

	"strata/layers/risk"
)

type volCmd struct {
	settings
	Layer  string `arg:"" optional:"" help:"One layer, with its members (default: all layers)."`
	Window string `placeholder:"WINDOW" help:"1h, 24h, 7d or 30d (default: all; 24h for the members of one layer)."`
	At     string `placeholder:"TIME" help:"Another instant, RFC 3339 or unix seconds (default: now)."`
	JSON   bool   `name:"json" help:"Print JSON, an array of the API's answers."`
}

// volatility is what the API says of one layer in one window, as far as the table
// shows it.
type volatility struct {
	Layer       string    `json:"layer"`
	Window      string    `json:"window"`
	At          time.Time `json:"at"`
	Status      string    `json:"status"`
	Reason      string    `json:"reason"`
	Volatility  *float64  `json:"volatility_ratio"`
	Median      *float64  `json:"member_median_ratio"`
	Max         *float64  `json:"member_max_ratio"`
	Downside    *float64  `json:"downside_ratio"`
	Correlation *float64  `json:"correlation_average"`
	Percentile  *float64  `json:"percentile_ratio"`
	Regime      *string   `json:"regime"`
	Coverage    float64   `json:"coverage_ratio"`
	Members     []member  `json:"members"`
}

type member struct {
	Token      string   `json:"token"`
	State      string   `json:"state"`
	Reason     string   `json:"reason"`
	Volatility *float64 `json:"volatility_ratio"`
	Coverage   float64  `json:"coverage_ratio"`
	RiskShare  *float64 `json:"risk_share"`
}

// Run prints how volatile the layers are.
func (v *volCmd) Run(ctx context.Context, t terminal) error {
	o, err := newOracle(ctx, v.settings, true)
	if err != nil {
		return err
	}
	return errors.Join(v.print(ctx, t.out, o), o.close())
}

func (v *volCmd) print(ctx context.Context, out io.Writer, o *oracle) error {
	slugs, names, err := v.layers(ctx, o)
	if err != nil {
		return err
	}
	var raw []json.RawMessage
	var answers []volatility
	for _, slug := range slugs {
		for _, window := range v.windows() {
			text, answer, err := v.ask(ctx, o, slug, window)
			if err != nil {
				return err
			}
			raw, answers = append(raw, text), append(answers, answer)
		}
	}
	if v.JSON {
		return printJSON(out, raw)
	}
	title := fmt.Sprintf("Annualised volatility of the crypto-AI stack at %s, from %s\n%s",
		answers[0].At.UTC().Format("2006-01-02 15:04 UTC"), o.origin, demoLine(o.demo(ctx)))
	if v.Layer == "" {
		return volTable{title: title, names: names, answers: answers, windows: v.windows(), color: isTerminal(out)}.write(out)
	}
	return layerTable{title: title, name: names[v.Layer], answers: answers, window: v.memberWindow()}.write(out)
}

func (v *volCmd) windows() []string {
	if v.Window != "" {
		return []string{v.Window}
	}
	var names []string
	for _, w := range risk.Windows {
		if w.LayerStep > 0 {
			names = append(names, w.Name)
		}
	}
	return names
}

func (v *volCmd) memberWindow() string {
	if v.Window != "" {
		return v.Window
	}
	return "24h"
}

// layers returns the slugs to show, the top of the stack first, and the names of all.
func (v *volCmd) layers(ctx context.Context, o *oracle) ([]string, map[string]string, error) {
	stack, err := o.stack(ctx)
	if err != nil {
		return nil, nil, err
	}
	var slugs []string
	names := map[string]string{}
	for _, layer := range stack {
		slugs = append([]string{layer.Slug}, slugs...)
		names[layer.Slug] = layer.Name.EN
	}
	switch {
	case v.Layer == "":
		return slugs, names, nil
	case names[v.Layer] == "":
		return nil, nil, usageError{fmt.Errorf("no layer %q, want one of %s", v.Layer, strings.Join(slugs, ", "))}
	}
	return []string{v.Layer}, names, nil
}

func (v *volCmd) ask(ctx context.Context, o *oracle, layer, window string) (json.RawMessage, volatility, error) {
	query := url.Values{"window": {window}}
	if v.At != "" {
		query.Set("at", v.At)
	}
	var raw json.RawMessage
	var answer volatility
	if err := o.get(ctx, "/api/v1/layers/"+url.PathEscape(layer)+"/volatility", query, &raw); err != nil {
		return nil, answer, err
	}
	return raw, answer, json.Unmarshal(raw, &answer)
}

func printJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
