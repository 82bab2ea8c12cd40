package metrics

// Agreement is what the sources made of a token's price in the latest cycle.
type Agreement struct {
	State   string   `json:"state" enum:"ok,single_source,disputed,stale,frozen,held,missing" doc:"disputed: two sources differ by more than 50 bp and nobody can tell who is wrong; stale, frozen, held: no source has a usable price, and that is what becomes of the best of them"`
	Spread  *float64 `json:"spread_ratio,omitempty" doc:"Highest over lowest of the sources' prices, less 1; absent with fewer than two"`
	Sources []string `json:"sources" nullable:"false" doc:"Sources with a usable price"`
}

// AgreementStates are the states of an [Agreement].
func AgreementStates() []string {
	return []string{"ok", "single_source", "disputed", "stale", "frozen", "held", "missing"}
}

func agreementFamilies() []family {
	return []family{
		gauge("token_price_spread_ratio", "Highest over lowest price of the token's sources in the latest cycle, less 1; absent with fewer than two sources.",
			[]string{"token"}, func(f facts, out emit) {
				for token, a := range f.agreements {
					if a.Spread != nil {
						out(*a.Spread, token)
					}
				}
			}),
		gauge("token_price_state", "Always 1. What the token's sources made of its price in the latest cycle: ok, single_source, disputed (two sources differ by more than 50 bp), stale, frozen, held (a jump that waits for its confirmation) or missing.",
			[]string{"token", "state"}, func(f facts, out emit) {
				for token, a := range f.agreements {
					out(1, token, a.State)
				}
			}),
		gauge("token_prices", "Tokens by what their sources made of the price in the latest cycle, as in strata_token_price_state.",
			[]string{"state"}, countAgreements),
	}
}

func countAgreements(f facts, out emit) {
	if len(f.agreements) == 0 {
		return
	}
	counts := make(map[string]int)
	for _, a := range f.agreements {
		counts[a.State]++
	}
	for _, state := range AgreementStates() {
		out(float64(counts[state]), state)
	}
}
