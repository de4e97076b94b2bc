"""Counts of what landing met: records that came late, that share an id, or that came twice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class LandingCounts:
    """What a run's landing met.

    Attributes:
        late_records: records of seconds that were landed before and did not have them.
        records_sharing_id: records whose id another record has as well.
        records_without_id: records without node and SMS id and without a message id.
        repeats_dropped: records that came more than once, each time but the first.
        conflicting_final_states: records of which two different final states came.
    """

    late_records: int = 0
    records_sharing_id: int = 0
    records_without_id: int = 0
    repeats_dropped: int = 0
    conflicting_final_states: int = 0
