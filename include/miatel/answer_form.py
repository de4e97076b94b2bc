"""What the owner of an account says of the form of its answers, where reading cannot know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class AnswerForm:
    """Settings of the connection's extra; without any of them every likely form is read.

    Args:
        field_names: the project's field name → the one that the answer uses.
        records_at: JSON Pointer to the records; None to find them.
        no_traffic: whole answers, as parsed, that mean "no traffic" beside an empty array.
        not_counts: names of fields that look like a count of records and are none.
    """

    field_names: Mapping[str, str] = field(default_factory=dict)
    records_at: str | None = None
    no_traffic: tuple[Any, ...] = ()
    not_counts: frozenset[str] = frozenset()


AS_FOUND = AnswerForm()
"""Nothing said: the form is found out from the answer."""
