"""The normal form of a number is the same whatever Python computes it."""

import sys
import unicodedata

from miatel.phone_numbers import DIGITS_OF_SCRIPTS, digit_groups, plain_number


def test_every_digit_that_this_python_knows_is_one() -> None:
    known = [letter for letter in map(chr, range(sys.maxunicode + 1)) if letter.isdecimal()]
    assert set(known) <= {*"0123456789", *DIGITS_OF_SCRIPTS}
    assert [digit_groups(f"x{letter}y") for letter in known] == [
        [str(unicodedata.decimal(letter))] for letter in known
    ]


def test_a_digit_that_only_newer_pythons_know_is_one_for_all() -> None:
    kawi = "".join(chr(0x11F50 + int(digit)) for digit in "6581231223")
    assert plain_number(kawi) == "6581231223"


def test_signs_that_are_digits_only_in_a_wider_sense_are_none() -> None:
    assert digit_groups("1\u00b22\u2460") == ["1", "2"]
