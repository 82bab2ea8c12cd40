package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"strata/layers"
)

type layersCmd struct {
	settings
	JSON bool `name:"json" help:"Print JSON, the API's answer."`
}

// stackLayer is what the API says of one layer, as far as the listing shows it.
type stackLayer struct {
	Slug    string        `json:"layer"`
	Name    layers.Name   `json:"name"`
	Members []stackMember `json:"members"`
}

type stackMember struct {
	Token       string `json:"token"`
	Name        string `json:"name"`
	Symbol      string `json:"symbol"`
	State       string `json:"state"`
	Role        string `json:"role"`
	Subcategory string `json:"subcategory"`
}

// Run prints the stack.
func (l *layersCmd) Run(ctx context.Context, t terminal) error {
	o, err := newOracle(ctx, l.settings, false)
	if err != nil {
		return err
	}
	return errors.Join(l.print(ctx, t.out, o), o.close())
}

func (l *layersCmd) print(ctx context.Context, out io.Writer, o *oracle) error {
	if l.JSON {
		var raw json.RawMessage
		if err := o.get(ctx, "/api/v1/layers", nil, &raw); err != nil {
			return err
		}
		return printJSON(out, raw)
	}
	stack, err := o.stack(ctx)
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "The crypto-AI stack, from %s\n", o.origin)
	text.WriteString(demoLine(o.demo(ctx)))
	for _, layer := range slices.Backward(stack) {
		fmt.Fprintf(&text, "\n%s  %s\n", layer.Name.EN, layer.Name.JA)
		text.WriteString(memberGrid(layer).String())
	}
	_, err = io.WriteString(out, text.String())
	return err
}

func memberGrid(layer stackLayer) *grid {
	g := &grid{words: true}
	for _, m := range layer.Members {
		symbol := m.Symbol
		if symbol == "" {
			symbol = absent
		}
		g.add("  "+m.Name, symbol, m.Subcategory, m.Role, m.State)
	}
	return g
}

// stack asks for the layers, the bottom of the stack first.
func (o *oracle) stack(ctx context.Context) ([]stackLayer, error) {
	var answer struct {
		Layers []stackLayer `json:"layers"`
	}
	if err := o.get(ctx, "/api/v1/layers", nil, &answer); err != nil {
		return nil, err
	}
	return answer.Layers, nil
}

// demo names the recording that is being shown, or is "" when it is the market of now.
func (o *oracle) demo(ctx context.Context) string {
	var status struct {
		Demo *struct {
			Scenario string `json:"scenario"`
		} `json:"demo"`
	}
	if o.get(ctx, "/api/v1/status", nil, &status) != nil || status.Demo == nil {
		return ""
	}
	return status.Demo.Scenario
}

// demoLine says of everything that is no market of now that it is not.
func demoLine(scenario string) string {
	if scenario == "" {
		return ""
	}
	return "DEMO " + scenario + ": a recording, shown as if it were now\n"
}
