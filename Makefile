# Every target with a ## comment shows up in `make help`, in this order.

GO      ?= go
PYTHON  ?= /usr/bin/python3
LINT    ?= $(shell $(GO) env GOPATH)/bin/golangci-lint
ROUNDS  ?= 50
BENCH   ?=

.DEFAULT_GOAL := help
.PHONY: help build install demo serve test race kill9 torture first-start oracle lint fmt tidy ci-demo ci-metrics ci bench-storage bench-collector bench-risk

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## Build ./strata, static and reproducible
	CGO_ENABLED=0 $(GO) build -trimpath -buildvcs=false -ldflags '-s -w -buildid=' -o strata ./cmd/strata

install: ## Install strata into GOBIN
	$(GO) install ./cmd/strata

demo: ## Run the demo: recorded market, no network
	$(GO) run ./cmd/strata demo

serve: ## Run the collector and the server on real sources
	$(GO) run ./cmd/strata serve

test: ## Run all tests
	$(GO) test ./...

race: ## Run all tests under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short ./...

kill9: ## Kill the real process ROUNDS times and count what is lost (50)
	$(GO) test ./cmd/strata -count=1 -timeout=20m -run TestKill9 -kill9.rounds=$(ROUNDS) -strict

torture: ## Kill, starve and damage it as long as docs/FAULTS.md says (half an hour; needs root and strace)
	.ci/torture full

first-start: ## Start on an empty database against stand-ins for all sources, with everything that goes wrong (a quarter of an hour)
	.ci/firststart full

oracle: ## Recompute the oracles with NumPy and R and compare them with the committed ones
	PYTHON=$(PYTHON) .ci/oracle

lint: ## gofmt, go vet, go mod tidy and golangci-lint, changing nothing
	.ci/lint $(LINT)

fmt: ## Format the code
	$(LINT) fmt

tidy: ## Tidy go.mod and go.sum
	$(GO) mod tidy

ci-demo: ## Run the demo against a real Prometheus
	.ci/demo

ci-metrics: ## Take prices to a real Prometheus and back
	.ci/openmetrics

ci: ## Run everything that a change has to pass
	bash .ci/run

bench-storage: ## Hold the store against its peers, for docs/BENCHMARKS.md (20 minutes; BENCH=-quick for one)
	cd bench && $(GO) run ./storage $(BENCH)

bench-collector: ## Measure a cycle of the collector, and its reader beside encoding/json (a minute; BENCH=-quick for less)
	cd bench && $(GO) run ./collector $(BENCH)

bench-risk: ## Ask us and PromQL for the same volatilities (five minutes; BENCH=-quick for seconds)
	cd bench && $(GO) run ./risk $(BENCH)
