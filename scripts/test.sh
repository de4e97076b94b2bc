#!/usr/bin/env bash
# Every test there is, in three processes side by side: some of them wait as often as they compute.
set -euo pipefail
cd "$(dirname "$0")/.."

# The slowest first, so that none of them is left for the end. Fixtures are shared by a file.
readonly beside=(tests/dbt tests/chaos tests/integration tests/unit)
readonly two_workers=(-n 2 --dist loadscope --no-loadscope-reorder)
front=() # whatever is not beside
for path in "${beside[@]}"; do front+=("--ignore=$path"); done

log=$(mktemp)
echo "test: ${beside[*]} in the background; their output follows at the end"
set -m # a process group of its own, so that Ctrl-C can be passed on to all of it
.venv/bin/pytest -p no:cacheprovider "${two_workers[@]}" "${beside[@]}" >"$log" 2>&1 &
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
.venv/bin/pytest -p no:cacheprovider "${front[@]}" || result=$?
wait "$background" || result=$?
cat "$log"
exit "$result"
