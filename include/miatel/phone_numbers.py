"""The one normal form of a phone number, however it is spelled."""

from __future__ import annotations

import re
import unicodedata

LEAST_DIGITS = 6
"""Digits from which on a text is a number, whatever stands between them."""

_GROUP = re.compile(r"\d+")


def plain_number(text: str) -> str:
    """The one normal form of a number, for hashing, erasing and the record's key.

    Any character that is no digit may stand between digits, and any Unicode digit is one, so
    `+65 8123-1223`, `006581231223` and full-width digits are one number. A text with fewer than six
    digits is no number: it stays, without blanks around it. dbt does the same (macro
    `plain_number`).
    """
    digits = "".join(digit_groups(text))
    return digits.removeprefix("00") if len(digits) >= LEAST_DIGITS else text.strip()


def digit_groups(text: str) -> list[str]:
    """The groups of digits in a text, in order, each of ASCII digits whatever script it is in."""
    groups: list[str] = _GROUP.findall(text)
    if text.isascii():
        return groups
    return ["".join(str(unicodedata.decimal(digit)) for digit in group) for group in groups]
