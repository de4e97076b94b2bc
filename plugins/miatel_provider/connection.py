"""Reads an Airflow connection of type *Miatel*, and masks its secrets in the logs."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from airflow.sdk import BaseHook
from airflow.sdk.exceptions import AirflowNotFoundException
from airflow.sdk.log import mask_secret

from miatel import FatalError
from miatel.limits import DEFAULT_BASE_URL
from miatel.redaction.secrets import spellings_of_secret

if TYPE_CHECKING:
    from airflow.sdk import Connection

_SECRET_NAME = re.compile("key|password|passwd|secret|token", re.IGNORECASE)
_LEFT_EMPTY: tuple[Any, ...] = (None, "", {}, [])


def find_connection(conn_id: str) -> Connection:
    """The connection of that id; its password is masked in Airflow's logs from here on.

    Raises:
        FatalError: there is none, or its port is where it is not looked for: create or correct it.
    """
    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise FatalError(
            f"there is no connection {conn_id}. Create it: type Miatel, the API's address "
            "as host, ip_auth_key as password (Admin → Connections, or the variable "
            f"AIRFLOW_CONN_{conn_id.upper()}), then run the task again"
        ) from None
    mask_everywhere(connection.password or "")
    if connection.port:
        raise FatalError(
            f"the connection {conn_id} has {connection.port} in its port field; write "
            f"the port into its host, such as {DEFAULT_BASE_URL}:{connection.port}"
        )
    return connection


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
        mask_everywhere(str(extra[name]))
    if misplaced:
        raise FatalError(
            f"the extra of the connection {connection.conn_id} holds {', '.join(misplaced)}: "
            "Airflow shows an extra to everyone who may see connections. Put the key into the "
            "password, remove it from the extra, and have Miatel issue a new one if others saw it"
        )
    return {name: value for name, value in extra.items() if value not in _LEFT_EMPTY}


def mask_everywhere(*secrets: str) -> None:
    """Have Airflow hide secrets from its logs in every spelling that they may take there.

    Airflow by itself masks the password as it stands, not as it stands in a URL or in JSON.
    """
    for secret in secrets:
        for spelling in spellings_of_secret(secret):
            mask_secret(spelling)
