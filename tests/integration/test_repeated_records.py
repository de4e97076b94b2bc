"""A server that sends records twice: a truncated answer must not look whole for it."""

import json
import threading
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import duckdb

from tests.support.landed import extraction, utc

CAP = 6
START, END = utc(2026, 1, 1), utc(2026, 1, 2)
MOMENTS = [START + timedelta(hours=2 * n) for n in range(12)]


@contextmanager
def repeating_server():
    """Each record comes twice; the cap counts what is sent."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked = parse_qs(urlsplit(self.path).query)
            first, last = (
                datetime.fromisoformat(asked[name][0] + "Z") for name in ("time_beg", "time_end")
            )
            records = [
                {
                    "sms_hub_sms_id": number,
                    "sms_hub_switch_id": 1,
                    "sms_hub_sms_time": f"{moment:%Y-%m-%dT%H:%M:%SZ}",
                }
                for number, moment in enumerate(MOMENTS)
                if first <= moment <= last
                for _ in range(2)
            ]
            body = json.dumps(records[:CAP]).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_each_record_is_landed_once_and_none_is_lost(tmp_path):
    with repeating_server() as url:
        report = extraction(url, tmp_path, cap=CAP).land_range(START, END)
    ids = duckdb.sql(
        "select list(sms_hub_sms_id order by sms_hub_sms_id) "
        f"from '{tmp_path}/raw/mdr/*/mdr.parquet'"
    ).fetchone()[0]
    assert ids == list(range(len(MOMENTS)))
    assert report.splits > 0
