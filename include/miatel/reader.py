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
from pyarrow import json as arrow_json

from miatel.answer_documents import InexactError, load_exactly, load_quickly
from miatel.answer_form import AS_FOUND, AnswerForm
from miatel.envelope import open_envelope
from miatel.errors import AnswerNotUnderstoodError, BrokenAnswerError
from miatel.field_names import FieldNames
from miatel.layout import Layout, find_layout
from miatel.limits import TIME_FIELD
from miatel.memory import BUFFERS, no_collection
from miatel.numbered_values import ValueNumberer
from miatel.record_columns import columns_to_table
from miatel.record_sequences import columns_of
from miatel.refusals import looks_like_json, refusal_of_text
from miatel.schema import ANSWER_SCHEMA
from miatel.spelling import Spelling
from miatel.statements import begins_statement
from miatel.tolerant_json import load_documents
from miatel.tolerant_records import records_to_table
from miatel.unix_times import with_iso_times
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
    layout = find_layout(body) if form.records_at is None else None
    if layout is not None and not begins_statement(body):
        try:
            return _read_by_layout(body, layout, asked, form)
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


def _read_by_layout(body: bytes, layout: Layout, asked: str, form: AnswerForm) -> Records:
    rest = load_documents(layout.rest, asked)
    pieces = layout.pieces(body, PIECE_BYTES, min(PIECE_BYTES, _LESSON_BYTES))
    reader = _PieceReader(layout, asked, FieldNames(form.field_names))
    first = reader.read(next(pieces))  # alone, so that what it teaches serves all the others
    with ThreadPoolExecutor(_THREADS) as pool:
        tables = [first, *_map_bounded(pool, reader, pieces)]
    table = pa.concat_tables(tables)
    contents = open_envelope(rest, asked, form, read_elsewhere=table.num_rows)
    if contents.records:
        raise AnswerNotUnderstoodError(f"{asked}: records stand in more than one array")
    return Records(table, contents.names, contents.names_left_out)


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

    def __init__(self, layout: Layout, asked: str, names: FieldNames) -> None:
        self.layout = layout
        self.asked = asked
        self.names = names
        self.spelling = Spelling.documented()
        self.numberer = ValueNumberer()
        self.lessons = 0

    def read(self, piece: memoryview) -> pa.Table:
        spelling = self.spelling
        try:
            return self._read_fast(piece, spelling)
        except pa.ArrowInvalid:
            records = self._parse(piece)
        if self.spelling is spelling and self.lessons < _LESSONS:
            self.lessons += 1
            self.spelling = spelling.learn(records)
        if self.spelling is not spelling:
            try:
                return self._read_fast(piece, self.spelling)
            except pa.ArrowInvalid:  # not all can be learned
                pass
        return records_to_table(records, self.asked)

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
        if not all(isinstance(r, dict) and TIME_FIELD in r for r in records):
            raise AnswerNotUnderstoodError(f"{self.asked}: a record has no {TIME_FIELD}")
        if not self.names.are_documented(dict.fromkeys(chain.from_iterable(records))):
            raise AnswerNotUnderstoodError(f"{self.asked}: fields have other names: read whole")
        return list(records)
