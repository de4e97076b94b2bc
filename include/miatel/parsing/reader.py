"""An answer's bytes to a typed Arrow table: a strict fast path, a tolerant slow one, nothing lost.

The fast path finds the record array in the bytes, cuts it into pieces between records and has
Arrow's JSON parser read them on two threads against an explicit schema that refuses anything
unexpected. A piece that it refuses goes through the tolerant parser, which also teaches the fast
one how this answer spells its fields. A body whose layout is unclear is parsed whole.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import json as arrow_json

from miatel.errors import AnswerNotUnderstoodError, BrokenAnswerError
from miatel.limits import TIME_FIELD
from miatel.memory import BUFFERS, no_collection
from miatel.parsing.answer_form import AS_FOUND, AnswerForm
from miatel.parsing.documents import InexactError, load_exactly, load_quickly
from miatel.parsing.envelope import open_envelope
from miatel.parsing.error_objects import looks_like_json, refusal_of_text
from miatel.parsing.exact_json import load_documents
from miatel.parsing.exact_records import records_to_table
from miatel.parsing.fast.answer_parts import Parts, find_parts
from miatel.parsing.fast.layout import Layout
from miatel.parsing.fast.numbered_values import ValueNumberer
from miatel.parsing.fast.record_columns import columns_to_table
from miatel.parsing.fast.spelling import Spelling
from miatel.parsing.field_names import FieldNames
from miatel.parsing.record_sequences import columns_of
from miatel.parsing.unix_times import arrow_unit_of, with_iso_times
from miatel.schema import ANSWER_SCHEMA
from miatel.windows import Window

PIECE_BYTES = 1 << 21
_LESSON_BYTES = 1 << 17  # the first piece may have to teach, which is slow
_THREADS = 2
_LESSONS = 4  # pieces that may teach: an answer that keeps changing its spelling is read slowly


@dataclass(frozen=True)
class Records:
    """What one answer holds.

    Attributes:
        table: columns `MDR_FIELDS` and `extra`, one row per record in the answer's order.
        names: geo names by MCC/MNC number.
        names_left_out: entries among the geo names that could not be read.
    """

    table: pa.Table
    names: dict[int, str]
    names_left_out: int = 0


def read_answer(
    body: bytes,
    asked: str = "answer",
    form: AnswerForm = AS_FOUND,
    window: Window | None = None,
) -> Records:
    """Read one answer, whatever its form, completely or not at all.

    Args:
        body: the body as it came, content-encoding undone.
        asked: what was asked, for the messages.
        form: what the account's owner says of the form of its answers.
        window: what was asked for: times that are numbers are read by it. Without it they must lie
            between 2000 and 2100.

    Returns:
        All records and geo names; zero rows only for a well-formed answer without records.

    Raises:
        BrokenAnswerError, ServerBusyError, ErrorAnswerError: ask again.
        KeyRefusedError, BadPeriodError: an error object says so.
        AnswerNotUnderstoodError: a form that we do not know, bad UTF-8, or not strictly JSON.
    """
    if form.confirms_no_traffic(body):
        return Records(ANSWER_SCHEMA.empty_table(), {})
    if not looks_like_json(body):
        raise refusal_of_text(body[:4096].decode("utf-8", "replace"), asked)
    try:
        with no_collection():
            return _read(body, asked, form, window)
    except RecursionError:
        raise AnswerNotUnderstoodError(f"{asked}: the answer is nested too deeply") from None


def _read(body: bytes, asked: str, form: AnswerForm, window: Window | None) -> Records:
    fields = FieldNames(form.field_names)
    parts = find_parts(body, fields, asked) if form.records_at is None else None
    if parts is not None:
        try:
            return _read_by_layout(parts, asked, form, window)
        except (AnswerNotUnderstoodError, BrokenAnswerError):
            # A piece that is no JSON may be our cut, not the vendor's fault: the whole decides.
            pass
    documents = load_quickly(body, asked)
    if documents is not None:
        try:
            return _read_documents(documents, asked, form, window)
        except InexactError:
            pass
    return _read_documents(load_exactly(body, asked), asked, form, window)


def _read_documents(
    documents: list[Any], asked: str, form: AnswerForm, window: Window | None
) -> Records:
    contents = open_envelope(documents, asked, form)
    columns = columns_of(contents.records, FieldNames(form.field_names), asked)
    table = columns_to_table(with_iso_times(columns, window, asked), asked)
    return Records(table, contents.names, contents.names_left_out)


def _read_by_layout(parts: Parts, asked: str, form: AnswerForm, window: Window | None) -> Records:
    rest = parts.load_rest(asked)
    layout, fields = parts.layout, FieldNames(form.field_names)
    pieces = layout.pieces(parts.body, PIECE_BYTES, min(PIECE_BYTES, _LESSON_BYTES))
    reader = _PieceReader(layout, asked, fields, window)
    first = reader.read(next(pieces))  # alone, so that what it teaches serves all the others
    with ThreadPoolExecutor(_THREADS) as pool:
        tables = [first, *_map_bounded(pool, reader, pieces)]
    table = pa.concat_tables(tables)
    parts.check(table, rest, asked)
    if reader.spelling.time_unit is not None and not _lie_in(window, table[TIME_FIELD]):
        raise AnswerNotUnderstoodError(f"{asked}: times in another unit: read whole")
    contents = open_envelope(rest, asked, form, times_elsewhere=table[TIME_FIELD])
    if contents.records:
        raise AnswerNotUnderstoodError(f"{asked}: records stand in more than one array")
    return Records(table, contents.names, contents.names_left_out)


def _lie_in(window: Window | None, times: pa.ChunkedArray) -> bool:
    if window is None:
        return True
    bounds = pc.min_max(times).as_py()
    return bool(window.start <= bounds["min"] and bounds["max"] < window.end)


def _map_bounded(
    pool: ThreadPoolExecutor, reader: _PieceReader, pieces: Iterator[memoryview]
) -> Iterator[pa.Table]:
    """Like `pool.map`, but with only a few pieces cut out of the body at a time."""
    waiting = []
    for piece in pieces:
        waiting.append(pool.submit(reader.read, piece))
        if len(waiting) > 2 * _THREADS:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()


class _PieceReader:
    """Reads pieces of one answer; learns its spelling from those the fast parser refuses."""

    def __init__(
        self, layout: Layout, asked: str, fields: FieldNames, window: Window | None
    ) -> None:
        self.layout = layout
        self.asked = asked
        self.fields = fields
        called = {fields.documented(name): name for name in layout.first}
        self.called = {name: own for name, own in called.items() if name is not None}
        self.time = self.called[TIME_FIELD]
        unit = arrow_unit_of(layout.first[self.time], window)
        self.spelling = Spelling.documented(self.called, unit)
        self.numberer = ValueNumberer(fields)
        self.lessons = 0

    def read(self, piece: memoryview) -> pa.Table:
        spelling = self.spelling
        try:
            return self._read_fast(piece, spelling)
        except pa.ArrowInvalid:
            records = self._parse(piece)
        if self.spelling is spelling and self.lessons < _LESSONS:
            self.lessons += 1
            self.spelling = spelling.calling(self.called).learn(records)
        if self.spelling is not spelling:
            try:
                return self._read_fast(piece, self.spelling)
            except pa.ArrowInvalid:  # not all can be learned
                pass
        if self.spelling.time_unit is not None:
            raise AnswerNotUnderstoodError(f"{self.asked}: not all times are numbers: read whole")
        return records_to_table(self.fields.rename(records, self.asked), self.asked)

    def _read_fast(self, piece: memoryview, spelling: Spelling) -> pa.Table:
        lines, numbered = self.numberer.number(piece, spelling.numbered)
        count = self.layout.break_lines(lines)
        table = arrow_json.read_json(
            pa.BufferReader(lines),
            read_options=arrow_json.ReadOptions(use_threads=False, block_size=len(lines) + 1),
            parse_options=arrow_json.ParseOptions(
                explicit_schema=spelling.schema, unexpected_field_behavior="error"
            ),
            memory_pool=BUFFERS,
        )
        table.validate(full=True)
        if table.num_rows != count:
            raise pa.ArrowInvalid("not one whole record between two separators")
        landed = spelling.land(table, lines, numbered)
        if landed[TIME_FIELD].null_count:
            raise pa.ArrowInvalid("a record without a time")
        return landed

    def _parse(self, piece: memoryview) -> list[dict[str, Any]]:
        records, *others = load_documents(b"[" + piece + b"]", self.asked)
        if others:
            raise AnswerNotUnderstoodError(f"{self.asked}: records end before their array does")
        if not all(isinstance(r, dict) and self.time in r for r in records):
            raise AnswerNotUnderstoodError(f"{self.asked}: a record has no {TIME_FIELD}")
        for name in dict.fromkeys(chain.from_iterable(records)):
            known = self.fields.documented(name)
            if known is not None and self.called.setdefault(known, name) != name:
                raise AnswerNotUnderstoodError(f"{self.asked}: a field has two names: read whole")
        return list(records)
