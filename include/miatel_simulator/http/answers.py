"""Whole answers: which records, in which order, in which document, beside which geo names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from miatel_simulator.config import MAX_PERIOD_SECONDS, SimulatorConfig
from miatel_simulator.hashing import Int64s, draw_unit
from miatel_simulator.history.records import History
from miatel_simulator.http.claims import claim_headers, make_claim
from miatel_simulator.http.documents import compose_body
from miatel_simulator.http.query import Query
from miatel_simulator.http.render import render_records


@dataclass(frozen=True)
class Answer:
    """A body, how many records it holds, whether that is fewer than there are, and headers."""

    body: bytes
    rows: int
    truncated: bool
    headers: Mapping[str, str]


def build_answer(
    config: SimulatorConfig,
    history: History,
    query: Query,
    now: datetime,
    fault: str | None = None,
) -> Answer:
    """Answer a good request.

    Args:
        config: Cap, order, shapes and spellings.
        history: The records.
        query: The period, and whether geo names were asked for.
        now: What the platform has received so far.
        fault: ``lossy`` or ``stray`` spoil the records, others mean nothing here.
    """
    stretches = history.find(query.start, query.end, now)
    total = sum(stretch.last - stretch.first for stretch in stretches)
    if total <= config.cap:
        table = history.make(stretches, now, None)
    elif config.cap_keeps == "by_node":
        table = _cut_by_node(history.make(stretches, now, None), config.cap)
    else:
        table = history.make(stretches, now, _choose(config, total))
    table = _sort(config, table)
    table = _spoil(table, fault)
    names = _names_of(table) if query.get_names else None
    claimed = make_claim(config, len(table), total)
    body = compose_body(config, render_records(config, table), claimed, names)
    headers = claim_headers(config, claimed)
    return Answer(body, len(table), truncated=total > config.cap, headers=headers)


def _choose(config: SimulatorConfig, total: int) -> Int64s:
    """Choose ``cap`` of ``total`` records, as positions in order of time."""
    keeps: str = config.cap_keeps
    if keeps == "by_order":
        keeps = {"descending": "last", "shuffled": "sample"}.get(config.order, "first")
    if keeps == "first":
        return np.arange(config.cap, dtype=np.int64)
    if keeps == "last":
        return np.arange(total - config.cap, total, dtype=np.int64)
    edges = np.arange(config.cap + 1, dtype=np.int64) * total // config.cap
    chances = draw_unit(config.seed, "sample", edges[:-1].astype(np.uint64))
    return edges[:-1] + (chances * np.diff(edges)).astype(np.int64)


def _cut_by_node(table: pa.Table, cap: int) -> pa.Table:
    """All records of the first nodes and a part of the next one's, in order of time."""
    nodes = table["sms_hub_switch_id"].to_numpy()
    return table.take(pa.array(np.sort(np.argsort(nodes, kind="stable")[:cap])))


def _sort(config: SimulatorConfig, table: pa.Table) -> pa.Table:
    if config.order == "descending":
        return table.take(pa.array(np.arange(len(table))[::-1]))
    if config.order == "shuffled":
        return table.take(pa.array(np.random.default_rng(config.seed).permutation(len(table))))
    if config.order == "by_id":
        keys = [("sms_hub_sms_id", "ascending"), ("sms_hub_switch_id", "ascending")]
        return table.sort_by(keys)
    return table


def _spoil(table: pa.Table, fault: str | None) -> pa.Table:
    if fault == "lossy":
        return table.take(pa.array(np.arange(0, len(table), 2)))
    if fault == "stray" and len(table):
        name = "sms_hub_sms_time"
        is_first = pa.array(np.arange(len(table)) == 0)
        earlier = pc.subtract(table[name], pa.scalar(timedelta(seconds=MAX_PERIOD_SECONDS + 1)))
        times = pc.if_else(is_first, earlier, table[name])
        return table.set_column(table.schema.get_field_index(name), name, times)
    return table


def _names_of(table: pa.Table) -> dict[int, str]:
    """Give the geo names of the networks that occur in the records."""
    pairs = table.group_by(["sms_hub_mccmnc_id", "sms_hub_mccmnc_name"]).aggregate([])
    return dict(sorted(zip(*(column.to_pylist() for column in pairs.columns), strict=True)))
