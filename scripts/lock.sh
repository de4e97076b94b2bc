#!/usr/bin/env bash
# Resolves the ranges of pyproject.toml into two locks with hashes: requirements.txt holds what runs,
# requirements-dev.txt the same versions and what tests and lint need beside them.
# Without --upgrade, versions stay where the ranges allow it.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly resolve=(.venv/bin/uv pip compile --quiet --universal --python-version 3.11
    --generate-hashes --no-annotate --no-header)

# Development has bounds of its own, and both must agree: so all is resolved first, the runtime within it.
"${resolve[@]}" --all-extras "$@" -o requirements-dev.txt pyproject.toml
"${resolve[@]}" --extra airflow --extra warehouse --extra s3 --extra pandas \
    --constraint requirements-dev.txt "$@" -o requirements.txt pyproject.toml
