"""What may go wrong when the page is asked for, by what a reader can do about it."""

from __future__ import annotations

from miatel_dashboard.texts import text


class DashboardError(Exception):
    """The page cannot show what was asked for; the message says what to do."""


class BadFilterError(DashboardError):
    """The URL's filters make no sense: correct the URL."""


class MissingMartError(DashboardError):
    """A table, or a column of one, is not published: run the transformation."""

    def __init__(self, table: str, columns: list[str]) -> None:
        self.table = table
        self.columns = columns
        key = "error.columns_missing" if columns else "error.not_published"
        super().__init__(text(key, table=table, columns=", ".join(columns)))
