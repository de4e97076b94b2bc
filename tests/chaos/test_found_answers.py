"""Answers that chaos found to be read wrongly once: each stays here."""

import json

import pytest
from miatel.reader import read_answer


def records(*ids):
    """An array of records as compact as PHP writes them."""
    return json.dumps(
        [
            {
                "sms_hub_sms_id": number,
                "sms_hub_switch_id": 1,
                "sms_hub_sms_time": "2026-01-01T00:00:01Z",
            }
            for number in ids
        ],
        separators=(",", ":"),
    )


@pytest.mark.parametrize(
    "body",
    [
        f'{{"data":{records(1, 2)},"more":{records(3)}}}',
        f'{{"data":{records(1)},"more":{{"late":{records(2, 3)}}}}}',
        f"{records(1, 2)}{records(3)}",
        f"{records(1)}\n{records(2)}\n{records(3)}",
    ],
)
def test_records_of_every_array_are_read(body):
    found = read_answer(body.encode()).table["sms_hub_sms_id"].to_pylist()
    assert found == [1, 2, 3]
