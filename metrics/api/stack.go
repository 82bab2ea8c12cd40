package api

import (
	"slices"
	"time"

	"strata/layers"
	"strata/layers/risk"
	"strata/metrics"
)

// Layer is one floor of the stack: who stands in it and its headline numbers.
type Layer struct {
	Slug          string        `json:"layer" example:"infrastructure"`
	Order         int           `json:"order" doc:"1 at the bottom of the stack"`
	Name          layers.Name   `json:"name"`
	Subcategories []Subcategory `json:"subcategories" nullable:"false"`
	Headlines     []Headline    `json:"volatility" nullable:"false" doc:"By window, shortest first; empty before the first cycle"`
	Members       []Member      `json:"members" nullable:"false" doc:"Everybody with a membership now, tokenless projects too"`
}

// Subcategory is a part of a layer.
type Subcategory struct {
	Slug string      `json:"subcategory"`
	Name layers.Name `json:"name"`
}

// Headline is what is said first about a layer in one window.
type Headline struct {
	Window       string         `json:"window" example:"24h"`
	At           time.Time      `json:"at"`
	Status       string         `json:"status" enum:"ok,insufficient"`
	Reason       string         `json:"reason,omitempty" doc:"Why volatility_ratio is null"`
	Volatility   *float64       `json:"volatility_ratio" doc:"Annualised volatility of the equal-weight index"`
	MemberMedian *float64       `json:"member_median_ratio"`
	Percentile   *float64       `json:"percentile_ratio,omitempty" doc:"Share of the previous percentile_days on which it was lower; of the 24h window, absent when not known"`
	Days         int            `json:"percentile_days,omitzero"`
	Regime       string         `json:"regime,omitempty" enum:"calm,normal,elevated,extreme" doc:"By percentile_ratio"`
	Coverage     float64        `json:"coverage_ratio"`
	States       map[string]int `json:"states" doc:"Primary members by state"`
	Reasons      reasons        `json:"reasons,omitempty" doc:"Why a number is null, by field"`
}

// Member is a token or project with a membership in a layer.
type Member struct {
	Token       string        `json:"token" example:"bittensor"`
	Name        string        `json:"name"`
	Symbol      string        `json:"symbol,omitempty"`
	State       string        `json:"state" enum:"live,unlisted,tokenless,delisted,migrated"`
	Role        string        `json:"role" enum:"primary,secondary" doc:"The numbers use primary members"`
	Weight      float64       `json:"weight" doc:"Of the membership, not of the index; those of a token sum to 1"`
	Subcategory string        `json:"subcategory"`
	Migration   *Migration    `json:"migration,omitempty"`
	Delisted    *time.Time    `json:"delisted,omitempty"`
	Windows     []WindowState `json:"windows,omitempty" doc:"Of a live primary member, by window"`
}

// WindowState is what a live primary member is in one window.
type WindowState struct {
	Window string `json:"window"`
	State  string `json:"state" enum:"included,stale,frozen,insufficient"`
	Reason string `json:"reason,omitempty"`
}

// Migration says what became of a token that was converted into another.
type Migration struct {
	To    string    `json:"to"`
	Ratio float64   `json:"ratio,omitzero" doc:"Units of the successor for one; absent when not known"`
	Since time.Time `json:"since"`
}

// Stack returns the layers as they are now, from the bottom up.
func Stack(view metrics.View) []Layer {
	view = view.Complete()
	now, snapshot := view.Now().UTC(), view.Snapshot()
	if snapshot == nil {
		snapshot = &risk.Snapshot{}
	}
	stack := make([]Layer, 0, len(view.Catalogue.Layers()))
	for _, l := range view.Catalogue.Layers() {
		floor := Layer{Slug: l.Slug, Order: l.Order, Name: l.Name, Headlines: []Headline{}, Members: []Member{}}
		for _, s := range l.Subcategories {
			floor.Subcategories = append(floor.Subcategories, Subcategory{Slug: s.Slug, Name: s.Name})
		}
		risks := slices.DeleteFunc(slices.Clone(snapshot.Layers), func(r risk.LayerRisk) bool { return r.Layer != l.Slug })
		for i := range risks {
			floor.Headlines = append(floor.Headlines, headline(&risks[i]))
		}
		for _, t := range view.Catalogue.Members(l.Slug, now) {
			floor.Members = append(floor.Members, member(t, l.Slug, now, risks))
		}
		stack = append(stack, floor)
	}
	return stack
}

func headline(l *risk.LayerRisk) Headline {
	why := reasons{}
	states := map[string]int{}
	for state, n := range l.Counts() {
		states[string(state)] = n
	}
	h := Headline{
		Window: l.Window.Name, At: l.At.UTC(), Status: status(l.Volatility), Reason: l.Volatility.Reason,
		Volatility:   why.number("volatility_ratio", l.Volatility),
		MemberMedian: why.number("member_median_ratio", l.MemberMedian),
		Coverage:     l.Coverage, States: states, Reasons: why,
	}
	if l.Percentile.Known {
		h.Percentile, h.Days, h.Regime = &l.Percentile.Value, l.PercentileDays, string(l.Regime)
	}
	return h
}

func member(t *layers.Token, layer string, now time.Time, risks []risk.LayerRisk) Member {
	i := slices.IndexFunc(t.Memberships, func(m layers.Membership) bool { return m.Layer == layer && m.Valid.Contains(now) })
	place := t.Memberships[i]
	m := Member{
		Token: t.Slug, Name: t.Name, Symbol: t.Symbol(now), State: string(t.State(now)),
		Role: string(place.Role), Weight: place.Weight, Subcategory: place.Subcategory,
		Migration: migration(t), Delisted: moment(t.Delisted),
	}
	if place.Role == layers.Primary && t.State(now) == layers.Live {
		m.Windows = windowStates(t.Slug, risks)
	}
	return m
}

func windowStates(token string, risks []risk.LayerRisk) []WindowState {
	var states []WindowState
	for _, l := range risks {
		for _, m := range l.Members {
			if m.Token == token {
				states = append(states, WindowState{Window: l.Window.Name, State: string(m.State), Reason: m.Reason})
			}
		}
	}
	return states
}

func migration(t *layers.Token) *Migration {
	if t.Migration == nil {
		return nil
	}
	return &Migration{To: t.Migration.To, Ratio: t.Migration.Ratio, Since: t.Migration.Since.UTC()}
}
