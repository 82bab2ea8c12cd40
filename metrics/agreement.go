package metrics

// Agreement is what the sources made of a token's price in the latest cycle.
type Agreement struct {
	State   string   `json:"state" enum:"ok,single_source,disputed,missing" doc:"disputed: two sources differ by more than 50 bp and nobody can tell who is wrong"`
	Spread  *float64 `json:"spread_ratio,omitempty" doc:"Highest over lowest of the sources' prices, less 1; absent with fewer than two"`
	Sources []string `json:"sources" nullable:"false" doc:"Sources with a usable price"`
}

// AgreementStates are the states of an [Agreement].
func AgreementStates() []string { return []string{"ok", "single_source", "disputed", "missing"} }

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
		gauge("token_prices", "Tokens by what their sources made of the price in the latest cycle: ok, single_source, disputed (two sources differ by more than 50 bp) or missing.",
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
