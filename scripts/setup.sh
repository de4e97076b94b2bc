#!/usr/bin/env bash
# Makes .venv: the pinned lock with its hashes, then this project itself, in place.
# Instant when nothing changed since the last time; starts over when Python itself did.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly uv_version=0.13.9
readonly venv=.venv
readonly stamp=$venv/.installed

# The first Python that is new enough. The lock holds for 3.11 and newer.
find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    echo "setup: no Python 3.11 or newer found on PATH ($(python3 --version 2>&1)); install one" >&2
    return 1
}

wanted=$(cat requirements-dev.txt pyproject.toml scripts/setup.sh | cksum)
if [[ -x $venv/bin/python && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
    exit 0
fi

echo "setup: installing the pinned packages into $venv (half a minute with a fast network)"
rm -f "$stamp"
if ! "$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$(find_python)
    rm -rf "$venv"
    "$python" -m venv "$venv"
fi
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv==$uv_version"
"$venv/bin/uv" pip install --quiet --system-certs --python "$venv/bin/python" --require-hashes -r requirements-dev.txt
# setuptools is part of the lock: building in place then needs no download.
"$venv/bin/uv" pip install --quiet --system-certs --python "$venv/bin/python" --no-deps --no-build-isolation -e .
echo "$wanted" >"$stamp"
echo "setup: done"
