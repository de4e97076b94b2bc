"""Answers of the simulated platform as bytes, to be spoiled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from miatel_simulator import Simulator, SimulatorConfig
from miatel_simulator.http.query import Query
from tests.support.landed import KEY

TABLES = [{"body": "header_rows"}, {"body": "columns_rows"}, {"body": "columns"}]
NEW_FORMS: list[dict[str, Any]] = [
    {"body": "map"},
    {"body": "map_data"},
    *TABLES,
    {"body": "statements"},
    {"body": "lines"},
    {"body": "array", "field_style": "camel"},
    {"body": "array", "time_format": "unix"},
    {"body": "columns", "time_format": "unix_ms", "field_style": "upper"},
]
"""Forms that no documentation names, as settings of the simulator."""


def config_of(start: datetime, end: datetime, records: int, **form: Any) -> SimulatorConfig:
    """A platform with so many records from start to end, its limit above."""
    a_day = round(records * timedelta(days=1) / (end - start))
    return SimulatorConfig(
        start=start, end=end, now=end + timedelta(days=9), messages_per_day=a_day,
        profile="steady", cap=records + 1, ip_auth_key=KEY, date="host", **form,
    )  # fmt: skip


def render_answer(
    start: datetime, end: datetime, records: int, *, get_names: bool = True, **form: Any
) -> bytes:
    """The body of a whole answer in a form."""
    simulator = Simulator(config_of(start, end, records, **form))
    return simulator.answer(Query(start, end, get_names=get_names)).body
