"""How an answer spells its fields is learned once; what is learned never makes it read laxly."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miatel import MiatelError
from miatel.parsing.answer_form import AS_FOUND
from miatel.parsing.fast import by_pieces, piece_reader
from miatel.parsing.fast.by_pieces import read_pieces
from miatel.parsing.fast.numbered_values import Numbered
from miatel.parsing.reader import read_answer
from tests.support.examples import examples
from tests.support.read_whole import read_whole

Change = Callable[[int], dict[str, Any]]
COUNT = 200
ZERO = "0000-00-00 00:00:00"
NOT_IN_IT = object()


@pytest.fixture(autouse=True, scope="module")
def _small_pieces() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_pieces, "PIECE_BYTES", 1_000)
        yield


def answer(change: Change) -> bytes:
    """An answer as compact as PHP writes it, of which each record is changed."""
    records = []
    for n in range(COUNT):
        moment = f"2026-01-01T00:{n // 60:02}:{n % 60:02}Z"
        record = {"sms_hub_sms_id": n, "sms_hub_sms_time": moment, "sms_hub_switch_id": 1}
        record |= {"dlr_code": 2, "dlr_time": moment, "price": 0.05, "src_num": "Acme"}
        record |= change(n)
        records.append({name: value for name, value in record.items() if value is not NOT_IN_IT})
    return json.dumps(records, separators=(",", ":")).encode()


def every(step: int, value: Any, otherwise: Any) -> Callable[[int], Any]:
    return lambda n: value if n % step == 0 else otherwise


SPELLINGS: dict[str, Change] = {
    "numbers as strings": lambda n: {"sms_hub_sms_id": f"{n}", "dlr_code": "2", "price": "0.05"},
    "missing": lambda n: dict.fromkeys(("price", "src_num", "dlr_time")[n % 3:], NOT_IN_IT),
    "no receipt time: null": lambda n: {"dlr_time": every(2, None, "2026-01-01T00:00:09Z")(n)},
    "no receipt time: empty": lambda n: {"dlr_time": every(2, "", "2026-01-01T00:00:09Z")(n)},
    "no receipt time: zero": lambda n: {"dlr_time": every(2, ZERO, "2026-01-02")(n)},
    "times without Z": lambda n: {"dlr_time": f"2026-01-01 00:00:{n % 60:02}"},
    "text": lambda n: {"campaign": f"autumn {n}"},
    "number": lambda n: {"hop_count": n},
    "decimal": lambda n: {"factor": n / 8},
    "long number": lambda n: {"factor": 10**30 + n},
    "truth": lambda n: {"is_test": n % 3 == 0},
    "object": lambda n: {"route": {"via": n, "note": None}},
    "list of objects": lambda n: {"route": [{"node": n}, {"node": 1, "name": "a"}]},
    "objects with the names of others": lambda n: {"zone": {"route": {"a": n}}, "route": [n]},
    "object, and a name that ends alike": lambda n: {"route": [n], 'x"route': n},
    "object here and there": lambda n: {"route": every(3, {"a": n}, NOT_IN_IT)(n)},
    "unknown, number or text": lambda n: {"hop_count": every(2, n, f"{n}")(n)},
    "unknown, of all kinds": lambda n: {"x": [1, "1", 1.5, True, None, [1], {"a": 1}][n % 7]},
    "known, number or text": lambda n: {"dlr_code": every(2, 2, "2")(n)},
    "known, number or no number": lambda n: {"dlr_code": every(5, "ESME_RTHROTTLED", 2)(n)},
    "known, text or number": lambda n: {"src_num": every(2, 12345, "Acme")(n)},
    "known, object": lambda n: {"src_num": every(2, {"a": "},{"}, "Acme")(n)},
    "price, number or text": lambda n: {"price": every(2, 0.05, "free")(n)},
}  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_spelling_is_learned_from_the_first_piece(
    spelling: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = answer(SPELLINGS[spelling])
    expected = read_whole(body).to_pylist()
    slow: list[int] = []
    read_slowly = piece_reader.columns_to_table

    def note(columns: dict[str, list[Any]], asked: str) -> Any:
        slow.append(len(columns))
        return read_slowly(columns, asked)

    monkeypatch.setattr(piece_reader, "columns_to_table", note)
    records = read_pieces(body, "", AS_FOUND, None)
    assert records is not None
    assert records.table.to_pylist() == expected
    assert slow == []


SHAPES = st.lists(st.sampled_from(sorted(SPELLINGS)), min_size=1, max_size=3, unique=True)
SPOILERS = [
    *(bytes([byte]) for byte in b'{}[]:,"\\\x00\xff 0a-.'), b"null", b"NaN", b"01", b"[1]",
    b'"x":1,', b"},{", b'},{"', b"\\ud83d", b"9" * 30, b"1e400", b"0.1", b"true", b"\n",
    b'\\"route":[1]',
]  # fmt: skip


@given(SHAPES, st.data())
@examples(150)
def test_spoilt_anywhere_it_is_read_as_the_whole_would_be(
    shapes: list[str], data: st.DataObject
) -> None:
    body = answer(lambda n: {k: v for shape in shapes for k, v in SPELLINGS[shape](n).items()})
    place = data.draw(st.integers(0, len(body) - 1))
    taken = data.draw(st.sampled_from([0, 0, 1, 1, 2, 5, 20]))
    spoilt = body[:place] + data.draw(st.sampled_from(SPOILERS)) + body[place + taken :]
    try:
        expected = read_whole(spoilt).to_pylist()
    except MiatelError:
        with pytest.raises(MiatelError):
            read_answer(spoilt)
        return
    assert read_answer(spoilt).table.to_pylist() == expected


NUMBERED: dict[str, Change] = {
    "object": lambda n: {"route": {"a": n}},
    "list": lambda n: {"route": [n]},
    "text or number": lambda n: {"route": every(2, n, f"{n}")(n)},
    "object and text": lambda n: {'x"route': "b", "zone": {"route": 1}, "route": {"a": n}},
}
LAX = [
    "[1]2", '{"a":1}5', '"a"1', "1 2", "-[1]", "1[2]", "[1}", "{1]", '{"a":1,"a":2}', "[1,]",
    "[NaN]", "NaN", "01", "+1", ".5", "1.", "tru", "nullx", "null1", '"\\x"', '"a\nb"', "[01]",
    "[1]//", "'a'",
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("numbered", NUMBERED)
@pytest.mark.parametrize("value", LAX)
def test_what_is_no_json_is_refused_where_values_are_numbered(numbered: str, value: str) -> None:
    body = answer(NUMBERED[numbered]).decode()
    before = body[: body.rindex('"route":')]
    assert read_answer(f'{before}"route":[1]}}]'.encode()).table.num_rows == COUNT
    with pytest.raises(MiatelError):
        read_answer(f'{before}"route":{value}}}]'.encode())


@pytest.mark.parametrize(
    "names", [['x"route', "route"], ["route", 'x"route'], ["a", 'z,"a'], ["a", "\\"], ["Ü", "ü"]]
)
def test_a_name_within_a_name_is_another_field(names: list[str]) -> None:
    kinds = [{"a": 1}, [1], 0, "0", None, 1.5]

    def change(n: int) -> dict[str, Any]:
        return {names[0]: kinds[n % 5], names[1]: kinds[n // 5 % 6]}

    body = answer(change)
    assert read_answer(body).table.to_pylist() == read_whole(body).to_pylist()


@pytest.mark.parametrize("digit", range(10))
def test_a_value_is_never_taken_for_that_of_a_field_whose_name_ends_alike(digit: int) -> None:
    learned = answer(lambda n: {"route": [n]} | ({'x"route': 5} if n == 0 else {})).decode()[:-1]
    time = '"sms_hub_sms_time":"2026-01-01T00:00:00Z"'
    body = f'{learned},{{{time},"x\\"route":[1]}},{{{time},"rout\\u0065":{digit}}}]'.encode()
    extra = read_answer(body).table["extra"].to_pylist()
    assert extra[-2:] == ['{"x\\"route":[1]}', f'{{"route":{digit}}}']


@pytest.mark.parametrize("read", [[None, 0, 2], [0], [0, 1, 2], [1, 0], [None]])
def test_digits_that_stand_for_no_value_are_refused(read: list[int | None]) -> None:
    numbered = Numbered([b"[1]", b"[2]"], [(None, "[1]"), (None, "[2]")])
    numbered.check(pa.array([0, None, 1], pa.int64()))
    with pytest.raises(pa.ArrowInvalid):
        numbered.check(pa.array(read, pa.int64()))


def test_a_decimal_field_keeps_a_string_however_its_name_is_spelled() -> None:
    body = answer(lambda n: {"fü": n / 8}).decode()
    for spelled in ("f\\u00fc", "f\\u00FC", "\\u0066ü"):
        place = body.rindex('"f\\u00fc":')
        end = body.index("}", place)
        changed = f'{body[:place]}"{spelled}":"1.5"{body[end:]}'.encode()
        extra = read_answer(changed).table["extra"].to_pylist()
        assert json.loads(extra[-1]) == {"fü": "1.5"}
        assert json.loads(extra[-2]) == {"fü": (COUNT - 2) / 8}
