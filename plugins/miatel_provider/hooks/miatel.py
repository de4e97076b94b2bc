"""Airflow hook: a client of the statistics API, made from a connection of type *Miatel*."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from airflow.sdk import BaseHook

from miatel import MiatelError
from miatel.limits import DEFAULT_BASE_URL
from miatel_provider.connection import find_connection, mask_everywhere, read_extra

if TYPE_CHECKING:
    import pandas as pd

    from miatel import MiatelClient


class MiatelHook(BaseHook):
    """The statistics API of one account.

    Args:
        conn_id: connection of type *Miatel*; its host is the API's address with scheme and port
            (blank: the vendor's), its password the account's `ip_auth_key`; its extra holds the
            settings of `AnswerForm` and `HttpSettings`, if there are any.
    """

    conn_name_attr = "conn_id"
    default_conn_name = "miatel_default"
    conn_type = "miatel"
    hook_name = "Miatel"

    def __init__(self, conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.conn_id = conn_id

    def get_conn(self) -> MiatelClient:
        """A client for the connection's account; sends nothing yet.

        Raises:
            FatalError: the connection is missing, or its address, key or extra is malformed:
                create or correct it.
        """
        from miatel import MiatelClient

        connection = find_connection(self.conn_id)
        client = MiatelClient.from_extra(
            connection.host or DEFAULT_BASE_URL,
            connection.password or "",
            read_extra(connection),
            clock=lambda: datetime.now(UTC),
        )
        mask_everywhere(*client.http.secrets)
        return client

    def test_connection(self) -> tuple[bool, str]:
        """Ask the API once for an hour of traffic; nothing is landed.

        Returns:
            Whether its answer can be landed, and in one line what `inspect` found.
        """
        from miatel.inspection.inspect import inspect

        try:
            client = self.get_conn()
            found = inspect(client, client.probe_window())
        except MiatelError as error:
            return False, f"{type(error).__name__}: {error}"
        return found.error is None, client.redact(found.in_one_line())

    def get_df(self, start: str | date | datetime, end: str | date | datetime) -> pd.DataFrame:
        """The records of a period, straight from the API; nothing is landed.

        Args:
            start: first second, GMT, such as "2026-01-31" or "2026-01-31T12:00:00".
            end: the second after the last one, in the same forms.

        Returns:
            One row per record, columns as in the raw Parquet files.

        Raises:
            MiatelError: the answer did not come or cannot be trusted; nothing is returned in part.
        """
        from miatel import parse_time, read_range

        table = read_range(
            self.get_conn(),
            parse_time(start),
            parse_time(end),
            clock=lambda: datetime.now(UTC),
        )
        frame: pd.DataFrame = table.to_pandas()
        return frame
