package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"strata/layers"
	"strata/layers/risk"
)

type tokenList struct {
	Tokens []TokenSummary `json:"tokens" nullable:"false" doc:"Tokens and projects, by slug"`
}

// TokenPath is the part of a question that names a token.
type TokenPath struct {
	Token string `path:"token" example:"bittensor" doc:"Slug of a token, never its ticker"`
}

type tokenQuestion struct {
	TokenPath
	Explain
}

type tokenVolatilityQuestion struct {
	TokenPath
	WindowAt
	Explain
}

func (s *server) registerTokens(a huma.API) {
	huma.Register(a, get("/api/v1/tokens", "list-tokens", "tokens", "The tokens and projects of the catalogue"), s.tokens)
	huma.Register(a, get("/api/v1/tokens/{token}", "get-token", "tokens", "One token: its places, names, events, price and volatility",
		http.StatusNotFound, http.StatusServiceUnavailable), s.token)
	huma.Register(a, get("/api/v1/tokens/{token}/volatility", "get-token-volatility", "tokens", "The volatility of one token in one window",
		http.StatusNotFound, http.StatusServiceUnavailable), s.tokenVolatility)
	huma.Register(a, get("/api/v1/tokens/{token}/prices", "get-token-prices", "tokens", "The prices of one token over time",
		http.StatusNotFound, http.StatusServiceUnavailable), s.prices)
}

func (s *server) tokens(context.Context, *struct{}) (*answer[tokenList], error) {
	k := s.now()
	list := tokenList{Tokens: []TokenSummary{}}
	for _, t := range s.view.Catalogue.Tokens() {
		list.Tokens = append(list.Tokens, summary(t, k))
	}
	return &answer[tokenList]{list}, nil
}

func (s *server) token(ctx context.Context, q *tokenQuestion) (*answer[Token], error) {
	t, err := s.find(q.Token)
	if err != nil {
		return nil, err
	}
	d := detail(t, s.now())
	d.Explanation, err = s.explain(ctx, q.Explain, t, s.view.Now().UTC())
	return &answer[Token]{d}, err
}

// find finds a token by its slug. The tokens are too many to list in the problem.
func (s *server) find(slug string) (*layers.Token, error) {
	if t, ok := s.view.Catalogue.Token(slug); ok {
		return t, nil
	}
	return nil, huma.Error404NotFound(fmt.Sprintf("no token %q, /api/v1/tokens lists them", slug),
		fault("path.token", slug, "want a slug of the catalogue, not a ticker"))
}

func (s *server) tokenVolatility(ctx context.Context, q *tokenVolatilityQuestion) (*answer[TokenVolatility], error) {
	t, err := s.find(q.Token)
	if err != nil {
		return nil, err
	}
	r, err := s.tokenRisk(ctx, t, q)
	if err != nil {
		return nil, err
	}
	_, at, err := s.windowAt(q.WindowAt)
	if err != nil {
		return nil, err
	}
	v := tokenVolatility(r)
	v.Explanation, err = s.explain(ctx, q.Explain, t, at)
	return &answer[TokenVolatility]{v}, err
}

// tokenRisk reads the newest snapshot, or history when another instant is asked for.
func (s *server) tokenRisk(ctx context.Context, t *layers.Token, q *tokenVolatilityQuestion) (*risk.TokenRisk, error) {
	window, at, err := s.windowAt(q.WindowAt)
	if err != nil {
		return nil, err
	}
	if q.At == "" {
		snapshot := s.view.Snapshot()
		if snapshot == nil {
			return nil, noNumbersYet()
		}
		if r, ok := snapshot.Token(q.Token, q.Window); ok {
			return r, nil
		}
		state := t.State(snapshot.At)
		return &risk.TokenRisk{
			Token: q.Token, Window: window, At: snapshot.At,
			Volatility: risk.Figure{Reason: fmt.Sprintf("%s is %s, its price is not watched", q.Token, state)},
		}, nil
	}
	r, err := past(ctx, s, func(ctx context.Context) (risk.TokenRisk, error) {
		return risk.ComputeToken(ctx, s.view.Catalogue, s.view.History, q.Token, window, at)
	})
	return &r, err
}
