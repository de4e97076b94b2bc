"""The one normal form of a phone number, however it is spelled."""

from __future__ import annotations

import re

LEAST_DIGITS = 6
"""Digits from which on a text is a number, whatever stands between them."""

# The zero of each of Unicode 18's scripts with digits of their own; one to nine follow it. Python's
# own table is another one in each version, and a record's key must not change with it.
_ZEROS = (
    0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66,
    0x0DE6, 0x0E50, 0x0ED0, 0x0F20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90,
    0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10,
    0x104A0, 0x10D30, 0x10D40, 0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0,
    0x11650, 0x116C0, 0x116D0, 0x116DA, 0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50,
    0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60, 0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE,
    0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0, 0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
)  # fmt: skip

DIGITS_OF_SCRIPTS = "".join(chr(zero + digit) for zero in _ZEROS for digit in range(10))
"""Every decimal digit of Unicode but 0 to 9, ten of a script after each other."""

_ASCII = str.maketrans(DIGITS_OF_SCRIPTS, "0123456789" * len(_ZEROS))
_GROUP = re.compile(r"[0-9]+")


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
    return _GROUP.findall(text if text.isascii() else text.translate(_ASCII))
