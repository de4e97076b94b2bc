"""What may go wrong when the page is asked for, by what a reader can do about it."""

from __future__ import annotations


class DashboardError(Exception):
    """The page cannot show what was asked for; the message says what to do."""


class BadFilterError(DashboardError):
    """The URL's filters make no sense: correct the URL."""


class MissingMartError(DashboardError):
    """A table, or a column of one, is not published: run the transformation."""

    def __init__(self, table: str, columns: list[str]) -> None:
        self.table = table
        self.columns = columns
        if columns:
            names = ", ".join(columns)
            what = f"The published table {table} lacks {names}: an older version built it."
        else:
            what = f"The table {table} is not published yet."
        super().__init__(
            f"{what} Run the DAG miatel_transform: `scripts/airflow dags test miatel_transform "
            "2026-01-01`; the date only names the run."
        )
