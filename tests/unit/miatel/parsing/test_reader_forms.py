"""In whatever form an answer holds its records, the same ones are read, with all their values."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import AnswerForm, Window
from miatel.parsing.fast import by_pieces
from miatel.parsing.reader import read_answer
from miatel.schema import MDR_FIELDS
from tests.support.examples import examples
from tests.support.forms import FORMS, NAMED, STYLES, fields_of, render_array, render_map
from tests.support.spelled_records import START, SpelledRecord, record_lists, rows_meant

PIECES = st.sampled_from([60, 300, by_pieces.PIECE_BYTES])
LISTS = record_lists(1)
WINDOW = Window(START, START + timedelta(hours=1))
TIMES = ("sms_hub_sms_time", "dlr_time")


def rows_of(body: str, piece: int, window: Window | None = None) -> list[dict[str, Any]]:
    """The rows of an answer that is cut into pieces of a size."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pieces, "PIECE_BYTES", piece)
        return rows_meant(read_answer(body.encode(), window=window).table)


def written(record: SpelledRecord, style: str) -> dict[str, str]:
    """A record's texts with the names of documented fields spelled in a style."""
    spell = STYLES[style]
    return {spell(n) if n in MDR_FIELDS else n: text for n, text in record.texts.items()}


@given(LISTS, PIECES)
@examples(100)
def test_any_form_is_read_as_the_documented_one(records: list[SpelledRecord], piece: int) -> None:
    texts, rows = [record.texts for record in records], [record.row for record in records]
    for form, render in FORMS.items():
        body = render(texts)
        assert rows_of(body, piece) == rows, form
        names = {525001: "Singapore - Singtel"} if form in NAMED else {}
        assert read_answer(body.encode()).names == names, form


@given(LISTS, PIECES, st.sampled_from(list(STYLES)))
@examples(100)
def test_names_of_fields_in_any_case_and_without_prefix(
    records: list[SpelledRecord], piece: int, style: str
) -> None:
    texts, rows = [written(record, style) for record in records], [r.row for r in records]
    keys = [record.texts["sms_hub_sms_id"].strip('"') for record in records]
    assert rows_of(render_map(texts, keys), piece) == rows
    assert rows_of(render_array(texts), piece) == rows
    for form, render in FORMS.items():
        if "map" not in form:
            assert rows_of(render(texts), piece) == rows, form


def test_a_field_that_only_later_records_have_is_known_however_it_is_called() -> None:
    texts = [{n.upper(): t for n, t in record.items()} for record in PLAIN * 50]
    for record in texts[60:]:
        record["DLR_CODE"] = "2"
    for piece in (200, 4_000, 1 << 20):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(by_pieces, "PIECE_BYTES", piece)
            table = read_answer(render_array(texts).encode()).table
        assert table["dlr_code"].to_pylist() == [None] * 60 + [2] * 90
        assert table["extra"].null_count == 150


@given(LISTS, PIECES, st.sampled_from(["k{}", "2026/{}", "{}a", "7-{}", "0{}"]), st.booleans())
@examples(100)
def test_keys_that_are_no_ids_of_their_records_stand_beside_their_values(
    records: list[SpelledRecord], piece: int, key: str, is_deep: bool
) -> None:
    keys = [key.format(number) for number in range(len(records))]
    body = render_map([record.texts for record in records], keys)
    rows = [dict(record.row) for record in records]
    for name, row in zip(keys, rows, strict=True):
        row["extra"] = (row["extra"] or {}) | {"_key": ("str", name)}
    assert rows_of(f'{{"data":{body}}}' if is_deep else body, piece) == rows


@given(LISTS, PIECES, st.data(), st.sampled_from([("s", 1), ("ms", 1000)]))
@examples(80)
def test_unix_times_are_read_by_the_window_asked_for(
    records: list[SpelledRecord], piece: int, data: st.DataObject, unit: tuple[str, int]
) -> None:
    quote = data.draw(st.sampled_from(["", '"']))
    texts, rows = [], []
    for record in records:
        receipt = data.draw(st.none() | st.integers(0, 10**7).map(lambda s: START + _seconds(s)))
        row = record.row | {"dlr_time": receipt}
        extra = {n: v for n, v in (row["extra"] or {}).items() if n != "dlr_time"}
        moments = {TIMES[0]: row[TIMES[0]], TIMES[1]: receipt}
        spelled = {n: t for n, t in record.texts.items() if n not in TIMES}
        for name, moment in moments.items():
            spelled[name] = _unix(moment, unit[1], quote, data)
        texts.append(spelled)
        rows.append(row | {"extra": extra or None})
    for form, render in FORMS.items():
        assert rows_of(render(texts), piece, WINDOW) == rows, form


def _seconds(number: int) -> timedelta:
    return timedelta(seconds=number)


def _unix(moment: datetime | None, factor: int, quote: str, data: st.DataObject) -> str:
    if moment is None:
        nothing = ["null", f"{quote}0{quote}", '""', '"0000-00-00 00:00:00"']
        return data.draw(st.sampled_from(nothing))
    return f"{quote}{int(moment.timestamp()) * factor}{quote}"


PLAIN = [
    {"sms_hub_sms_id": f"{n}", "sms_hub_switch_id": "1",
     "sms_hub_sms_time": f'"2026-01-01T00:00:0{n}Z"', "message_body": '"a},{\\"b"'}
    for n in (3, 5, 8)
]  # fmt: skip
IDS = [3, 5, 8]


def test_a_record_without_an_id_has_that_of_its_key() -> None:
    texts = [{n: t for n, t in record.items() if n != "sms_hub_sms_id"} for record in PLAIN]
    for body in (render_map(texts, ["3", "5", "8"]), f'{{"data":{render_map(texts, "358")}}}'):
        table = read_answer(body.encode()).table
        assert table["sms_hub_sms_id"].to_pylist() == IDS
        assert table["extra"].to_pylist() == [None] * 3


@pytest.mark.parametrize("form", FORMS)
def test_a_name_that_the_owner_tells_is_honoured(form: str) -> None:
    named = [{("when" if n == TIMES[0] else n): t for n, t in r.items()} for r in PLAIN]
    configured = AnswerForm(field_names={"when": TIMES[0]})
    table = read_answer(FORMS[form](named).encode(), form=configured).table
    assert table["sms_hub_sms_id"].to_pylist() == IDS
    assert table.drop_columns("extra") == read_answer(
        FORMS[form](PLAIN).encode()
    ).table.drop_columns("extra")


@pytest.mark.parametrize(
    ("form", "pointer"),
    [
        ("map", ""), ("map below a key", "/data"), ("map deeper", "/result/sms"),
        ("map below a key, beside names", "/data"), ("header and rows", ""),
        ("header and rows below a key", "/data"), ("columns and rows", ""),
        ("columns and rows, deeper", "/a/b"), ("columns", ""), ("columns below a key", "/data"),
        ("statements", "/D"), ("statement of a map", "/D"), ("statement of a table", "/D"),
        ("variable", "/data"), ("lines", "")
    ],
)  # fmt: skip
def test_a_place_that_the_owner_tells_is_honoured(form: str, pointer: str) -> None:
    body = FORMS[form](PLAIN).encode()
    found = read_answer(body, form=AnswerForm(records_at=pointer))
    assert found.table["sms_hub_sms_id"].to_pylist() == IDS
    assert found.table == read_answer(body).table


@pytest.mark.parametrize(
    "body",
    [
        f"[{json.dumps(fields_of(PLAIN))}]", '{"columns":["sms_hub_sms_time"],"rows":[]}',
        '{"sms_hub_sms_id":[],"sms_hub_sms_time":[]}', "$D_=[];", "$D_=[];$N_={};",
        'var data = [];', '$D_=[];$N_={"525001":"Singapore"};', "[]\n", '[]\n{"525001":"A"}',
    ],
)  # fmt: skip
def test_a_form_without_records_has_none(body: str) -> None:
    assert read_answer(body.encode()).table.num_rows == 0
