package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"strata/cmd/strata/internal/identity"
	"strata/collector"
	"strata/collector/coingecko"
	"strata/layers"
)

type verifyCmd struct {
	settings
	Format string `enum:"text,json" default:"text" help:"text or json."`
}

// askingPatience is how long the sources may take together. One that has no batch endpoint is
// asked once a token.
const askingPatience = 2 * time.Minute

// verified is what a check of all names came to.
type verified struct {
	At       time.Time          `json:"at"`
	Listings int                `json:"listings"` // that a source answered for
	Findings []identity.Finding `json:"findings"`
	Unasked  []string           `json:"unasked"` // sources that could not be asked, and why
}

// Run asks every source for every token once and says which names of the catalogue do
// not mean what they should. It exits with 0 when there is nothing to say.
func (v *verifyCmd) Run(ctx context.Context, t terminal) error {
	p, err := v.plan()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, askingPatience)
	defer cancel()
	result := verify(ctx, p.catalogue, sourcesOf(p), time.Now().UTC())
	if v.Format == "json" {
		err = printJSON(t.out, result)
	} else {
		err = result.print(t.out)
	}
	return errors.Join(err, result.verdict())
}

// verify asks all sources at once and judges what they say.
func verify(ctx context.Context, c *layers.Catalogue, sources []collector.Source, at time.Time) verified {
	replies := make([]reply, len(sources))
	var asking sync.WaitGroup
	for i, source := range sources {
		asking.Go(func() { replies[i] = inquire(ctx, source, c.Listings(source.Name(), at)) })
	}
	asking.Wait()
	result := verified{At: at, Findings: []identity.Finding{}, Unasked: []string{}}
	var said []identity.Said
	for _, r := range replies {
		said = append(said, r.said)
		result.Listings += answered(r.said.Answer)
		result.Unasked = append(result.Unasked, r.faults...)
		if r.coins != nil {
			result.Findings = append(result.Findings, identity.CheckCoins(c, r.coins, at)...)
		}
	}
	result.Findings = identity.Join(result.Findings, identity.CheckPrices(c, said, at))
	slices.Sort(result.Unasked)
	return result
}

// answered counts the listings of which a source said anything.
func answered(a collector.Answer) int {
	n := len(a.Quotes)
	for _, m := range a.Missing {
		if !m.Unasked {
			n++
		}
	}
	return n
}

// lister is a source that knows all coins there are.
type lister interface {
	Coins(ctx context.Context) ([]coingecko.Coin, error)
}

// reply is what one source says.
type reply struct {
	said   identity.Said
	coins  []coingecko.Coin // nil when it has no such list
	faults []string
}

// inquire asks a source for all its listings, and for all coins if it knows them. What
// it says counts although some of it failed.
func inquire(ctx context.Context, source collector.Source, listings []layers.Listing) reply {
	r := reply{said: identity.Said{Source: source.Name(), Listings: listings}}
	if d, ok := source.(collector.Derived); ok {
		r.said.Derived = d.Derived()
	}
	var err error
	if len(listings) > 0 {
		r.said.Answer, err = source.Latest(ctx, listings)
		r.faults = append(r.faults, faultsOf(r.said, err)...)
	}
	if list, ok := source.(lister); ok {
		if r.coins, err = list.Coins(ctx); err != nil {
			r.faults = append(r.faults, fmt.Sprintf("%s's list of coins: %v", source.Name(), err))
		}
	}
	return r
}

// faultsOf says what of a source could not be asked.
func faultsOf(said identity.Said, err error) []string {
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", said.Source, err)}
	}
	for _, m := range said.Answer.Missing {
		if m.Unasked {
			return []string{fmt.Sprintf("%s: not all names: %s", said.Source, m.Reason)}
		}
	}
	return nil
}

// print writes the findings as compilers do, each with the line to write instead.
func (v verified) print(out io.Writer) error {
	var text strings.Builder
	for _, f := range v.Findings {
		fmt.Fprintln(&text, f)
	}
	for _, fault := range v.Unasked {
		fmt.Fprintln(&text, "could not be asked:", fault)
	}
	fmt.Fprintf(&text, "%d listings verified, %d findings\n", v.Listings, len(v.Findings))
	if len(v.Findings) > 0 {
		text.WriteString("What is proposed ends today: if you know the day, write that one. A row of catalogue.yaml is changed\n" +
			"by a row with its slug in a file of your own (catalogue.file).\n")
	}
	_, err := io.WriteString(out, text.String())
	return err
}

// verdict is an error when there is something to say, so that a script can tell.
func (v verified) verdict() error {
	switch {
	case len(v.Findings) > 0:
		return fmt.Errorf("%d names may not mean what the catalogue says", len(v.Findings))
	case len(v.Unasked) > 0:
		return fmt.Errorf("%d sources could not be asked, so their names are not verified", len(v.Unasked))
	}
	return nil
}
