"""Published marts without the way there: years of traffic in seconds, by the marts' contract.

The story in it, which tests know: Nigeria's largest network is blocked from `BLOCKED_FROM` on, the
last two days still wait for receipts, one day has a gap, two codes are undocumented, on
`UNPRICED_ON` some prices, receipts and ids are missing, and names hold characters that HTML would
take for its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

END = date(2026, 4, 30)
"""The last day."""

BLOCKED_FROM = END - timedelta(days=58)
GAP_ON = END - timedelta(days=20)
PENDING_FROM = END - timedelta(days=1)
UNPRICED_ON = END - timedelta(days=5)
LATENCY_BOUNDS = (1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 60, 120, 300, 900, 3600, 21600, 86400)

_NETWORKS = [
    ("NG", "Nigeria", "621030", "Nigeria MTN", 26, 0.955),
    ("NG", "Nigeria", "621050", "Nigeria Airtel", 9, 0.945),
    ("DE", "Germany", "262001", "Germany Telekom", 22, 0.985),
    ("DE", "Germany", "262002", "Germany Vodafone", 14, 0.98),
    ("PL", "Poland", "260001", "Poland Plus", 12, 0.975),
    ("PL", "Poland", "260006", "Poland Play", 11, 0.97),
    ("KZ", "Kazakhstan", "401001", "Kazakhstan Beeline", 18, 0.93),
    ("KZ", "Kazakhstan", "401077", "Kazakhstan Tele2", 6, 0.925),
    ("CI", "Côte d'Ivoire", "612003", 'Côte d\'Ivoire <b>Orange</b> & "Co"', 8, 0.91),
    ("IN", "India", "404010", "India Airtel", 15, 0.9),
    ("IN", "India", "405840", "India Jio", 12, 0.915),
    ("BR", "Brazil", "724005", "Brazil Claro", 7, 0.94),
    ("GB", "United Kingdom", "234010", "United Kingdom O2", 10, 0.985),
    ("(none)", "(none)", "(none)", "(none)", 1, 0.8),
]
_SENDERS = ["Miatel", "ShopInfo", "<i>Bank&Co</i>", "+4915200000", "(none)"]
_ACCOUNTS = [("main", "EUR"), ("resale", "USD")]

_HOURLY = """
    create table hourly as
    with combos as (
        select
            networks.*,
            senders.sender,
            senders.place as sender_place,
            accounts.*,
            hash(mccmnc, sender, account_name) as seed
        from networks, senders, accounts
        where hash(mccmnc, sender, account_name) % 10 < 5
    ),
    hours as (
        select
            *,
            (hash(seed, hour_at) % 1000) / 1000 as chance,
            sin(pi() * (extract(hour from hour_at) - 3) / 20) as daylight
        from
            combos,
            generate_series(
                $start::timestamptz, $end::timestamptz + interval 23 hour, interval 1 hour
            ) as series(hour_at)
    ),
    counted as (
        select
            *,
            (hour_at at time zone 'UTC')::date as mdr_date,
            floor(
                weight * greatest(daylight, 0.05) * (0.6 + 0.8 * chance) * (5 - sender_place) / 2
                * if(extract(isodow from hour_at) > 5, 0.6, 1)
            )::bigint as message_count
        from hours
    ),
    rated as (
        select
            *,
            case
                when mccmnc = '621030' and mdr_date >= $blocked_from then 0.62
                else rate - 0.03 * abs(sin(epoch(hour_at) / 700000 + hash(mccmnc) % 7))
            end as now_rate,
            if(mdr_date >= $pending_from, 0.2, 0) as open_share
        from counted
        where
            message_count > 0
            and hash(hour_at, seed) % 1000 < $hours
            and not (mdr_date = $gap_on and extract(hour from hour_at) < 6)
    )
    select
        *,
        floor(message_count * open_share + chance * 0.9)::bigint as pending_message_count,
        least(
            message_count - floor(message_count * open_share + chance * 0.9),
            floor(message_count * now_rate * (1 - open_share) + chance)
        )::bigint as delivered_message_count,
        mdr_date < $pending_from as is_mature
    from rated
"""
_TABLES = {
    "delivery_hourly": """
        select
            hour_at, mdr_date, country_code, country_name, mccmnc, network_name, sender,
            account_name, message_count,
            message_count - failed // 2 as accepted_message_count,
            delivered_message_count, failed as failed_message_count, pending_message_count,
            delivered_message_count / message_count as message_delivery_rate,
            is_mature,
            message_count * 2 as segment_count,
            delivered_message_count * 2 as delivered_segment_count,
            failed * 2 as failed_segment_count,
            pending_message_count * 2 as pending_segment_count,
            failed // 9 as throttled_segment_count,
        from (
            select *, message_count - delivered_message_count - pending_message_count as failed
            from hourly
        )
        order by mdr_date
    """,
    "delivery_daily": """
        select
            mdr_date, country_code, country_name, mccmnc, network_name, sender, account_name,
            if(account_name = 'main', 'EUR', 'USD') as currency,
            sum(message_count)::bigint as message_count,
            sum(accepted_message_count)::bigint as accepted_message_count,
            sum(delivered_message_count)::bigint as delivered_message_count,
            sum(failed_message_count)::bigint as failed_message_count,
            sum(pending_message_count)::bigint as pending_message_count,
            coalesce(sum(message_count) filter (where is_mature), 0)::bigint
                as mature_message_count,
            coalesce(sum(delivered_message_count) filter (where is_mature), 0)::bigint
                as mature_delivered_message_count,
            sum(segment_count)::bigint as segment_count,
            sum(delivered_segment_count)::bigint as delivered_segment_count,
            sum(failed_segment_count)::bigint as failed_segment_count,
            sum(segment_count * (0.01 + hash(mccmnc) % 60 / 1000))::decimal(38, 18) as cost,
            sum(failed_segment_count * (0.01 + hash(mccmnc) % 60 / 1000))::decimal(38, 18)
                as failed_cost,
            if(mdr_date = $unpriced_on and mccmnc = '262001', 2, 0)::bigint
                as unpriced_segment_count,
        from delivery_hourly
        group by all
        order by mdr_date
    """,
    "failure_reasons_daily": """
        select
            mdr_date, code_type, code, meaning, reason_class, is_documented, country_code,
            country_name, mccmnc, network_name, sender, account_name,
            floor(failed * if(
                mccmnc = '621030' and mdr_date >= $blocked_from,
                if(code = '5036', 0.85, 0.05),
                share
            ))::bigint as segment_count,
        from
            (
                select * exclude (failed_segment_count), failed_segment_count as failed
                from delivery_daily
            ),
            (values
                ('response', '5036', 'Direction is blocked', 'blocked', true, 0.05),
                ('response', '88', 'Limit on messages per second has been exceeded', 'throttling',
                    true, 0.1),
                ('response', '7777', 'undocumented', 'undocumented', false, 0.05),
                ('delivery', '5', 'UNDELIVERABLE', 'delivery', true, 0.5),
                ('delivery', '3', 'EXPIRED', 'delivery', true, 0.3)
            ) as codes(code_type, code, meaning, reason_class, is_documented, share)
        where
            segment_count > 0
            and hash(mdr_date, code, mccmnc, sender, account_name) % 1000 < $failures
        order by mdr_date
    """,
    "latency_by_sender_daily": f"""
        select
            mdr_date, country_code, country_name, mccmnc, network_name, sender, account_name,
            delivered_segment_count as receipt_count,
            if(mdr_date = $unpriced_on and mccmnc = '260001', 1, 0)::bigint
                as implausible_receipt_count,
            {
        ", ".join(
            f"floor(delivered_segment_count / (1 + pow(middle / {bound}.0, 1.6)))::bigint "
            f"as within_{bound}s_count"
            for bound in LATENCY_BOUNDS
        )
    }
        from (
            select *, 2.5 + hash(mccmnc) % 9 + hash(mdr_date, mccmnc) % 3 as middle
            from delivery_daily
        )
        order by mdr_date
    """,
    "dim_delivery_statuses": """
        select *
        from (values
            ('2', 'DELIVERED', 'Message is delivered to destination'),
            ('3', 'EXPIRED', 'Message validity period has expired'),
            ('5', 'UNDELIVERABLE', 'Message is undeliverable')
        ) as statuses(delivery_code, status_name, meaning)
    """,
    "unknown_codes": """
        select *
        from (values
            ('response', '7777', $start + 3, $end, 4210::bigint),
            ('delivery', '42', $end - 9, $end - 7, 17::bigint)
        ) as codes(code_type, code, first_seen_date, last_seen_date, segment_count)
    """,
    "watch_list": """
        select *
        from (values
            ('w1', 'delivery_drop', $blocked_from::timestamptz, $end::timestamptz, 'NG', 'Nigeria',
                '621030', 'Nigeria MTN', null, null, 12000::bigint, 11800::bigint, 0.94, 0.61,
                0.93),
            ('w2', 'sequential_numbers', $end - interval 3 day, $end - interval 2 day, 'KZ',
                'Kazakhstan', '401077', 'Kazakhstan Tele2', '<i>Bank&Co</i>', 'resale', 340::bigint,
                null, 0.01, 0.86, 0.7)
        ) as found(
            watch_key, watch_type, since_at, until_at, country_code, country_name, mccmnc,
            network_name, sender, account_name, message_count, usual_message_count,
            baseline_value, observed_value, strength
        )
    """,
    "price_changes": """
        select *
        from (values
            ('DE', 'Germany', '262001', 'Germany Telekom', 'main', 'EUR', $end - 12, 0.04, 0.05,
                0.25, null),
            ('PL', 'Poland', '260001', 'Poland Plus', 'resale', 'USD', $end - 75, 0.03, 0.027,
                -0.1, null)
        ) as changes(
            country_code, country_name, mccmnc, network_name, account_name, currency,
            changed_on_date, previous_price, price, change_rate, until_date
        )
    """,
    "completeness_daily": """
        select
            mdr_date,
            86400 - if(mdr_date = $gap_on, 21600, 0) as landed_seconds,
            if(mdr_date = $gap_on, 21600, 0) as gap_seconds,
            mdr_date <> $gap_on as is_complete,
            sum(segment_count)::bigint as row_count,
            sum(segment_count)::bigint as segment_count,
            sum(pending_message_count)::bigint * 2 as pending_segment_count,
            max(hour_at) + interval 30 hour as last_requested_at,
            3::bigint as request_count,
            false as is_retired,
            true as has_sums,
            null::varchar as held_reason,
        from delivery_hourly
        group by mdr_date
        order by mdr_date
    """,
    "extract_coverage": """
        select
            'landed' as interval_type,
            mdr_date::timestamptz + if(mdr_date = $gap_on, 6, 0) * interval 1 hour as start_at,
            (mdr_date + 1)::timestamptz as end_at,
            landed_seconds::bigint as duration_seconds,
            null::varchar as gap_reason,
            null::timestamptz as gap_failed_at,
        from completeness_daily
        union all by name
        select
            'gap' as interval_type,
            $gap_on::timestamptz as start_at,
            $gap_on::timestamptz + interval 6 hour as end_at,
            21600::bigint as duration_seconds,
            'the vendor answers <b>half</b> a body' as gap_reason,
            ($gap_on + 2)::timestamptz as gap_failed_at,
        order by start_at
    """,
    "late_records": """
        select *
        from (values
            ($end - 40, ($end - 36)::timestamptz, 'old', 7::bigint, 80.0::double, 96::bigint),
            ($end - 9, ($end - 4)::timestamptz, 'new', 5::bigint, 130.5::double, 144::bigint)
        ) as findings(
            mdr_date, found_at, run_id, record_count, most_hours, suggested_lookback_hours
        )
    """,
    "record_identity_daily": """
        select
            mdr_date,
            segment_count as record_count,
            if(mdr_date = $unpriced_on, 3, 0)::bigint as records_without_id_count,
            if(mdr_date = $unpriced_on, 2, 0)::bigint as shared_sms_id_count,
            if(mdr_date = $gap_on, 40, 0)::bigint as shared_message_id_count,
        from completeness_daily
        order by mdr_date
    """,
    "build_warnings": """
        select *
        from (values ('warn_gaps', 1::bigint), ('warn_empty_days', 2::bigint), ('new', 3::bigint))
            as warnings(test_name, row_count)
    """,
    "data_freshness": """
        select
            min(mdr_date)::timestamptz as first_landed_at,
            (max(mdr_date) + 1)::timestamptz as last_landed_at,
            max(last_requested_at) as last_requested_at,
            count(*) as day_count,
            1::bigint as gap_count,
            21600::bigint as gap_seconds,
            sum(request_count)::bigint as request_count,
            sum(segment_count)::bigint as segment_count,
            sum(pending_segment_count)::bigint as open_receipt_count,
            2::bigint as unknown_code_count,
            86400::bigint as maturity_seconds,
            $pending_from::timestamptz as mature_until_at,
            max(last_requested_at) + interval 5 minute as built_at,
        from completeness_daily
    """,
}


@dataclass(frozen=True)
class Size:
    """How much there is of what.

    Attributes:
        days: the last one is `END`.
        senders: at least the five whose names tests know.
        accounts: at least the two that tests know.
        hours: the share of an account's, sender's and network's hours in which anything is sent.
        failures: the share of a day's possible reasons that occur.
    """

    days: int
    senders: int = len(_SENDERS)
    accounts: int = len(_ACCOUNTS)
    hours: float = 1.0
    failures: float = 1.0


def write_published_marts(folder: Path, size: Size) -> None:
    """Write every published table that the dashboard reads.

    Args:
        folder: the `marts` directory; made when it is not there.
        size: how much of it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    values = {
        "start": END - timedelta(days=size.days - 1),
        "end": END,
        "blocked_from": BLOCKED_FROM,
        "pending_from": PENDING_FROM,
        "gap_on": GAP_ON,
        "unpriced_on": UNPRICED_ON,
        "hours": round(size.hours * 1000),
        "failures": round(size.failures * 1000),
    }
    senders = [*_SENDERS, *(f"Sender {at}" for at in range(size.senders - len(_SENDERS)))]
    accounts = [
        *_ACCOUNTS,
        *((f"account {at}", "USD") for at in range(size.accounts - len(_ACCOUNTS))),
    ]
    with duckdb.connect() as connection:
        connection.execute("set TimeZone = 'UTC'")
        connection.execute(
            "create table networks (country_code varchar, country_name varchar, mccmnc varchar,"
            " network_name varchar, weight double, rate double)"
        )
        connection.executemany("insert into networks values (?, ?, ?, ?, ?, ?)", _NETWORKS)
        connection.execute("create table senders (sender varchar, place integer)")
        connection.executemany(
            "insert into senders values (?, ?)",
            [(name, place % len(_SENDERS)) for place, name in enumerate(senders)],
        )
        connection.execute("create table accounts (account_name varchar, billed_in varchar)")
        connection.executemany("insert into accounts values (?, ?)", accounts)
        connection.execute(_HOURLY, _used(_HOURLY, values))
        for name, sql in _TABLES.items():
            connection.execute(f"create table {name} as {sql}", _used(sql, values))
            target = str(folder / f"{name}.parquet")
            source = "" if name.startswith("dim_") else "'miatel' as source_name, "
            published = connection.sql(f"select {source} * from {name}")
            published.write_parquet(target, compression="zstd")


def add_second_account(folder: Path) -> None:
    """Let the published tables hold every row once more, as of an account `retail`.

    Its latest gap is another hour's, and its data end a day earlier.
    """
    changes = {
        "extract_coverage": "start_at + interval 1 hour as start_at",
        "data_freshness": "last_landed_at - interval 1 day as last_landed_at",
    }
    for path in folder.glob("*.parquet"):
        if path.stem.startswith("dim_"):
            continue
        replaced = ", ".join(filter(None, ["'retail' as source_name", changes.get(path.stem)]))
        rows = duckdb.sql(
            f"from '{path}' union all by name select * replace ({replaced}) from '{path}'"
        ).to_arrow_table()
        duckdb.from_arrow(rows).write_parquet(str(path), compression="zstd")


def _used(sql: str, values: dict[str, Any]) -> dict[str, Any]:
    """The values that a statement names: DuckDB takes no others."""
    return {name: value for name, value in values.items() if f"${name}" in sql}
