# Thin on purpose: the work is in xtask/ and scripts/.
CARGO ?= cargo

.PHONY: run build test torture bench tidy fmt lint

run: ## the demo market in a browser, on http://127.0.0.1:8080
	@bash scripts/run.sh

build: ## target/release/xiaoer, with the console inside
	@$(CARGO) xtask setup --for run
	@$(CARGO) xtask web
	$(CARGO) build --release --locked -p xiaoer

test: ## everything that has to hold, with the time of each stage
	@bash scripts/test.sh

torture: ## kills, power cuts, full disks, crashes of PostgreSQL, for an hour or so
	@bash scripts/torture.sh

bench: ## the tables of docs/PERFORMANCE.md
	@bash scripts/bench.sh

tidy: ## docs/STYLE.md
	@$(CARGO) xtask tidy

fmt:
	$(CARGO) fmt --all

lint:
	$(CARGO) clippy --workspace --all-targets --locked -- -D warnings
