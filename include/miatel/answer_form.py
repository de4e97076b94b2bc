"""What the owner of an account says of the form of its answers, where reading cannot know it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from miatel.errors import RequestRefusedError


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

    @classmethod
    def from_extra(
        cls, extra: Mapping[str, Any], further_known: frozenset[str] = frozenset()
    ) -> AnswerForm:
        """The form that a connection's extra describes.

        Args:
            extra: of the connection, parsed.
            further_known: names in it that are read elsewhere.

        Raises:
            RequestRefusedError: a name is unknown, or a value is of the wrong kind.
        """
        kinds = {"field_names": dict, "records_at": str, "no_traffic": list, "not_counts": list}
        for name, value in extra.items():
            if name not in kinds and name not in further_known:
                raise RequestRefusedError(f"the connection's extra has no setting {name!r}")
            if name in kinds and not isinstance(value, kinds[name]):
                raise RequestRefusedError(f"{name} in the connection's extra is of the wrong kind")
        return cls(
            field_names=dict(extra.get("field_names", {})),
            records_at=extra.get("records_at"),
            no_traffic=tuple(extra.get("no_traffic", ())),
            not_counts=frozenset(extra.get("not_counts", ())),
        )


AS_FOUND = AnswerForm()
"""Nothing said: the form is found out from the answer."""
