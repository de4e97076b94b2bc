"""What the package asks for is what it imports, and the locks hold versions that it allows."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[3]
PACKAGE = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
EXTRAS = PACKAGE["optional-dependencies"]
OWN = {path.name for folder in ("include", "plugins") for path in (PROJECT / folder).iterdir()}

BROUGHT_BY = {
    "airflow": "apache-airflow",
    "dbt": "dbt-core",
    "dbt_common": "dbt-core",
    "fastapi": "apache-airflow",
    "psutil": "apache-airflow",
    "sqlalchemy": "apache-airflow",
    "urllib3": "requests",
}
"""Modules that are not named after the distribution that brings them."""

NEEDED_EXTRAS = {
    "miatel": [],
    "miatel_warehouse": ["warehouse"],
    "miatel_dashboard": [],
    "miatel_simulator": [],
    "miatel_provider": ["airflow", "pandas"],
    "delivery_dashboard": ["airflow"],
}


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(text).name) for text in requirements}


def imported(package: str) -> set[str]:
    (folder,) = (PROJECT / part / package for part in ("include", "plugins")
                 if (PROJECT / part / package).is_dir())  # fmt: skip
    found = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                found.add(node.module.partition(".")[0])
    return found - sys.stdlib_module_names - OWN


def locked(name: str) -> dict[str, str]:
    text = (PROJECT / name).read_text()
    pins = re.findall(r"^([A-Za-z0-9_.-]+)(?:\[.*?\])?==([^ ;\\]+)", text, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


@pytest.mark.parametrize("package", sorted(NEEDED_EXTRAS))
def test_each_import_is_brought_by_the_package_or_by_an_extra_of_its_own(package: str) -> None:
    declared = names(PACKAGE["dependencies"])
    for extra in NEEDED_EXTRAS[package]:
        declared |= names(EXTRAS[extra])
    found = {BROUGHT_BY.get(module, module) for module in imported(package)}
    assert found <= declared


def test_every_package_is_looked_at() -> None:
    packages = {name for name in OWN if not name.startswith((".", "_")) and "." not in name}
    assert packages == set(NEEDED_EXTRAS)


def test_without_extras_neither_airflow_nor_dbt_is_brought() -> None:
    """So that dbt has a venv of its own with this package's plugin and no Airflow in it."""
    assert names(PACKAGE["dependencies"]).isdisjoint({"apache-airflow", "dbt-core", "dbt-duckdb"})


def test_locked_versions_lie_within_the_ranges() -> None:
    for name, extras in (
        ("requirements.txt", [extra for extra in EXTRAS if extra != "dev"]),
        ("requirements-dev.txt", list(EXTRAS)),
    ):
        pins = locked(name)
        asked = [*PACKAGE["dependencies"], *(text for extra in extras for text in EXTRAS[extra])]
        for requirement in map(Requirement, asked):
            version = pins[canonicalize_name(requirement.name)]
            assert requirement.specifier.contains(version), (name, requirement, version)


def test_development_runs_what_production_runs_and_production_no_test() -> None:
    runtime, development = locked("requirements.txt"), locked("requirements-dev.txt")
    assert runtime.items() <= development.items()
    assert {"pytest", "mypy", "moto", "ruff", "playwright"}.isdisjoint(runtime)
