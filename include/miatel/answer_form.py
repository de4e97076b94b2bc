"""What the owner of an account says of the form of its answers, where reading cannot know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from miatel.errors import MiatelError
from miatel.json_text import json_text
from miatel.tolerant_json import load_documents

_LONGEST_CONFIRMED = 1 << 16  # a body that means "no traffic" is short


@dataclass(frozen=True)
class AnswerForm:
    """Settings of the connection's extra; without any of them every likely form is read.

    Args:
        field_names: name of a field in the answer → the documented name it stands for.
        records_at: JSON Pointer to the records; None to find them.
        no_traffic: whole answers, as parsed, that mean "no traffic" beside an empty array.
        not_counts: names of fields that look like a count of records and are none.
    """

    field_names: Mapping[str, str] = field(default_factory=dict)
    records_at: str | None = None
    no_traffic: tuple[Any, ...] = ()
    not_counts: frozenset[str] = frozenset()

    def confirms_no_traffic(self, body: bytes) -> bool:
        """Whether a whole body is one that the owner has confirmed to mean "no traffic".

        Args:
            body: content-encoding undone.
        """
        if not self.no_traffic or len(body) > _LONGEST_CONFIRMED:
            return False
        text = body.removeprefix(b"\xef\xbb\xbf").strip()
        if any(isinstance(form, str) and form.strip().encode() == text for form in self.no_traffic):
            return True
        try:
            documents = load_documents(body, "")
        except MiatelError:
            return False
        # As text, since Python holds that false equals 0.
        confirmed = {json_text(form) for form in self.no_traffic}
        return len(documents) == 1 and json_text(documents[0]) in confirmed


AS_FOUND = AnswerForm()
"""Nothing said: the form is found out from the answer."""
