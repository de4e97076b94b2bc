#!/usr/bin/env bash
# Every test there is, in three processes side by side: some of them wait as often as they compute.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly beside=("tests/dbt" "tests/unit tests/integration tests/chaos")
front=() # whatever is not beside
for path in ${beside[*]}; do front+=("--ignore=$path"); done
logs=() groups=()

set -m # process groups of their own, so that Ctrl-C can be passed on to all of each
for paths in "${beside[@]}"; do
    log=$(mktemp)
    echo "test: $paths in the background; their output follows at the end"
    # shellcheck disable=SC2086  # a list of paths without blanks
    .venv/bin/pytest -p no:cacheprovider $paths >"$log" 2>&1 &
    groups+=($!) logs+=("$log")
done
set +m

end_background() {
    for group in "${groups[@]}"; do
        kill -INT -- "-$group" 2>/dev/null || true # it may have ended by itself
        wait "$group" 2>/dev/null || true
    done
    rm -f "${logs[@]}"
}
trap end_background EXIT
trap 'exit 130' INT TERM

result=0
.venv/bin/pytest -p no:cacheprovider "${front[@]}" || result=$?
for group in "${groups[@]}"; do
    wait "$group" || result=$?
done
cat "${logs[@]}"
exit "$result"
