"""What an answer holds when it is parsed whole and strictly, without any fast path."""

from __future__ import annotations

import pyarrow as pa

from miatel.envelope import open_envelope
from miatel.tolerant_json import load_documents
from miatel.tolerant_records import records_to_table


def read_whole(body: bytes) -> pa.Table:
    """The table of the answer's records.

    Raises:
        MiatelError: it is no answer.
    """
    return records_to_table(open_envelope(load_documents(body, ""), "").records, "")
