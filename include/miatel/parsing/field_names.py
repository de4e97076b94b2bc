"""Which documented field a field of an answer is, in whatever case and with or without prefix.

A record's own field and the documented one are the same if they differ in nothing but case,
underscores between words and the prefix `sms_hub_`; or if the account's owner says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from miatel.errors import AnswerNotUnderstoodError
from miatel.limits import TIME_FIELD
from miatel.redaction.masking import mask_name
from miatel.schema import MDR_FIELDS

_PREFIX = "sms_hub_"
_NAME = re.compile(r"[A-Za-z0-9]+(_[A-Za-z0-9]+)*")


def _plain(name: str) -> str:
    return name.lower().replace("_", "")


_BY_PLAIN_NAME = {
    _plain(spelled): name
    for name in MDR_FIELDS
    for spelled in (name, name.removeprefix(_PREFIX), _PREFIX + name.removeprefix(_PREFIX))
}


def _recognise(name: str) -> str | None:
    """The documented name that a name spells, or None."""
    return _BY_PLAIN_NAME.get(_plain(name)) if _NAME.fullmatch(name) else None


class FieldNames:
    """What the names in an account's answers stand for.

    Args:
        given: name in the answer → documented name, as the owner says; nothing else than what is
            given then stands for that documented field, whatever it is called.
    """

    def __init__(self, given: Mapping[str, str] | None = None) -> None:
        self._given = dict(given or {})
        self._spoken_for = frozenset(self._given.values())
        self._known: dict[str, str | None] = {}

    def documented(self, name: str) -> str | None:
        """The documented name that a field of an answer stands for; None for an unknown field."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> str | None:
        if name in self._given:
            return self._given[name]
        found = _recognise(name)
        return None if found in self._spoken_for and name != found else found

    def is_time(self, name: str) -> bool:
        """Whether a field is the record's time; fast for what is none, as the keys of a map."""
        return (name[-1:] in ("e", "E") or name in self._given) and (
            self.documented(name) == TIME_FIELD
        )

    def are_documented(self, names: Iterable[str]) -> bool:
        """Whether no name stands for a documented field that is called otherwise."""
        return all(self.documented(name) in (name, None) for name in names)

    def rename(self, records: Iterable[dict[str, Any]], asked: str) -> list[dict[str, Any]]:
        """Records with the documented names in the place of their own; unknown fields keep theirs.

        Args:
            records: as parsed.
            asked: what was asked, for the message.

        Returns:
            The records in their order; those without another name are the same objects.

        Raises:
            AnswerNotUnderstoodError: two fields of one record stand for the same documented one;
                tell by `field_names` which one it is.
        """
        known: dict[tuple[str, ...], tuple[str, ...]] = {}
        renamed = []
        for record in records:
            names = tuple(record)
            called = known.get(names)
            if called is None:
                called = known[names] = self.translate(names, asked)
            renamed.append(
                record if called is names else dict(zip(called, record.values(), strict=True))
            )
        return renamed

    def translate(self, names: tuple[str, ...], asked: str) -> tuple[str, ...]:
        """The documented names of a record's fields; unknown fields keep their own.

        Raises:
            AnswerNotUnderstoodError: as `rename`.
        """
        called = tuple(self.documented(name) or name for name in names)
        if len(set(called)) != len(called):
            twice = next(name for name in called if called.count(name) > 1)
            both = [own for own, name in zip(names, called, strict=True) if name == twice]
            first, second = (self._show(name) for name in both[:2])
            raise AnswerNotUnderstoodError(
                f"{asked}: a record has two fields that may both be {twice}: {first} and {second}; "
                f'say in the connection\'s extra which one it is: {{"field_names": {{"{second}": '
                f'"{twice}"}}}}'
            )
        return names if called == names else called

    def _show(self, name: str) -> str:
        """A name that stands for a documented field is no personal data."""
        return name if self.documented(name) else mask_name(name)


AS_DOCUMENTED = FieldNames()
"""No setting: the documented names in any case, with or without prefix."""
