"""Few salts for new lakes, so that a key's slow hash, which is remembered, is made for few of them.

A hash takes 0.1 s by design.
"""

from collections.abc import Callable
from itertools import cycle

SALTS = [f"{number:032x}" for number in range(1, 4)]


def salts_in_turn() -> Callable[[int], str]:
    """What stands for `secrets.token_hex`."""
    salts = cycle(SALTS)
    return lambda _bytes=None: next(salts)
