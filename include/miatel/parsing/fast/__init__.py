"""The fast way to read an answer: all of it, or nothing wherever it is not sure.

`read_fast` is its only door, and the reader the only one who uses it. Nothing in here decides
whether an answer is right: what it cannot read, or finds wrong, the exact reader reads again.
"""

from __future__ import annotations

from miatel.errors import MiatelError
from miatel.parsing.answer_form import AnswerForm
from miatel.parsing.fast.by_documents import read_documents
from miatel.parsing.fast.by_pieces import read_pieces
from miatel.parsing.fast.quick_documents import InexactError
from miatel.parsing.records import Records
from miatel.windows import Window

__all__ = ["read_fast"]


def read_fast(body: bytes, asked: str, form: AnswerForm, window: Window | None) -> Records | None:
    """Read an answer fast, with the result that the exact reader would have.

    Args:
        body: the body as it came, content-encoding undone.
        asked: what was asked, for the messages.
        form: what the account's owner says of the form of its answers.
        window: what was asked for, by which times that are numbers are understood.

    Returns:
        None where the exact reader has to decide: nothing is known of the answer then.
    """
    for read in (read_pieces, read_documents):
        try:
            records = read(body, asked, form, window)
        except (MiatelError, InexactError, RecursionError):
            continue  # a piece that is no JSON may be our cut, not the vendor's fault
        if records is not None:
            return records
    return None
