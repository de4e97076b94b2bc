"""Airflow operators of the Miatel platform, one a file."""

from __future__ import annotations

from miatel_provider.operators.miatel_to_parquet import MiatelToParquetOperator
from miatel_provider.operators.run_module import RunModuleOperator

__all__ = ["MiatelToParquetOperator", "RunModuleOperator"]
