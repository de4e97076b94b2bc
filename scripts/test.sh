#!/usr/bin/env bash
# Lint and every test there is, in processes side by side: some of them wait as often as they compute.
set -euo pipefail
cd "$(dirname "$0")/.."

# The slowest first, so that none of them is left for the end. Fixtures are shared by a file.
readonly beside=(tests/dbt tests/chaos tests/integration tests/unit)
readonly two_workers=(-n 2 --dist loadscope --no-loadscope-reorder)
front=() # whatever is not beside
for path in "${beside[@]}"; do front+=("--ignore=$path"); done

logs=$(mktemp -d)
echo "test: lint, and ${beside[*]} in the background; their output follows at the end"
set -m # process groups of their own, so that Ctrl-C can be passed on to all of them
scripts/lint.sh >"$logs/lint" 2>&1 &
readonly lint=$!
.venv/bin/pytest -p no:cacheprovider "${two_workers[@]}" "${beside[@]}" >"$logs/beside" 2>&1 &
readonly background=$!
set +m

end_background() {
    for group in "$lint" "$background"; do
        kill -INT -- "-$group" 2>/dev/null || true # it may have ended by itself
        wait "$group" 2>/dev/null || true
    done
    rm -rf "$logs"
}
trap end_background EXIT
trap 'exit 130' INT TERM

result=0
.venv/bin/pytest -p no:cacheprovider "${front[@]}" || result=$?
wait "$lint" || { result=$?; echo "test: lint failed:"; }
cat "$logs/lint"
wait "$background" || result=$?
cat "$logs/beside"
exit "$result"
