"""The record array found in the bytes of a body and read in pieces, on two threads."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.parsing.answer_form import AnswerForm
from miatel.parsing.envelope import open_envelope
from miatel.parsing.fast.answer_parts import find_parts
from miatel.parsing.fast.piece_reader import PieceReader
from miatel.parsing.field_names import FieldNames
from miatel.parsing.records import Records
from miatel.windows import Window

PIECE_BYTES = 1 << 21
_FIRST_PIECE_BYTES = 1 << 17  # the first piece may have to teach, which is slow
_THREADS = 2


def read_pieces(body: bytes, asked: str, form: AnswerForm, window: Window | None) -> Records | None:
    """Read an answer whose records are an array of objects, whatever stands around it.

    Returns:
        None where no such array is found.

    Raises:
        MiatelError: only parsing all of the body shows what the answer holds.
    """
    if form.records_at is not None:
        return None
    fields = FieldNames(form.field_names)
    parts = find_parts(body, fields, asked)
    if parts is None:
        return None
    rest = parts.load_rest(asked)
    first_size = min(PIECE_BYTES, _FIRST_PIECE_BYTES)
    pieces = parts.layout.pieces(parts.body, PIECE_BYTES, first_size)
    reader = PieceReader(parts.layout, asked, fields, window)
    first = reader.read(next(pieces))  # alone, so that what it teaches serves all the others
    with ThreadPoolExecutor(_THREADS) as pool:
        table = pa.concat_tables([first, *_map_bounded(pool, reader, pieces)])
    parts.check(table, rest, asked)
    if reader.spelling.time_unit is not None and not _lie_in(window, table[TIME_FIELD]):
        raise AnswerNotUnderstoodError(f"{asked}: times in another unit: read at once")
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
    pool: ThreadPoolExecutor, reader: PieceReader, pieces: Iterator[memoryview]
) -> Iterator[pa.Table]:
    """Like `pool.map`, but with only a few pieces cut out of the body at a time."""
    waiting = []
    for piece in pieces:
        waiting.append(pool.submit(reader.read, piece))
        if len(waiting) > 2 * _THREADS:
            yield waiting.pop(0).result()
    for future in waiting:
        yield future.result()
