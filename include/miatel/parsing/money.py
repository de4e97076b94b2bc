"""A price as it may be written, as an exact decimal: what is ambiguous is no price."""

from __future__ import annotations

import re
from decimal import Context, Decimal, InvalidOperation

PRICE_LIMIT = Decimal(10) ** 10
_SCALE = Decimal(1).scaleb(-18)
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_SIGN_OF_CURRENCY = "€$£¥₽₴₸₺₹"
_CURRENCY = rf"(?:[A-Za-z]{{3}}|[{_SIGN_OF_CURRENCY}])"
_WITH_CURRENCY = re.compile(
    rf"(?:{_CURRENCY}\s*(?P<after>[+-]?[\d.,].*)|(?P<before>[+-]?[\d.,].*?)\s*{_CURRENCY})",
    re.ASCII | re.DOTALL,
)
_BLANK = "[ '\u2019\u00a0\u2009\u202f]"
_GROUPED = [  # separator of thousands, then of decimals
    re.compile(rf"([+-]?[1-9]\d{{0,2}}(?:{group}\d{{3}}){most})(?:{point}(\d+))?", re.ASCII)
    for group, point, most in [(_BLANK, "[.,]", "+"), (",", r"\.", "+"), (r"\.", ",", "+")]
]
_COMMA = re.compile(r"([+-]?\d*),(\d+)", re.ASCII)
_MOST_PLACES = 1074  # of a double
_EXACTLY = Context(prec=_MOST_PLACES + 30)


def exact_price(number: Decimal) -> Decimal | None:
    """A number with 18 decimals, or None if it is not exactly that: more decimals, or 10**10."""
    try:
        scaled = number.quantize(_SCALE) if number else Decimal(0)
    except InvalidOperation:
        return None
    return scaled if scaled == number and abs(number) < PRICE_LIMIT else None


def read_price(number: Decimal) -> tuple[Decimal | None, bool]:
    """A price that is written as a number.

    Systems that keep money in binary doubles write 0.005 as 0.0050000000000000001. A number that is
    no decimal with 18 places is the shortest one that has the same double.

    Args:
        number: as it was written.

    Returns:
        The price, None where no decimal(38, 18) is meant; and whether it says the same as what was
        written: it does not where the number is no double's text, but a longer one.
    """
    price = exact_price(number)
    if price is not None:
        return price, True
    if number.adjusted() > 10 or number.adjusted() < -18:
        return None, False
    double = float(number)
    price = exact_price(Decimal(repr(double)))
    return price, price is not None and _is_text_of(double, number)


def _is_text_of(double: float, number: Decimal) -> bool:
    """Whether a number is a double's exact value, rounded to as many places as the number has."""
    places = -int(number.as_tuple().exponent)
    if places > _MOST_PLACES:
        return number == Decimal(double)
    unit = Decimal(1).scaleb(-places, _EXACTLY)
    return _EXACTLY.quantize(Decimal(double), unit) == number


def parse_price(text: str) -> tuple[Decimal | None, bool]:
    """A price that is written as a text.

    Args:
        text: not blank, e.g. `0.05`, `0,05`, `1 234,50`, `1,234.50` or `0.05 EUR`.

    Returns:
        As `read_price`; with a currency beside it, it does not say the same. None for `1,234`,
        which may be a thousand and more, or one and a bit.
    """
    text = text.strip()
    if _PLAIN.fullmatch(text):
        return read_price(Decimal(text))
    number = _parse_grouped(text)
    if number is not None:
        return read_price(number)
    named = _WITH_CURRENCY.fullmatch(text)
    if named is None:
        return None, False
    text = (named["after"] or named["before"]).strip()
    number = Decimal(text) if _PLAIN.fullmatch(text) else _parse_grouped(text)
    return (None, False) if number is None else (read_price(number)[0], False)


def _parse_grouped(text: str) -> Decimal | None:
    """A number with a decimal comma or separators of thousands, if it can be read in one way."""
    comma = _COMMA.fullmatch(text)
    if comma:
        whole, places = comma.groups()
        digits = whole.lstrip("+-")
        if len(places) == 3 and 1 <= len(digits) <= 3 and digits[0] != "0":
            return None
        return Decimal(f"{whole or 0}.{places}" if digits else f"{whole}0.{places}")
    for pattern in _GROUPED:
        found = pattern.fullmatch(text)
        if found:
            whole = re.sub(r"[^\d+-]", "", found[1])
            return Decimal(f"{whole}.{found[2]}" if found[2] else whole)
    return None
