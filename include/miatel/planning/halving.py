"""Windows whose answers say that there is more: asked for in halves, each compared with both.

Asking for less helps where the vendor sends less than the limit that we know, in pages of its own.
It does not where a field merely looks like a count. To distinguish these, the half that is asked
for first is the one with fewer of the records that came: what lies in the other half cannot belong
to it, so a count that is the same is no count of the window.
"""

from __future__ import annotations

from datetime import timedelta

from miatel.errors import CountNotUnderstoodError, IncompleteAnswerError
from miatel.limits import ONE_SECOND
from miatel.windows import Window


class Halving:
    """Remembers which windows are halves, and what the answer for both halves had said."""

    def __init__(self) -> None:
        self._halved: dict[Window, IncompleteAnswerError] = {}

    def is_first_half(self, window: Window) -> bool:
        """Whether a window is the half by which the count of both is judged."""
        return window in self._halved

    def judge(self, window: Window, error: IncompleteAnswerError) -> None:
        """Whether half of a window may help; returns if so.

        Args:
            window: what was asked for.
            error: what its answer says.

        Raises:
            CountNotUnderstoodError: the answer for both halves showed the same count.
            IncompleteAnswerError: the window is a single second, or its answer holds nothing that
                could become more: the same error.
        """
        both = self._halved.get(window)
        is_same = both is not None and (both.name, both.count) == (error.name, error.count)
        if is_same and error.count is not None:
            raise CountNotUnderstoodError(
                f"asked for {window}: {error.shown_name} is the same as for twice the "
                "period, so it is no count of the records of what was asked for, and whether "
                "the answer is complete is not known. Nothing of it was landed. Ask the vendor "
                "what it means; if it counts something else, name it in `not_counts` in the "
                f'connection\'s extra: {{"not_counts": ["{error.shown_name}"]}}.'
            )
        if window.length <= ONE_SECOND or (error.count is None and error.held == 0):
            raise error

    def split(self, window: Window, error: IncompleteAnswerError) -> tuple[Window, Window]:
        """The halves of a window, longer than a second, in the order in which to ask for them."""
        seconds = window.seconds // 2
        middle = window.start + timedelta(seconds=seconds)
        halves = window.split_at(middle)
        in_first = sum(time < middle for time in error.times)
        first, second = halves if 2 * in_first <= len(error.times) else halves[::-1]
        self._halved[first] = error
        self._halved.pop(window, None)
        return first, second
