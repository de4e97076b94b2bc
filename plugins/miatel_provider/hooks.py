"""From an Airflow connection of type *Miatel* to a client of the statistics API."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from miatel.errors import FatalError, MiatelError

if TYPE_CHECKING:
    import pandas as pd
    from airflow.sdk import Connection

    from miatel.api.statistics import MiatelClient

_SECRET_NAME = re.compile("key|password|passwd|secret|token", re.IGNORECASE)
_LEFT_EMPTY: tuple[Any, ...] = (None, "", {}, [])

VENDOR_ADDRESS = "https://sms-hub2.miatel.ru"
"""The statistics API's public address. Source: vendor's API reference, Statistics HTTP API."""


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
        from miatel.api.http_settings import HTTP_SETTINGS, HttpSettings
        from miatel.api.statistics import MiatelClient
        from miatel.parsing.answer_form import AnswerForm

        connection = self._find_connection()
        key = connection.password or ""
        mask_key(key)
        if connection.port:
            raise FatalError(
                f"the connection {self.conn_id} has {connection.port} in its port field; write "
                f"the port into its host, such as {VENDOR_ADDRESS}:{connection.port}"
            )
        extra = read_extra(connection)
        http = HttpSettings.from_extra(extra)
        for secret in http.secrets:
            mask_key(secret)
        return MiatelClient(
            connection.host or VENDOR_ADDRESS,
            key,
            clock=lambda: datetime.now(UTC),
            form=AnswerForm.from_extra(extra, HTTP_SETTINGS),
            http=http,
        )

    def _find_connection(self) -> Connection:
        try:
            return self.get_connection(self.conn_id)
        except AirflowNotFoundException:
            raise FatalError(
                f"there is no connection {self.conn_id}. Create it: type Miatel, the API's address "
                "as host, ip_auth_key as password (Admin → Connections, or the variable "
                f"AIRFLOW_CONN_{self.conn_id.upper()}), then run the task again"
            ) from None

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
        from miatel.extraction import read_range
        from miatel.windows import parse_time

        table = read_range(
            self.get_conn(),
            parse_time(start),
            parse_time(end),
            clock=lambda: datetime.now(UTC),
        )
        frame: pd.DataFrame = table.to_pandas()
        return frame


def mask_key(key: str) -> None:
    """Have Airflow hide the key from its logs in every spelling it may take there.

    Airflow by itself masks the password as it stands, not as it stands in a URL or in JSON.
    """
    spellings = {key, quote(key), quote(key, safe=""), quote_plus(key), json.dumps(key)[1:-1]}
    for spelling in spellings - {""}:
        mask_secret(spelling)


def read_extra(connection: Connection) -> dict[str, Any]:
    """The settings in a connection's extra; what the form leaves empty is left out.

    Raises:
        FatalError: the extra is no JSON object, or holds the key, which belongs into the password.
    """
    try:
        extra = json.loads(connection.extra or "{}")
    except ValueError:
        extra = None
    if not isinstance(extra, dict):
        raise FatalError(
            f"the extra of the connection {connection.conn_id} is no JSON object; write it like "
            '{"allow_plain_http": false}, or leave it empty'
        )
    misplaced = [name for name in extra if _SECRET_NAME.search(name)]
    for name in misplaced:
        mask_key(str(extra[name]))
    if misplaced:
        raise FatalError(
            f"the extra of the connection {connection.conn_id} holds {', '.join(misplaced)}: "
            "Airflow shows an extra to everyone who may see connections. Put the key into the "
            "password, remove it from the extra, and have Miatel issue a new one if others saw it"
        )
    return {name: value for name, value in extra.items() if value not in _LEFT_EMPTY}
