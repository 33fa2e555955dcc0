#!/usr/bin/env bash
# `make test`: every stage in turn, each with its time; a failed stage does not hide the later ones. Exit 1 if one failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh
export CARGO_TERM_COLOR=never
# What a fresh clone builds once needs no notes for the next time.
if [ "${CI:-}" = true ]; then export CARGO_INCREMENTAL=0; fi
# Clippy looks while it compiles what the tests then run; `make lint` by itself checks only, and would check everything a second time here.
export RUSTC_WORKSPACE_WRAPPER=clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__

table=()
failed=0
finish() { postgres_stop; }
trap finish EXIT
trap 'exit 130' INT TERM

# stage NAME FUNCTION: runs it and notes its time and outcome.
stage() {
  local name=$1 begin=$SECONDS outcome=ok
  printf '\n== %s\n' "$name"
  "$2" </dev/null || { outcome=FAILED; failed=$((failed + 1)); }
  table+=("$(printf '%-28s %5d s  %s' "$name" "$((SECONDS - begin))" "$outcome")")
  printf -- '-- %s: %s in %d s\n' "$name" "$outcome" "$((SECONDS - begin))"
}

skip() {
  printf '\n== SKIPPED %s: %s\n' "$1" "$2"
  table+=("$(printf '%-28s %5s    SKIPPED: %s' "$1" - "$2")")
}

setup() { cargo xtask setup --for test; }
format() { cargo fmt --all --check; }
tidy() { cargo xtask tidy; }
web_build() { cargo xtask web; }
web_unit() { (cd web && npm test --silent); }
build() { cargo test --workspace --locked --no-run; }
unit() {
  if command -v cargo-nextest >/dev/null; then cargo nextest run --workspace --locked --profile ci
  else cargo test --workspace --locked --all-targets
  fi
}
doc() { cargo test --workspace --locked --doc; }
# The program as the tests have built it: asked for alone, it would have its libraries made anew with fewer features.
browser() { build && node web/e2e/run.mjs; }
openapi() { build && target/python/bin/python tests/openapi/run.py; }

stage "setup" setup
stage "format" format
stage "tidy" tidy
if [ -f web/package.json ]; then
  stage "console: build" web_build
  stage "console: unit tests" web_unit
else
  skip "console" "no web/ in this clone"
fi
stage "build with clippy" build
stage "PostgreSQL server" postgres_start
stage "tests" unit
stage "tests in documentation" doc
if [ -f web/e2e/run.mjs ]; then stage "browser" browser; else skip "browser" "no web/e2e in this clone"; fi
stage "API document by role" openapi
if [ ! -d ../shared/data ]; then skip "large public data sets" "no ../shared/data beside this clone"; fi

printf '\n== stages\n'
printf '%s\n' "${table[@]}"
printf 'total %d s, %d stages failed\n' "$SECONDS" "$failed"
[ "$failed" -eq 0 ]
