"""Recipients in the marts, and forgetting: hashed by a key that is nowhere, erased, retired."""

from __future__ import annotations

import hashlib
import hmac
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from miatel import RecipientKey
from miatel.phone_numbers import DIGITS_OF_SCRIPTS, plain_number

from .conftest import Lake, mdr
from .dbt_server import dbt_command

KEY = "cAnary key of the recipients, longer than one block of SHA-256 so that it is hashed first"
OTHER_KEY = "another key of the recipients"
NUMBER = "6581231223"
SPELLINGS = [
    NUMBER, "+65 8123-1223", "0065 (8123) 1223", "+65\u00a08123.1223", "65\t81231223",
    "65\u20118123\u20111223", "65\u202f8123\u200b1223", "65\n8123\n1223", "65/8123x1223",
    "\uff16\uff15\uff18\uff11\uff12\uff13\uff11\uff12\uff12\uff13",
    "\u0666\u0665\u0668\u0661\u0662\u0663\u0661\u0662\u0662\u0663",
]  # fmt: skip
MASKED = {
    "123456789": "•••••6789",
    "6581231": "••••231",
    "7": "•",
    "447700900123": "44••••••0123",
    "alice@example": "•" * 13,
    "+ ": "•",
    " \u3000": None,
}
DAYS = [f"2026-01-0{day}" for day in range(1, 5)]
KEPT_DAYS = (datetime.now(UTC).date() - date.fromisoformat(DAYS[2])).days
"""A retention that keeps the third day and drops the second."""

SETTING = {"MIATEL_RECIPIENT_KEY": KEY, "MIATEL_PERSONAL_DATA": "true"}
OTHER_SETTING = {"MIATEL_RECIPIENT_KEY": OTHER_KEY, "MIATEL_RETENTION_DAYS": str(KEPT_DAYS)}
NO_SUM_OF_DAYS = "('fct_mdr', 'fct_messages', 'fct_mdr_personal', 'int_message_parts')"


def segment(number: int, at: str, message: str, part: int, **fields: Any) -> dict[str, Any]:
    return mdr(number, at, segment_id=message, segment_num=part, segment_total=2, **fields)


@pytest.fixture(scope="module")
def landed(lake: Lake) -> Lake:
    """Two messages straddle midnight: one within the days to retire, one out of them."""
    lake.has_artifacts = True
    lake.land(DAYS[0], [mdr(1, f"{DAYS[0]}T10:00:00"), segment(2, f"{DAYS[0]}T23:59:59", "old", 1)])
    lake.land(
        DAYS[1],
        [
            segment(3, f"{DAYS[1]}T00:00:01", "old", 2),
            mdr(4, f"{DAYS[1]}T10:00:00", dlr_code=5),
            segment(5, f"{DAYS[1]}T23:59:59", "long", 1),
        ],
    )
    lake.land(
        DAYS[2],
        [segment(6, f"{DAYS[2]}T00:00:01", "long", 2, dlr_code=1), mdr(7, f"{DAYS[2]}T12:00:00")],
    )
    lake.land(
        DAYS[3],
        [
            mdr(100 + place, f"{DAYS[3]}T00:00:00", dst_num=number, message_body="for you alone")
            for place, number in enumerate([*SPELLINGS, *MASKED, None])
        ]
        + [
            mdr(200, f"{DAYS[3]}T01:00:00", message_body=f"ask +{NUMBER} about it"),
            mdr(201, f"{DAYS[3]}T01:00:00", src_num=NUMBER),
            mdr(202, f"{DAYS[3]}T01:00:00", extra=f'{{"to": "{NUMBER}", "campaign": "spring"}}'),
        ],
    )  # fmt: skip
    return lake


@pytest.fixture(scope="module")
def built(landed: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    options = ["--exclude-resource-type", "test", "--log-level-file", "debug"]
    build(landed, *options, environment=SETTING)
    said = warehouse(landed, "publish", environment=SETTING)
    (landed.root / "logs/publish.txt").write_text(said)
    return landed.copy(tmp_path_factory.mktemp("built") / "lake")


@dataclass(frozen=True)
class Change:
    """Copies of a lake before and after a command; what the command said.

    The commands themselves run at one place, where dbt remembers what it parsed.
    """

    before: Lake
    after: Lake
    said: str


@pytest.fixture(scope="module")
def erased(landed: Lake, built: Lake, tmp_path_factory: pytest.TempPathFactory) -> Change:
    """The number erased, with no other build before than one without tests."""
    said = warehouse(landed, "erase", environment=SETTING, given=f"{SPELLINGS[1]}\n")
    return Change(built, landed.copy(tmp_path_factory.mktemp("erased") / "lake"), said)


@pytest.fixture(scope="module")
def retained(landed: Lake, erased: Change, tmp_path_factory: pytest.TempPathFactory) -> Change:
    """Retention, in a run in which another key is set and texts are wanted in no mart any more."""
    said = warehouse(landed, "retain", environment=OTHER_SETTING)
    again = warehouse(landed, "retain", environment=OTHER_SETTING)
    assert "raw rows: 0 dropped of 0 days" in again
    return Change(erased.after, landed.copy(tmp_path_factory.mktemp("retained") / "lake"), said)


def build(lake: Lake, *options: str, environment: dict[str, str]) -> None:
    done = lake.dbt(
        "build", "--exclude-resource-type", "unit_test", *options, environment=environment
    )
    (lake.root / "logs/stdout.txt").write_text(done.stdout + done.stderr)
    assert done.returncode == 0, done.stdout[-4000:]


def run_warehouse(
    lake: Lake, *arguments: str, environment: dict[str, str], given: str = ""
) -> subprocess.CompletedProcess[str]:
    places = {
        "MIATEL_LAKE": str(lake.root),
        "MIATEL_WAREHOUSE": str(lake.warehouse),
        "MIATEL_BI": str(lake.root / "bi.duckdb"),
        "DBT_TARGET_PATH": str(lake.root / "target"),
        "DBT_LOG_PATH": str(lake.root / "logs"),
    }
    return subprocess.run(
        [sys.executable, "-m", "miatel_warehouse", *arguments],
        env=os.environ | places | dbt_command() | environment,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )


def warehouse(lake: Lake, *arguments: str, environment: dict[str, str], given: str = "") -> str:
    done = run_warehouse(lake, *arguments, environment=environment, given=given)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout + done.stderr


def places_of(lake: Lake, needles: set[bytes]) -> set[str]:
    """Files below the lake's directory that hold a needle: in their bytes, or a Parquet value."""
    return {
        str(path.relative_to(lake.root))
        for path in lake.root.rglob("*")
        if path.is_file() and any(n in text for text in _texts_of(path) for n in needles)
    }


def _texts_of(path: Path) -> Iterator[bytes]:
    yield path.read_bytes()
    if path.suffix == ".parquet":
        yield repr(pq.read_table(path, partitioning=None).to_pydict()).encode()
    elif path.suffix == ".duckdb":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name, table_name from duckdb_tables() where not internal"
            ).fetchall()
            for schema, table in tables:
                rows = connection.execute(f'from "{schema}"."{table}"').fetchall()
                yield repr(rows).encode()


def test_without_a_key_nothing_is_built_and_the_refusal_says_what_to_set(tmp_path: Path) -> None:
    landed = Lake(tmp_path)
    landed.land(DAYS[0], [mdr(1, f"{DAYS[0]}T10:00:00")])
    done = landed.dbt("build", environment={"MIATEL_RECIPIENT_KEY": "too short"})
    assert done.returncode != 0
    assert "MIATEL_RECIPIENT_KEY is not set, or has fewer than 16 characters" in done.stdout
    assert "docs/privacy.md" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert "too short" not in done.stdout + done.stderr
    assert landed.query("select table_name from information_schema.tables") == []
    erasing = run_warehouse(landed, "erase", environment={"MIATEL_RECIPIENT_KEY": ""}, given=NUMBER)
    assert (erasing.returncode, NUMBER in erasing.stdout + erasing.stderr) == (1, False)
    assert "Nothing was erased" in erasing.stderr


def test_one_number_has_one_hash_which_is_the_hmac_of_its_digits(built: Lake) -> None:
    expected = hmac.new(KEY.encode(), NUMBER.encode(), hashlib.sha256).hexdigest()
    assert built.query(f"""
        select distinct recipient_hash
        from marts.fct_mdr
        where sms_id between 100 and {99 + len(SPELLINGS)}
    """) == [(expected,)]
    assert RecipientKey(KEY).hash(SPELLINGS[1]) == expected
    others = "select count(*) from marts.fct_mdr where recipient_hash is not null"
    assert built.query(f"{others} and recipient_hash <> ?", [expected]) == [(16,)]


def test_masks_show_the_ends_and_of_short_numbers_at_most_half(built: Lake) -> None:
    masks = dict(built.query("select sms_id - 100, recipient_masked from marts.fct_mdr"))
    assert [masks[number] for number in range(len(SPELLINGS))] == ["65••••1223"] * len(SPELLINGS)
    shown = [masks[number] for number in range(len(SPELLINGS), len(SPELLINGS) + len(MASKED))]
    assert shown == list(MASKED.values())
    assert masks[len(SPELLINGS) + len(MASKED)] is None


def test_python_and_sql_take_the_same_number_from_every_spelling(built: Lake) -> None:
    sql = (built.root / "target/compiled/miatel/models/marts/facts/fct_mdr.sql").read_text()
    expression = sql.split("*,")[1].split("as recipient_number")[0]
    query = f"select {expression} from (select ? as recipient)"
    chance = random.Random(7)
    letters = (
        "0123456789" * 4 + "+-(). x\u00a0\u2011\u200b\u202f\u3000\n\x1c\x85\u00b2\U0001f600\uff16"
    )
    drawn = ["".join(chance.choices(letters, k=chance.randrange(14))) for _ in range(2000)]
    digits = [*"0123456789", *DIGITS_OF_SCRIPTS]
    drawn += ["".join(chance.sample(digits, 9)) for _ in range(300)]
    drawn += [digit * 7 for digit in digits]
    known = [*SPELLINGS, *MASKED, "000065", "+00", "0", "", "65+81", "٣٤٥", "0 0 6 5", "00123456"]
    with duckdb.connect() as connection:
        for spelling in [*known, *drawn]:
            ((plain,),) = connection.execute(query, [spelling]).fetchall()
            assert (plain or "") == plain_number(spelling), ascii(spelling)


def test_the_key_is_in_no_log_artifact_or_database_byte(built: Lake) -> None:
    secrets = [KEY.encode(), *RecipientKey(KEY).pads, hashlib.sha256(KEY.encode()).digest()]
    needles = {form for secret in secrets for form in (secret, secret.hex().encode())}
    needles |= {needle.upper() for needle in needles} | {b"cAnary"}
    assert places_of(built, needles) == set()
    names = places_of(built, {b"recipient_key_inner"})
    assert {"logs/dbt.log", "target/manifest.json"} <= names, "the search does find what is there"


def test_a_number_is_erased_everywhere_and_every_count_stays(erased: Change) -> None:
    built, lake, said = erased.before, erased.after, erased.said
    finished = "select count(*) from information_schema.tables where table_name = 'finished_days'"
    assert built.query(finished) == [(0,)], "this module's first build left the tests out"
    hashed = RecipientKey(KEY).hash(NUMBER)
    needles = {NUMBER.encode(), b"8123-1223", b"for you alone", hashed.encode()}
    before = places_of(built, needles)
    raw = f"raw/mdr/mdr_date={DAYS[3]}/mdr.parquet"
    marts = {f"marts/{table}/{DAYS[3]}.parquet" for table in ("fct_mdr", "fct_mdr_personal")}
    assert {raw, *marts, "warehouse.duckdb", "bi.duckdb"} <= before
    rows = built.query("select count(*) from marts.fct_mdr_personal")
    assert "raw files: 4 read, 1 replaced" in said
    assert f"raw rows: {len(SPELLINGS) + 3} cleared, none removed" in said
    assert "published fct_mdr: " in said
    assert lake.query("select count(*) from state.finished_days") == [(4,)]
    assert not any(needle.decode() in said for needle in needles)
    # the texts to other numbers of that day are nobody's business here
    assert places_of(lake, needles - {b"for you alone"}) == set()
    assert lake.query("select count(*) from marts.fct_mdr_personal") == rows
    assert lake.query("""
        select facts.sms_id, personal.recipient, personal.message_text
        from marts.fct_mdr_personal as personal
        inner join marts.fct_mdr as facts using (mdr_key)
        where personal.recipient is null or personal.message_text is null
        order by facts.sms_id
    """) == [
        *[(100 + place, None, None) for place in range(len(SPELLINGS))],
        (100 + len(SPELLINGS) + len(MASKED), None, "for you alone"),
        (200, "6500000001", None),
        (201, "6500000001", None),
    ]
    assert lake.query("select sender from marts.fct_mdr where sms_id = 201") == [("(none)",)]
    raw = f"read_parquet('{lake.root}/raw/mdr/*/mdr.parquet', hive_partitioning = false)"
    assert lake.query(f"select extra from {raw} where sms_hub_sms_id = 202") == [
        ('{"campaign":"spring"}',)
    ]


def sums_of_days(lake: Lake) -> dict[str, list[tuple[Any, ...]]]:
    """Every table with a row per day and something that is no fact, up to the last retired day."""
    tables = lake.query(f"""
        select table_schema || '.' || table_name
        from information_schema.columns
        where
            column_name = 'mdr_date'
            and table_schema in ('intermediate', 'marts')
            and table_name not in ('int_mdr', 'completeness_daily', 'extract_coverage')
            and table_name not in {NO_SUM_OF_DAYS}
    """)
    return {
        table: lake.query(f"from {table} where mdr_date <= date '{DAYS[1]}' order by all")
        for (table,) in tables
    }


def test_retention_says_first_what_it_would_drop(erased: Change) -> None:
    lake = erased.after
    said = warehouse(lake, "retain", "--days", str(KEPT_DAYS), "--dry-run", environment=SETTING)
    assert "raw rows: 5 would be dropped of 2 days" in said
    assert lake.query("select count(*) from marts.completeness_daily where is_retired") == [(0,)]


def test_records_of_old_days_are_dropped_and_their_sums_stay(retained: Change) -> None:
    before, lake, said = retained.before, retained.after, retained.said
    sums = sums_of_days(before)
    assert {"intermediate.int_delivery_daily", "marts.failure_reasons_daily"} <= set(sums)
    hashes = dict(before.query("select sms_id, recipient_hash from marts.fct_mdr"))
    assert f"raw days: 2, {DAYS[0]} to {DAYS[1]}" in said
    assert "raw rows: 5 dropped of 2 days" in said
    assert sums_of_days(lake) == sums
    assert lake.query("select distinct mdr_date::varchar from marts.fct_mdr order by 1") == [
        (DAYS[2],), (DAYS[3],)
    ]  # fmt: skip
    assert lake.query("""
        select mdr_date::varchar, row_count, segment_count
        from marts.completeness_daily
        where is_retired
        order by mdr_date
    """) == [(DAYS[0], 2, 2), (DAYS[1], 3, 3)]
    assert lake.query("from information_schema.tables where table_name like '%personal%'") == []
    published = [f"{path}" for path in (lake.root / "marts").rglob("*.parquet")]
    assert not [path for path in published if "personal" in path.removeprefix(f"{lake.root}")]
    assert places_of(lake, {b"for you alone"}) == {f"raw/mdr/mdr_date={DAYS[3]}/mdr.parquet"}
    # no row keeps a hash under the old key
    now = dict(lake.query("select sms_id, recipient_hash from marts.fct_mdr"))
    assert now[7] == RecipientKey(OTHER_KEY).hash("6500000001")
    former = {value for value in hashes.values() if value}
    assert not former & set(now.values())
    assert not former & {h for (h,) in lake.query("select recipient_hash from marts.fct_messages")}


def test_no_published_file_holds_a_recipient_or_the_key_of_a_record(retained: Change) -> None:
    lake = retained.after
    raw = pq.read_table(lake.root / f"raw/mdr/mdr_date={DAYS[3]}/mdr.parquet", partitioning=None)
    # SQL that lists all digits holds 123456789, too
    known = [number for number in raw["dst_num"].to_pylist() if number and len(number) > 6]
    recipients = {number for number in known if number not in "0123456789"}
    needles = {text.encode() for text in (*recipients, *raw["record_key"].to_pylist())}
    assert {b"447700900123", b"6500000001"} <= needles
    found = places_of(lake, needles)
    assert found == {f"raw/mdr/mdr_date={day}/mdr.parquet" for day in (DAYS[2], DAYS[3])}
    names = {
        name
        for path in (lake.root / "marts").rglob("*.parquet")
        for name in pq.read_schema(path).names
    }
    assert {"mdr_key", "recipient_hash"} <= names
    assert not names & {"record_key", "dst_num", "recipient", "message_text"}


def test_a_message_that_began_on_a_retired_day_is_not_counted_again(
    retained: Change, tmp_path: Path
) -> None:
    lake = retained.after.copy(tmp_path / "lake")
    straddling = (
        "select message_date::varchar, segment_count from marts.fct_messages where is_composite"
    )
    assert lake.query(straddling) == [(DAYS[1], 2)], "the older one is gone, the other one stays"
    recipients = f"""
        select distinct recipient_hash, recipient_masked
        from marts.fct_messages
        where message_date = date '{DAYS[1]}'
    """
    assert lake.query(recipients) == [(None, None)], "no erased number could be found there"
    sums = sums_of_days(lake)
    records = lake.days[DAYS[2]]
    lake.land(DAYS[2], [records[0] | {"dlr_code": 2}, records[1]], run_id="run-2")
    build(lake, environment={"MIATEL_RECIPIENT_KEY": OTHER_KEY})
    assert lake.query(straddling) == [(DAYS[1], 2)]
    assert sums_of_days(lake) == sums
    assert lake.query(recipients) == [(None, None)]
    assert lake.query(f"""
        select sum(message_count), sum(segment_count), sum(delivered_segment_count)
        from marts.delivery_daily
        where mdr_date = date '{DAYS[2]}'
    """) == [(1, 2, 2)]


@pytest.mark.parametrize("is_lost", [False, True])
def test_a_full_build_that_would_lose_sums_is_refused(
    retained: Change, is_lost: bool, tmp_path: Path
) -> None:
    lake = retained.after.copy(tmp_path / "lake")
    if is_lost:
        lake.warehouse.unlink()
    options = ["--exclude-resource-type", "unit_test", *([] if is_lost else ["--full-refresh"])]
    done = lake.dbt("build", *options)
    assert done.returncode != 0
    assert "2 days of the lake are retired" in done.stdout
    assert "Nothing was built" in done.stdout
