"""A server that answers each case's window with that case's bytes, right or ruined."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

from .answer_cases import make_case, number_at


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        target = self.rfile.readline().split()[1].decode()
        while self.rfile.readline().strip():
            pass  # the other headers say nothing
        time_beg = parse_qs(urlsplit(target).query)["time_beg"][0]
        moment = datetime.fromisoformat(time_beg).replace(tzinfo=UTC)
        case = make_case(self.server.seed, number_at(moment))
        try:
            self.wfile.write(case.wire.payload)
        except ConnectionError:
            return  # the client has seen enough


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 64
    seed = 0


@contextmanager
def serve_cases(seed: int) -> Iterator[str]:
    """Serve all cases of a seed; the base URL."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.seed = seed
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()
