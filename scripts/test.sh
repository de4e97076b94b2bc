#!/usr/bin/env bash
# Every test there is, in two processes side by side: what starts dbt and Airflow waits a lot.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly quick=(tests/unit tests/integration tests/chaos)
log=$(mktemp)
trap 'rm -f "$log"' EXIT

echo "test: ${quick[*]} in the background; their output follows at the end"
.venv/bin/pytest -p no:cacheprovider "${quick[@]}" >"$log" 2>&1 &
readonly background=$!
result=0
.venv/bin/pytest -p no:cacheprovider "${quick[@]/#/--ignore=}" || result=$?
wait "$background" || result=$?
cat "$log"
exit "$result"
