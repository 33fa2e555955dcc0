#!/usr/bin/env bash
# The tables of docs/PERFORMANCE.md, from a release build, each on an empty folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --release --locked -p xiaoer
binary="${CARGO_TARGET_DIR:-target}/release/xiaoer"
folder="$(mktemp -d "${TMPDIR:-/var/tmp}/xiaoer-bench.XXXXXX")"
trap 'rm -rf "$folder"' EXIT
"$binary" bench place-order --orders 0 --clients 64 --seconds 10 --data "$folder/empty"
"$binary" bench place-order --orders 100000 --clients 64 --seconds 10 --data "$folder/loaded"
