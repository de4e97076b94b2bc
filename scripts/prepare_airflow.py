"""Bring this project's Airflow to the state the demo needs: database, pools, connection.

All in one process, through Airflow's own command line functions: importing Airflow three times
would take longer than the work. The connection comes from standard input as Airflow's JSON
(`{"miatel_default": {...}}`), so that a key stands on no command line.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlsplit

from airflow.cli.cli_parser import get_parser
from airflow.configuration import write_default_airflow_configuration_if_needed
from airflow.models.connection import Connection
from airflow.utils.session import create_session
from sqlalchemy import select

from miatel_provider.pools import make_missing_pools


def prepare(connections: Mapping[str, Mapping[str, str]]) -> None:
    """Prepare everything; exits with a message when a connection of the user's is in the way."""
    # Writes airflow.cfg with this installation's own keys; `airflow` itself does so first, too.
    write_default_airflow_configuration_if_needed()
    run_airflow("db", "migrate")
    with create_session() as session:
        make_missing_pools(session)
    for name in connections:
        refuse_to_replace(name)
    # NamedTemporaryFile is made with mode 0600 and goes away with the block.
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(connections, file)
        file.flush()
        run_airflow("connections", "import", "--overwrite", file.name)


def run_airflow(*arguments: str) -> None:
    """What `airflow ARGUMENTS` does, in this process."""
    parsed = get_parser().parse_args(arguments)
    parsed.func(parsed)


def refuse_to_replace(conn_id: str) -> None:
    """Exit if the connection exists and leads anywhere but to this machine."""
    with create_session() as session:
        host = session.scalar(select(Connection.host).where(Connection.conn_id == conn_id))
    if host and not _is_loopback(host):
        sys.exit(
            f"The connection {conn_id} of this project's Airflow leads to {host}, not to the "
            "simulator: it stays as it is. Rename it, or use another clone for the demo."
        )


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(urlsplit(host).hostname or "").is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    prepare(json.load(sys.stdin))
