"""The HTTP server in front of a simulated platform; it listens on loopback only."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import cast

from miatel_simulator.config import SimulatorConfig
from miatel_simulator.http import wire
from miatel_simulator.http.control import BadControlError, apply_command, read_page
from miatel_simulator.http.exchange import Exchange
from miatel_simulator.http.journal import RequestSeen
from miatel_simulator.http.simulator import Simulator

HOST = "127.0.0.1"
STATISTICS_PATH = "/main-getData.php"
_CONTROL_PREFIX = "/_sim/"

_Request = socket.socket | tuple[bytes, socket.socket]
_Address = tuple[str, int] | str


class SimulatorServer(ThreadingHTTPServer):
    """Serves one platform; closing it also ends the connections that are still open."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, simulator: Simulator, port: int) -> None:
        self.simulator = simulator
        self._connections: set[socket.socket] = set()
        self._connections_lock = threading.Lock()
        super().__init__((HOST, port), _Handler)
        simulator.url = f"http://{HOST}:{self.server_address[1]}"

    def process_request(self, request: _Request, client_address: _Address) -> None:
        """Remember the connection until it ends."""
        with self._connections_lock:
            self._connections.add(cast(socket.socket, request))
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Request) -> None:
        """Forget a connection that ends."""
        with self._connections_lock:
            self._connections.discard(cast(socket.socket, request))
        super().shutdown_request(request)

    def handle_error(self, request: _Request, client_address: _Address) -> None:
        """Report what went wrong, unless a client merely broke off its connection."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        """Stop listening and end every connection."""
        super().server_close()
        with self._connections_lock:
            for connection in self._connections:
                _end(connection)
            self._connections.clear()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the held-back last byte must not wait for an acknowledgement

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        if path == STATISTICS_PATH:
            Exchange(self._simulator, self, query).run()
        else:
            self._control(path, lambda name: read_page(self._simulator, name, query))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        path = self.path.partition("?")[0]
        self._control(path, lambda name: apply_command(self._simulator, name, body))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing: the request line holds the key, and the journal reports requests."""

    @property
    def _simulator(self) -> Simulator:
        return cast(SimulatorServer, self.server).simulator

    def _control(self, path: str, page: Callable[[str], tuple[str, bytes]]) -> None:
        name = path.removeprefix(_CONTROL_PREFIX) if path.startswith(_CONTROL_PREFIX) else ""
        try:
            status, (content_type, body) = 200, page(name)
        except KeyError:
            status, content_type, body = 404, "text/plain; charset=utf-8", b"There is no such page"
        except BadControlError as error:
            status, content_type, body = 400, "text/plain; charset=utf-8", str(error).encode()
        wire.send(self, status, content_type, body, before_last_byte=lambda: None)


def _end(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:  # the client has closed it already: nothing is left to end
        return


@contextmanager
def serve(
    config: SimulatorConfig | None = None,
    *,
    port: int = 0,
    on_request: Callable[[RequestSeen], None] | None = None,
) -> Iterator[Simulator]:
    """Serve a simulated platform from a thread, as long as the context lasts.

    Args:
        config: How the platform behaves; the defaults if None.
        port: TCP port on 127.0.0.1; 0 takes a free one.
        on_request: Called with every finished statistics request.

    Yields:
        The platform; its ``url`` is the server's base URL.

    Raises:
        OSError: The port is taken.
    """
    simulator = Simulator(config or SimulatorConfig(), on_request)
    server = SimulatorServer(simulator, port)
    # The interval is how long stopping takes, and tests stop many servers.
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield simulator
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
