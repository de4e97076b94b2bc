"""Answers that chaos found to be read wrongly once: each stays here."""

import json

import pytest

from miatel import AnswerNotUnderstoodError, MiatelError
from miatel.parsing.error_objects import refusal_of_status, refusal_of_text
from miatel.parsing.reader import read_answer
from miatel.redaction.masking import mask_text


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
        f"[{records(1, 2)},{records(3)}]",
        f'[{{"hour":1,"sent":{records(1, 2)}}},{{"hour":2,"sent":{records(3)}}}]',
    ],
)
def test_records_of_every_array_are_read(body):
    found = read_answer(body.encode()).table["sms_hub_sms_id"].to_pylist()
    assert found == [1, 2, 3]


@pytest.mark.parametrize(
    "said", ["+7 (912) 345-67-89", "79123456789", "7912 3456789", "7.912.3456789"]
)
def test_an_error_that_repeats_a_number_or_a_text_does_not_tell_it(said):
    complaint = f"Access denied: {said} Zwkbaldhier"
    with pytest.raises(MiatelError) as caught:
        read_answer(json.dumps({"error": {"text": complaint}, "data": []}).encode())
    texts = [
        str(caught.value),
        str(refusal_of_status(401, complaint, "asked")),
        str(refusal_of_status(401, json.dumps([{"message_body": complaint}]), "asked")),
        str(refusal_of_text(f"<html><p>{complaint}</p></html>", "asked")),
        str(refusal_of_text(complaint, "asked")),
    ]
    for text in texts:
        assert "Access denied" in text or "message_body" not in text
        assert "79123456789" not in "".join(filter(str.isdigit, text))
        assert "Zwkbaldhier" not in text


def test_a_field_whose_name_is_half_a_character_is_kept():
    body = records(1, 2).replace("}", ',"\\ud83d":"a"}', 1)
    extra = read_answer(f"[{body[1:-1]},{body[1:]}".encode()).table["extra"].to_pylist()
    assert extra == [r'{"\\ud83d":"a"}', None] * 2


def test_a_field_that_stands_twice_is_named_by_its_form():
    with pytest.raises(MiatelError) as caught:
        read_answer(b'[{"79123456789":1,"79123456789":2}]')
    assert "79123456789" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32", "utf-8"])
def test_a_number_is_masked_in_any_encoding(encoding):
    seen = mask_text("to 79123456789 Zwk".encode(encoding).decode("utf-8", "replace"))
    assert seen.endswith("to <number 11> <word 3>")


def test_records_without_a_time_are_refused_also_once_their_spelling_is_learned(monkeypatch):
    monkeypatch.setattr("miatel.parsing.fast.by_pieces.PIECE_BYTES", 50)
    spelled = records(*range(9)).replace('switch_id":1', 'switch_id":"1"')
    assert read_answer(spelled.encode()).table.num_rows == 9
    without = spelled.replace("2026-01-01T00:00:01Z", "")
    with pytest.raises(AnswerNotUnderstoodError, match="no time"):
        read_answer(f"[{spelled[1:-1]},{without[1:]}".encode())
