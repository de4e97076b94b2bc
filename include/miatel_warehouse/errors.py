"""What may go wrong, said so that a reader knows what to run."""

from __future__ import annotations


class WarehouseError(Exception):
    """A file that should hold the marts does not; the message says what to run."""
