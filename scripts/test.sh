#!/usr/bin/env bash
# Every test there is, in two processes side by side that take about as long as each other.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly beside=(
    tests/unit tests/integration tests/chaos
    tests/dbt/test_{lakes,late_receipts,planted_errors,price_changes,watch}.py
)
log=$(mktemp)

echo "test: ${beside[*]} in the background; their output follows at the end"
set -m  # a process group of its own, so that Ctrl-C can be passed on to all of it
.venv/bin/pytest -p no:cacheprovider "${beside[@]}" >"$log" 2>&1 &
readonly background=$!
set +m

end_background() {
    kill -INT -- "-$background" 2>/dev/null || true # it may have ended by itself
    wait "$background" 2>/dev/null || true
    rm -f "$log"
}
trap end_background EXIT
trap 'exit 130' INT TERM

result=0
.venv/bin/pytest -p no:cacheprovider "${beside[@]/#/--ignore=}" || result=$?
wait "$background" || result=$?
cat "$log"
exit "$result"
