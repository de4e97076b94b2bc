#!/usr/bin/env bash
# All linters, the quick ones first; the first that complains ends the run.
set -euo pipefail
cd "$(dirname "$0")/.."
PATH=$PWD/.venv/bin:$PATH
# Airflow is imported by none of these, but mypy reads it: it must not write to the user's home.
export AIRFLOW_HOME=$PWD/.airflow

set -x
ruff check .
ruff format --check .
lint-imports
mypy
mypy -p miatel_provider -p delivery_dashboard
oxfmt --check include/miatel_dashboard/page/js
oxlint --deny-warnings include/miatel_dashboard/page/js
if grep -rnE '.{101,}' include/miatel_dashboard/page/js; then exit 1; fi # long texts, comments
python scripts/lint_engine_sql.py
sqlfluff lint --processes 0 dbt_project/models dbt_project/tests
# dbt-bouncer reads the manifest that dbt makes of the project, without any warehouse.
DBT_TARGET_PATH=target/lint dbt --quiet parse --project-dir dbt_project --profiles-dir dbt_project
dbt-bouncer run --config-file dbt_project/dbt-bouncer.yml
