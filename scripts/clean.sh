#!/usr/bin/env bash
# Removes what can be made again. Data that no simulator made stays.
set -euo pipefail
cd "$(dirname "$0")/.."
if [[ -f data/SIMULATED.txt ]]; then
    rm -rf data
elif [[ -d data ]]; then
    echo "clean: data/ stays, it was not made by the simulator"
fi
rm -rf .airflow reports dbt_project/target dbt_project/logs build
rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
find include plugins dags scripts tests -name __pycache__ -type d -prune -exec rm -rf {} +
