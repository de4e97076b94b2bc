"""One warehouse, built whole, then again after all kinds of changes, against a full build."""

from __future__ import annotations

import json
import random
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .conftest import PULLED_AT, Lake, mdr
from .dbt_server import parsed_manifest

PROVENANCE = Path(__file__).parents[2] / "docs/provenance.md"
DAYS = [f"2026-01-0{day}" for day in range(1, 9)]
WITHOUT_UNIT_TESTS = ("--exclude-resource-type", "unit_test")
LATER = PULLED_AT + timedelta(days=1)
TABLES = """
    select table_schema || '.' || table_name
    from information_schema.tables
    where table_schema in ('intermediate', 'marts') and table_name <> 'int_mdr'
    order by 1
"""


def random_day(day: str, seed: int, count: int = 300) -> list[dict[str, Any]]:
    """Records of a day, many of them parts with few references, some of them around midnight."""
    rng = random.Random(f"{day}{seed}")
    midnight = datetime.fromisoformat(day).replace(tzinfo=UTC)
    return [
        mdr(
            int(day[-2:]) * 10_000 + number,
            f"{midnight + timedelta(seconds=random_second(rng)):%Y-%m-%dT%H:%M:%S}",
            sms_hub_switch_id=rng.randint(1, 4),
            sms_hub_mccmnc_id=rng.choice([525001, 525003, 250001, 1001, 899999, None]),
            src_num=rng.choice(["SHOP", "BANK", " ", None]),
            username=rng.choice(["acme", "globex", None]),
            dlr_code=rng.choice([1, 2, 2, 2, 3, 5, 6, 8, 42, None]),
            resp_code=rng.choice([0, 0, 0, -5060, 5060, 4711, None]),
            sms_hub_currency_name=rng.choice(["EUR", "USD", None]),
            segment_id=rng.choice([None, "", f"s{rng.randint(1, 3)}"]),
            message_id=rng.choice([f"shared-{rng.randint(1, 20)}", f"own-{number}", None]),
            segment_num=rng.randint(1, 3),
            segment_total=rng.choice([1, 2, 3, None]),
        )
        for number in range(count)
    ]


def random_second(rng: random.Random) -> int:
    """A second of a day: any, or one of the first or last ten minutes."""
    return rng.choice([rng.randrange(86_400), rng.randrange(600), 85_800 + rng.randrange(600)])


def lake_file(lake: Lake, day: str) -> Path:
    return lake.root / f"raw/mdr/mdr_date={day}/mdr.parquet"


def described() -> dict[str, dict[str, Any]]:
    """Models and seeds as dbt knows them, by schema and name."""
    manifest = json.loads(parsed_manifest().read_text())
    return {
        f"{node['schema']}.{node['name']}": node
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
    }


def only(lake: Lake, sql: str) -> Any:
    ((value,),) = lake.query(sql)
    return value


@pytest.fixture(scope="module")
def built(lake: Lake) -> Lake:
    """Days 1 to 3 written by hand, 4, 5 and 8 random, 6 empty; gaps: two hours, and day 7."""
    lake.land(
        DAYS[0],
        [
            mdr(1, "2026-01-01T00:00:00"),
            mdr(2, "2026-01-01T10:00:00", dlr_code=None, resp_code=-5060, price=None),
            mdr(3, "2026-01-01T11:00:00", dlr_code=1, sms_hub_mccmnc_name="Singapore - Old"),
            mdr(4, "2026-01-01T23:59:59", segment_id="long", segment_num=1, segment_total=2),
            mdr(
                5,
                "2026-01-01T12:00:00",
                resp_code=None,
                dlr_code=None,
                extra='{"resp_code": "ESME_X", "campaign": "spring"}',
            ),
        ],
    )
    lake.land(
        DAYS[1],
        [
            mdr(6, "2026-01-02T00:00:00", segment_id="long", segment_num=2, segment_total=2),
            mdr(7, "2026-01-02T09:00:00", sms_hub_currency_name="USD", price=Decimal("0.07")),
            mdr(8, "2026-01-02T09:00:01", sms_hub_mccmnc_id=1001, sms_hub_mccmnc_name=None),
            mdr(9, "2026-01-02T12:00:00", dlr_code=42, sms_hub_mccmnc_id=None),
        ],
        hours=[(0, 6), (8, 24)],
    )  # fmt: skip
    lake.land(
        DAYS[2],
        [
            mdr(10, "2026-01-03T01:00:00"),
            mdr(10, "2026-01-03T23:00:00", dlr_code=1),  # the platform used a number again
            mdr(11, "2026-01-03T02:00:00", segment_id="broken", segment_num=1, segment_total=2),
            mdr(12, "2026-01-03T02:00:01", segment_id="broken", segment_num=2, segment_total=2,
                dlr_code=5),
            mdr(13, "2026-01-03T03:00:00", sms_hub_sms_id=None, message_id="m", segment_num=1),
        ],
    )  # fmt: skip
    lake.land(DAYS[3], random_day(DAYS[3], 1))
    lake.land(DAYS[4], random_day(DAYS[4], 1))
    lake.land(DAYS[5], [])
    lake.land(DAYS[7], random_day(DAYS[7], 1))
    lake.land_networks([(525001, "Singapore - Singtel", PULLED_AT)])
    lake.build()
    return lake


def test_every_raw_row_is_in_the_facts_and_in_the_daily_mart(built: Lake) -> None:
    raw = {day: len(records) for day, records in built.days.items() if records}
    counts = built.query("""
        select mdr_date::varchar, count(*), count(distinct mdr_key) from marts.fct_mdr group by 1
    """)
    assert {day: rows for day, rows, _ in counts} == raw
    assert {day: keys for day, _, keys in counts} == raw
    segments = "select mdr_date::varchar, sum(segment_count) from marts.delivery_daily group by 1"
    assert dict(built.query(segments)) == raw


def test_codes_keep_their_meaning_and_unknown_ones_stay_visible(built: Lake) -> None:
    reasons = built.query(f"""
        select code_type, code, meaning, reason_class, is_documented, segment_count
        from marts.failure_reasons_daily
        where mdr_date = date '{DAYS[0]}'
        order by code
    """)
    assert reasons == [
        ("response", "5060", "Country is blocked", "blocked", True, 1),
        ("response", "ESME_X", "undocumented", "undocumented", False, 1),
    ]
    assert built.query("""
        select received_response_code, response_code, outcome from marts.fct_mdr where sms_id = 2
    """) == [("-5060", "5060", "failed")]
    assert only(built, "select count(*) from marts.dim_response_codes where is_documented") == 120
    assert built.query("""
        select response_code, meaning
        from marts.dim_response_codes
        where not is_documented
        order by response_code
    """) == [("4711", "undocumented"), ("ESME_X", "undocumented")]
    assert built.query("""
        select delivery_code, status_name, is_final, label
        from marts.dim_delivery_statuses
        where not is_documented
    """) == [("42", "undocumented", False, "42 undocumented")]


def test_no_two_codes_look_alike(built: Lake) -> None:
    """Not even in a tool that takes upper and lower case for the same."""
    for dimension in ("dim_response_codes", "dim_delivery_statuses"):
        counts = f"select count(*), count(distinct upper(label)) from marts.{dimension}"
        assert built.query(counts)[0][0] == built.query(counts)[0][1]
    meanings = "select count(distinct meaning) from marts.dim_response_codes where is_documented"
    assert only(built, meanings) < 20


@pytest.mark.parametrize(
    ("fact", "dimension", "key"),
    [
        ("delivery_daily", "sender_scorecard", "sender"),
        ("delivery_daily", "account_scorecard", "account_name"),
        ("delivery_daily", "dim_networks", "mccmnc"),
        ("fct_messages", "sender_scorecard", "sender"),
        ("fct_messages", "dim_networks", "mccmnc"),
        ("fct_messages", "dim_delivery_statuses", "delivery_code"),
        ("fct_mdr", "dim_response_codes", "response_code"),
        ("fct_mdr", "dim_delivery_statuses", "delivery_code"),
    ],
)
def test_a_join_loses_no_row_that_has_no_value(
    built: Lake, fact: str, dimension: str, key: str
) -> None:
    joined = f"marts.{fact} inner join marts.{dimension} using ({key})"
    assert only(built, f"select count(*) from marts.{fact} where {key} = '(none)'") > 0
    assert only(built, f"select count(*) from {joined}") == only(
        built, f"select count(*) from marts.{fact}"
    )


def test_records_that_share_an_id_stay_apart(built: Lake) -> None:
    rows = built.query("""
        select outcome, mdr_key = message_key, length(mdr_key) from marts.fct_mdr where sms_id = 10
    """)
    assert sorted(rows) == [("delivered", True, 64), ("pending", True, 64)]


def test_messages_are_what_a_person_sees(built: Lake) -> None:
    messages = built.query("""
        select firsts.message_id, message_date::varchar, segment_count, messages.outcome, cost
        from marts.fct_messages as messages
        inner join marts.fct_mdr as firsts on messages.message_key = firsts.mdr_key
        where firsts.message_id in ('id-4', 'id-11', 'm')
        order by firsts.message_id
    """)
    assert messages == [
        ("id-11", DAYS[2], 2, "failed", Decimal("0.10")),
        ("id-4", DAYS[0], 2, "delivered", Decimal("0.10")),
        ("m", DAYS[2], 1, "delivered", Decimal("0.05")),
    ]


def test_networks_have_their_country_and_latest_name(built: Lake) -> None:
    networks = built.query("""
        select mccmnc, mcc, mnc, network_name, country_code, country_name
        from marts.dim_networks
        where mccmnc in ('525001', '1001', '899999')
        order by mccmnc
    """)
    # no MCC begins with 0: four digits are no network
    assert networks[0][:3] == ("1001", None, None)
    assert networks[0][4:] == ("(none)", "(none)")
    assert networks[1] == ("525001", "525", "001", "Singapore - Singtel", "SG", "Singapore")
    assert networks[2][4:] == ("(none)", "(none)")
    # Namibia's code must not be read as a missing value
    assert only(built, "select country_code from seeds.countries_by_mcc where mcc = '649'") == "NA"


def test_cost_is_never_added_over_currencies(built: Lake) -> None:
    costs = built.query(f"""
        select currency, sum(cost)::double
        from marts.delivery_daily
        where mdr_date = date '{DAYS[1]}'
        group by currency
        order by currency
    """)
    assert costs == [("EUR", pytest.approx(0.15)), ("USD", pytest.approx(0.07))]


@pytest.mark.parametrize(
    "mart", ["delivery_daily", "delivery_hourly", "cost_monthly", "account_costs"]
)
def test_cost_less_what_failed_is_what_the_others_cost(built: Lake, mart: str) -> None:
    """No row drops out of the difference because nothing failed in it."""
    marts = f"select currency, sum(cost - failed_cost) from marts.{mart} group by currency"
    facts = """
        select currency, sum(price) - coalesce(sum(price) filter (where outcome = 'failed'), 0)
        from marts.fct_mdr
        group by currency
    """
    assert set(built.query(marts)) == set(built.query(facts))


def test_coverage_shows_the_gap(built: Lake) -> None:
    assert built.query("""
        select start_at::varchar, end_at::varchar, duration_seconds
        from marts.extract_coverage
        where interval_type = 'gap'
        order by start_at
    """) == [
        ("2026-01-02 06:00:00+00", "2026-01-02 08:00:00+00", 7200),
        ("2026-01-07 00:00:00+00", "2026-01-08 00:00:00+00", 86_400),
    ]
    rows = sum(map(len, built.days.values()))
    assert built.query("""
        select sum(row_count), sum(duration_seconds)
        from marts.extract_coverage
        where interval_type = 'landed'
    """) == [(rows, 7 * 86_400 - 7200)]


def test_from_any_row_to_file_request_and_run(built: Lake) -> None:
    """The queries of docs/provenance.md, on rows of every day."""
    leads, whole = re.findall(r"```sql\n(.*?)```", PROVENANCE.read_text(), re.DOTALL)[:2]
    rows = built.query("""
        select mdr_key, mdr_date::varchar, received_at
        from marts.fct_mdr
        qualify row_number() over (partition by mdr_date order by md5(mdr_key)) <= 5
        order by mdr_date, md5(mdr_key)
    """)
    assert {day for _, day, _ in rows} == {day for day, records in built.days.items() if records}
    for mdr_key, day, received_at in rows:
        ((path, run_id, request_key, start_at, end_at),) = built.query(leads, [mdr_key])
        assert path == str(lake_file(built, day))
        assert run_id == "run-1"
        assert start_at <= received_at < end_at
    ((run_id, _, row_count, _, is_superseded),) = built.query(whole, [request_key])
    assert (run_id, row_count, is_superseded) == ("run-1", len(built.days[day]), False)


def test_completeness_and_freshness_agree_with_the_files(built: Lake) -> None:
    days = built.query("""
        select mdr_date::varchar, landed_seconds, is_complete, row_count
        from marts.completeness_daily
        order by mdr_date
    """)
    assert days == [
        (day, seconds, seconds == 86_400, len(built.days.get(day, [])))
        for day, seconds in zip(DAYS, [86_400, 79_200, *[86_400] * 4, 0, 86_400], strict=True)
    ]
    assert built.query("""
        select day_count, gap_count, gap_seconds, request_count, segment_count, unknown_code_count
        from marts.data_freshness
    """) == [(7, 2, 93_600, 8, only(built, "select count(*) from marts.fct_mdr"), 3)]


def test_no_personal_data_in_marts(built: Lake) -> None:
    columns = built.query("""
        select table_schema, column_name
        from information_schema.columns
        where column_name in ('recipient', 'message_text', 'unknown_fields', 'client_address')
    """)
    assert {schema for schema, _ in columns} == {"staging", "intermediate"}
    stored = "select table_type from information_schema.tables where table_name = 'int_mdr'"
    assert only(built, stored) == "VIEW"


def test_every_model_says_its_grain_and_every_column_its_meaning(built: Lake) -> None:
    columns = built.query("""
        select table_schema || '.' || table_name, list(column_name)
        from information_schema.columns
        where table_schema in ('seeds', 'staging', 'intermediate', 'marts')
        group by 1
    """)
    nodes = described()
    assert {name for name, _ in columns} == set(nodes)
    for name, expected in columns:
        texts = nodes[name]["columns"]
        assert re.search(r"One row per [^.]+\.\s*$", nodes[name]["description"]), name
        assert {c for c, text in texts.items() if text["description"]} == set(expected), name


def test_a_run_without_changes_rebuilds_no_day(built: Lake) -> None:
    versions = "select * from state.day_versions order by all"
    before = built.query(versions)
    built.build(*WITHOUT_UNIT_TESTS)
    # a rebuilt day of fct_messages gets a new version, so equal versions mean that none was
    assert built.query(versions) == before


def test_an_incremental_run_equals_a_full_one(built: Lake, tmp_path: Path) -> None:
    lake = built.copy(tmp_path / "lake")
    days = built.days
    received = [r | {"dlr_code": 2, "extracted_at": LATER} for r in days[DAYS[0]]]
    lake.land(DAYS[0], received, run_id="run-2")  # late receipts
    # the second segment of the message that straddles midnight vanished; the gap is filled
    lake.land(DAYS[1], days[DAYS[1]][1:], run_id="run-2")
    lake.land(DAYS[2], [], run_id="run-2")  # a day that became empty
    kept = random_day(DAYS[4], 1)[:200] + random_day(DAYS[4], 2, count=250)[200:]
    lake.land(DAYS[4], kept, run_id="run-2")  # fewer rows, some of them others
    lake.land(DAYS[6], random_day(DAYS[6], 3), run_id="run-2")  # new, shares messages with day 4
    lake_file(lake, DAYS[7]).unlink()
    lake.land_networks(
        [(525001, "Singapore - Singtel", PULLED_AT), (525001, "Singapore - Renamed", LATER)]
    )
    # a run that died after the first fact must leave the others able to catch up
    views = ("stg_miatel__mdr", "int_mdr")  # which lead to the lake's present place
    partial = lake.dbt("run", "--select", "stg_miatel__day_files", *views, "fct_mdr")
    assert partial.returncode == 0, partial.stdout
    lake.build(*WITHOUT_UNIT_TESTS)
    assert_equals_full_build(lake)
    straddling = """
        select messages.outcome
        from marts.fct_messages as messages
        inner join marts.fct_mdr as firsts on messages.message_key = firsts.mdr_key
        where firsts.sms_id = 4
    """
    assert only(lake, straddling) == "pending"
    gaps = "select count(*) from marts.extract_coverage where interval_type = 'gap'"
    assert only(lake, gaps) == 0


def test_freshness_tells_old_raw_data_from_new(built: Lake, tmp_path: Path) -> None:
    """Data of months ago builds, as above, but is not fresh; one request of today makes it so."""
    lake = built.copy(tmp_path / "lake")
    stale = lake.dbt("source", "freshness")
    assert stale.returncode == 1
    assert "ERROR STALE freshness of miatel_raw.mdr" in stale.stdout
    lake.land(DAYS[5], [mdr(99, f"{DAYS[5]}T10:00:00", extracted_at=datetime.now(UTC))])
    fresh = lake.dbt("source", "freshness")
    assert fresh.returncode == 0, fresh.stdout
    assert "PASS freshness of miatel_raw.mdr" in fresh.stdout


def assert_equals_full_build(lake: Lake) -> None:
    """Every table of the warehouse has the same rows as one built from nothing."""
    found = all_rows(lake)
    kept = lake.warehouse.rename(lake.root / "kept.duckdb")
    # at the same place, so that dbt need not read the whole project anew
    lake.build("--exclude-resource-type", "test", "unit_test")
    expected = all_rows(lake)
    kept.replace(lake.warehouse)
    models = {name for name, node in described().items() if node["resource_type"] == "model"}
    assert set(expected) == {m for m in models if m.startswith(("intermediate.", "marts."))} - {
        "intermediate.int_mdr"
    }
    del expected["marts.build_warnings"]  # of tests, of which the second build runs none
    for table, rows in expected.items():
        assert found[table] == rows, table


def all_rows(lake: Lake) -> dict[str, list[str]]:
    """Every row of every table and view above staging, sorted; what names the build aside."""
    columns = "select columns(c -> c not in ('built_at', 'build_id')) from {}"
    tables = [name for (name,) in lake.query(TABLES)]
    return {table: sorted(map(repr, lake.query(columns.format(table)))) for table in tables}
