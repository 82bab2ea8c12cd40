package collector

// TokenState says what the sources together make of a token.
type TokenState string

// The states of a token. The last three are those of tokens without a usable price: what
// comes first holds.
const (
	TokenOK           TokenState = "ok"
	TokenSingleSource TokenState = "single_source"
	TokenDisputed     TokenState = "disputed" // two sources differ by more than 50 bp
	TokenFrozen       TokenState = "frozen"   // nobody has said anything new for three cycles
	TokenHeld         TokenState = "held"     // a jump has to be confirmed
	TokenStale        TokenState = "stale"    // what there is, is too old
	TokenMissing      TokenState = "missing"  // there is nothing
)

func tokenStates() []TokenState {
	return []TokenState{
		TokenOK, TokenSingleSource, TokenDisputed, TokenFrozen, TokenHeld, TokenStale, TokenMissing,
	}
}

// TokenStatus is what the last cycle made of one token.
type TokenStatus struct {
	Token   string
	State   TokenState
	Spread  float64  // highest over lowest of the prices of Sources, less 1; 0 with fewer than two
	Sources []string // with a usable price, new or a repeat of the last one
}

// describe says what there is to say about a token of which this was said. The names of
// its sources are appended to those of the tokens before, to save memory.
func describe(token string, hearing []*statement, disputed bool, names []string) (TokenStatus, []string) {
	from, moving := len(names), false
	var low, high float64
	for _, s := range hearing {
		if !s.used {
			continue
		}
		price := s.usd.price.Float64()
		if len(names) == from {
			low, high = price, price
		}
		low, high = min(low, price), max(high, price)
		names = append(names, s.desk.name)
		moving = moving || s.reason != ReasonFrozen
	}
	status := TokenStatus{Token: token, Sources: names[from:len(names):len(names)]}
	switch n := len(status.Sources); {
	case disputed:
		status.State = TokenDisputed
	case n == 0:
		status.State = withoutPrice(hearing)
	case !moving:
		status.State = TokenFrozen
	case n == 1:
		status.State = TokenSingleSource
	default:
		status.State = TokenOK
	}
	if len(status.Sources) > 1 {
		status.Spread = high/low - 1
	}
	return status, names
}

// withoutPrice says why a token has no usable price.
func withoutPrice(hearing []*statement) TokenState {
	state := TokenMissing
	for _, s := range hearing {
		switch s.reason {
		case ReasonHeld:
			return TokenHeld
		case ReasonStale:
			state = TokenStale
		}
	}
	return state
}
