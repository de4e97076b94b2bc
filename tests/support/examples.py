"""How many examples a property test draws: all of them, or few while somebody is working."""

from __future__ import annotations

from hypothesis import settings

ALL_PERCENT = 100
QUICK_PERCENT = 5
_FEWEST = 5


def examples(count: int) -> settings:
    """Settings of a property test: its number of examples, or a share of it in a quick profile.

    A profile's `max_examples` is that share in percent: 100 in `steady`, 5 in `quick`. It also is
    the number of examples of a test that names none, of which Hypothesis draws 100.

    Args:
        count: examples in full.
    """
    share = count * settings.default.max_examples // ALL_PERCENT
    return settings(max_examples=min(count, max(_FEWEST, share)))
