#!/usr/bin/env bash
# The demo market: builds the console and the binary, then serves on loopback. Stop it with Ctrl-C.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo xtask setup --for run
cargo xtask web
cargo build --locked -p xiaoer
exec "${CARGO_TARGET_DIR:-target}/debug/xiaoer" demo --data "${XIAOER_DATA:-.demo}" --listen "${XIAOER_LISTEN:-127.0.0.1:8080}"
