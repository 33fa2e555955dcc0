#!/usr/bin/env bash
# The tables of docs/PERFORMANCE.md, from a release build, each on an empty folder.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo build --release --locked -p xiaoer
binary="${CARGO_TARGET_DIR:-target}/release/xiaoer"
folder="$(mktemp -d "${TMPDIR:-/var/tmp}/xiaoer-bench.XXXXXX")"
trap 'rm -rf "$folder"' EXIT
# bench WHAT...: one line of JSON; the database is gone afterwards.
bench() {
  "$binary" bench "$@" --data "$folder/data"
  rm -rf "$folder/data"
}

bench place-order
bench place-order --orders 100000
bench http
bench clocks --orders 100000
bench start --orders 1000000
bench export --orders 100000
bench list --orders 10000
bench list --orders 1000000
(time "$binary" simulate --seed 1 --days 30 --orders-per-day 200) 2>&1 | grep -E 'orders,|covered|CPU|real'
history=(../shared/data/online-retail/online-retail-*.csv.gz)
if [ -f "${history[0]}" ]; then
  bench import "${history[@]}"
  (time "$binary" import online-retail "${history[@]}" --data "$folder/data" --summary "$folder/summary.csv") 2>&1 | grep -E '行数|real'
else
  echo "import: skipped, no ../shared/data/online-retail beside this clone"
fi
