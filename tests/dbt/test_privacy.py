"""Recipients in the marts: hashed under a key that stands nowhere, masked, in clear on demand.

The tests of this module run in the order they are written: each continues where the last ended.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

import duckdb
import pytest

from miatel.recipients import RecipientKey, plain_number

from .conftest import Lake, mdr

KEY = "cAnary key of the recipients, longer than one block of SHA-256 so that it is hashed first"
OTHER_KEY = "another key of the recipients"
NUMBER = "6581231223"
SPELLINGS = [NUMBER, "+65 8123-1223", "0065 (8123) 1223", "+65\u00a08123.1223", "65\t81231223"]
MASKED = {
    "123456789": "•••••6789",
    "6581231": "••••231",
    "7": "•",
    "447700900123": "44••••••0123",
    "alice@example": "•" * 13,
    "+ ": None,
}


@pytest.fixture(scope="module")
def built(lake: Lake) -> Lake:
    records = [
        mdr(number, "2026-01-01T00:00:00", dst_num=spelling)
        for number, spelling in enumerate([*SPELLINGS, *MASKED, None])
    ]
    lake.land("2026-01-01", records)
    lake.land("2026-01-02", [mdr(100, "2026-01-02T00:00:00", dst_num=NUMBER)])
    done = lake.dbt(
        "build", "--exclude-resource-type", "unit_test", "--log-level-file", "debug",
        environment={"MIATEL_RECIPIENT_KEY": KEY, "MIATEL_PERSONAL_DATA": "true"},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]
    (lake.root / "logs/stdout.txt").write_text(done.stdout + done.stderr)
    return lake


def test_without_a_key_nothing_is_built_and_the_refusal_says_what_to_set(tmp_path: Path) -> None:
    lake = Lake(tmp_path)
    lake.land("2026-01-01", [mdr(1, "2026-01-01T00:00:00")])
    done = lake.dbt("build", environment={"MIATEL_RECIPIENT_KEY": "too short"})
    assert done.returncode != 0
    assert "MIATEL_RECIPIENT_KEY is not set, or has fewer than 16 characters" in done.stdout
    assert "docs/privacy.md" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "too short" not in done.stdout + done.stderr
    assert lake.query("select table_name from information_schema.tables") == []


def test_one_number_has_one_hash_which_is_the_hmac_of_its_digits(built: Lake) -> None:
    hashes = built.query(
        "select distinct recipient_hash from marts.fct_mdr where sms_id in (0, 100)"
    )
    expected = hmac.new(KEY.encode(), NUMBER.encode(), hashlib.sha256).hexdigest()
    assert hashes == [(expected,)]
    spelled = f"select sms_id, recipient_hash from marts.fct_mdr where sms_id < {len(SPELLINGS)}"
    assert dict(built.query(spelled)) == dict.fromkeys(range(len(SPELLINGS)), expected)
    assert RecipientKey(KEY).hash(SPELLINGS[1]) == expected


def test_masks_show_the_ends_and_of_short_numbers_at_most_half(built: Lake) -> None:
    masks = dict(built.query("select sms_id, recipient_masked from marts.fct_mdr"))
    assert [masks[number] for number in range(len(SPELLINGS))] == ["65••••1223"] * len(SPELLINGS)
    shown = [masks[number] for number in range(len(SPELLINGS), len(SPELLINGS) + len(MASKED))]
    assert shown == list(MASKED.values())
    assert masks[len(SPELLINGS) + len(MASKED)] is None


def test_python_and_sql_take_the_same_number_from_every_spelling(built: Lake) -> None:
    sql = (built.root / "target/compiled/miatel/models/marts/fct_mdr.sql").read_text()
    expression = sql.split("*,")[1].split("as recipient_number")[0]
    for spelling in [*SPELLINGS, *MASKED, "000065", "+00", "0", "", "65+81", "٣٤٥", "0 0 6 5"]:
        ((plain,),) = duckdb.execute(
            f"select {expression} from (select ? as recipient)", [spelling]
        ).fetchall()
        assert (plain or "") == plain_number(spelling), spelling


def test_the_key_is_in_no_log_artifact_or_database_byte(built: Lake) -> None:
    secrets = [KEY.encode(), *RecipientKey(KEY).pads, hashlib.sha256(KEY.encode()).digest()]
    needles = {form for secret in secrets for form in (secret, secret.hex().encode())}
    needles |= {needle.upper() for needle in needles} | {b"cAnary"}
    files = [path for path in built.root.rglob("*") if path.is_file()]
    assert {"dbt.log", "manifest.json", "run_results.json", "warehouse.duckdb"} <= {
        path.name for path in files
    }
    contents = {str(path): path.read_bytes() for path in files}
    assert [name for name, content in contents.items() if any(n in content for n in needles)] == []
    assert any(b"recipient_key_inner" in content for content in contents.values())


def test_numbers_and_texts_are_in_a_mart_only_while_the_owner_wants_it(built: Lake) -> None:
    assert built.query("""
        select recipient, message_text from marts.fct_mdr_personal where mdr_key = 'sms:1:1'
    """) == [(SPELLINGS[1], "hello")]
    before = dict(built.query("select mdr_key, recipient_hash from marts.fct_mdr"))
    done = built.dbt(
        "run", "--exclude", "extract_coverage", environment={"MIATEL_RECIPIENT_KEY": OTHER_KEY}
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert built.query("from information_schema.tables where table_name like '%personal%'") == []
    # the same run had another key: no row keeps a hash under the old one
    hashes = dict(built.query("select mdr_key, recipient_hash from marts.fct_mdr"))
    assert hashes["sms:1:100"] == hashes["sms:1:0"] == RecipientKey(OTHER_KEY).hash(NUMBER)
    assert not {value for value in before.values() if value} & set(hashes.values())
