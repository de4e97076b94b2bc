"""The record array is found in the bytes, wherever it stands; only what is sure counts as found."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from miatel.parsing.fast.layout import find_layout

TIME = '"sms_hub_sms_time":"2026-01-01T00:00:00Z"'
FIELDS = [TIME, '"message_body":"},{ [{"', '"dlr_code":2']


def objects(fields: list[str], count: int = 3) -> str:
    return ",".join("{" + ",".join(fields) + "}" for _ in range(count))


@pytest.mark.parametrize("fields", list(permutations(FIELDS)))
@pytest.mark.parametrize("count", [1, 2, 3])
def test_records_are_found_wherever_their_time_stands(fields: list[str], count: int) -> None:
    records = objects(fields, count)
    for before, after in [
        ("", ""),
        ('{"data":', "}"),
        ('{"names":{"525001":"x"},"sms":', ',"n":1}'),
    ]:
        body = f"{before}[{records}]{after}".encode()
        layout = find_layout(body)
        assert layout is not None
        assert body[layout.start : layout.end].decode() == records
        assert layout.rest.decode() == f"{before}[]{after}"


def test_pieces_put_together_are_all_records() -> None:
    records = [{"sms_hub_sms_time": "2026-01-01T00:00:00Z", "n": n} for n in range(50)]
    for separators in [(",", ":"), (", ", ": "), (",\n ", ": ")]:
        body = json.dumps(records, separators=separators).encode()
        layout = find_layout(body)
        assert layout is not None
        for size in (0, 1, 60, 200, 10_000):
            parsed = [json.loads(b"[" + piece + b"]") for piece in layout.pieces(body, size)]
            assert [record for piece in parsed for record in piece] == records
            assert all(parsed)
            assert len(parsed) == 1 or size < 10_000


LISTS = ['"route":[{"a":1},{"b":2},{"c":3}]', '"route":{"via":[{"é":1},{"b":"},{"}]}']


@pytest.mark.parametrize("unknown", LISTS)
@pytest.mark.parametrize("fields", list(permutations([TIME, '"dlr_code":2', "ROUTE"])))
def test_a_list_within_a_record_is_not_cut(fields: list[str], unknown: str) -> None:
    records = objects([field.replace("ROUTE", unknown) for field in fields], 20)
    layout = find_layout(f"[{records}]".encode())
    assert layout is not None
    for size in (0, 1, 60, 200):
        pieces = list(layout.pieces(f"[{records}]".encode(), size))
        assert b",".join(pieces).decode() == records
        for piece in pieces:
            assert all("sms_hub_sms_time" in record for record in json.loads(b"[" + piece + b"]"))
        assert len(pieces) > 3


@pytest.mark.parametrize(
    "body",
    [
        "[]",
        "{}",
        '{"data":[]}',
        '{"error":"[{ no"}',
        '[{"id":1},{"id":2}]',
        f"[{{{TIME}}},{{{TIME}",
        f"[{{{TIME}}} {{{TIME}}}]",
        f'[{{{TIME}}},{{"a":1}},{{{TIME}}}]'[:-1],
    ],
)
def test_an_unclear_body_has_no_layout(body: str) -> None:
    assert find_layout(body.encode()) is None


def test_a_nest_too_deep_to_parse_has_no_layout() -> None:
    assert find_layout(b'[{"a":' + b"[" * 5_000 + b"]" * 5_000 + b"}]") is None
