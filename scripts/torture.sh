#!/usr/bin/env bash
# `make torture`: the program and its machine fail again and again, in a release build; every life is followed by a look through
# everything. `make test` runs a few rounds of each. Numbers by variables, e.g. `XR_POWER_CUTS=500 make torture`.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=scripts/postgres.sh
source scripts/postgres.sh
trap postgres_stop EXIT

export XR_KILLS="${XR_KILLS:-200}" XR_POWER_CUTS="${XR_POWER_CUTS:-100}" XR_DEATHS="${XR_DEATHS:-40}"
export XR_KILLS_POSTGRES="${XR_KILLS_POSTGRES:-30}" XR_CRASHES_POSTGRES="${XR_CRASHES_POSTGRES:-10}" XR_PAUSES_POSTGRES="${XR_PAUSES_POSTGRES:-5}"
cargo xtask setup --for test
postgres_start
cargo test --release --locked -p xiaoer --test processes -- --nocapture --test-threads 1 "$@"
