# Each target is one readable line or a script. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo up superset test unit chaos bench lint format lock clean
SHELL := bash
BIN := .venv/bin

# Compiled Python is kept, out of the tree, whatever the shell says: Airflow and dbt are thousands
# of files, and the tests start them some hundred times.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/.venv/pycache

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with the pinned packages (every other target does so first)
	@scripts/setup.sh

demo: setup ## the whole way, from a simulated platform over Airflow and dbt to BI tables
	@$(BIN)/python scripts/demo.py

up: setup ## Airflow's UI on 127.0.0.1 with the simulated platform behind it; Ctrl-C ends it
	@$(BIN)/python scripts/up.py

superset: setup ## zip bi/superset, with the path of the BI file, for import into Superset
	@$(BIN)/python scripts/superset_bundle.py

test: setup ## everything: lint, and every test there is
	@scripts/test.sh

unit: setup ## the quick tests without HTTP, dbt and Airflow, few examples of each property: seconds
	$(BIN)/pytest -n logical --maxprocesses 8 -m "not slow" --hypothesis-profile=quick tests/unit

chaos: setup ## chaos at full size: 1,000 kills, 10,000 bodies, a year of faults; minutes
	nice $(BIN)/pytest tests/chaos --full

bench: setup ## every benchmark (half an hour, on a quiet machine), or PART=windows; writes benchmarks/results and docs/benchmarks.md
	@$(BIN)/python -m benchmarks $(PART)

lint: setup ## ruff, mypy, import-linter, oxlint, sqlfluff, dbt-bouncer
	@scripts/lint.sh

format: setup ## let ruff, oxfmt and sqlfluff correct what they can
	$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/oxfmt include/miatel_dashboard/page/js && $(BIN)/sqlfluff fix dbt_project/models dbt_project/tests

lock: setup ## resolve pyproject.toml anew: requirements.txt to run, requirements-dev.txt with tests and lint, the same versions
	@scripts/lock.sh --upgrade

clean: ## remove what the demo, the tests and Airflow wrote; .venv stays
	@scripts/clean.sh
