"""A server that sends records twice: a truncated answer must not look whole for it."""

import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import duckdb

from tests.support.answering import answering
from tests.support.landed import extraction, utc

CAP = 6
START, END = utc(2026, 1, 1), utc(2026, 1, 2)
MOMENTS = [START + timedelta(hours=2 * n) for n in range(12)]


def every_record_twice(path):
    """Each record of the period twice; the cap counts what is sent."""
    asked = parse_qs(urlsplit(path).query)
    first, last = (
        datetime.fromisoformat(asked[name][0] + "Z") for name in ("time_beg", "time_end")
    )
    records = [
        {
            "sms_hub_sms_id": number,
            "sms_hub_switch_id": 1,
            "sms_hub_sms_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
        }
        for number, moment in enumerate(MOMENTS, 1)
        if first <= moment <= last
        for _ in range(2)
    ]
    return 200, json.dumps(records[:CAP]).encode()


def test_each_record_is_landed_once_and_none_is_lost(tmp_path):
    with answering(every_record_twice) as (url, _):
        report = extraction(url, tmp_path, cap=CAP).land_range(START, END)
    ids = duckdb.sql(
        "select list(sms_hub_sms_id order by sms_hub_sms_id) "
        f"from '{tmp_path}/raw/mdr/*/mdr.parquet'"
    ).fetchone()[0]
    assert ids == list(range(1, len(MOMENTS) + 1))
    assert report.splits > 0
