"""How an answer, or a broken one, goes over a connection."""

from __future__ import annotations

import os
import select
import socket
import struct
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_POLL_SECONDS = 0.05


def has_peer_left(connection: socket.socket) -> bool:
    """Whether the other side has closed the connection."""
    try:
        readable, _, _ = select.select([connection], [], [], 0)
        return bool(readable) and connection.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):  # reset by the peer, or closed on this side
        return True


def wait(connection: socket.socket, seconds: float) -> bool:
    """Wait, but not for a client that has left; return whether the client is still there."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if has_peer_left(connection):
            return False
        time.sleep(min(left, _POLL_SECONDS))
    return True


def send(
    handler: BaseHTTPRequestHandler,
    status: int,
    content_type: str,
    body: bytes,
    *,
    headers: Mapping[str, str] | None = None,
    before_last_byte: Callable[[], None],
) -> None:
    """Send a whole answer; ``before_last_byte`` is called while the client still waits for it."""
    if not body:
        before_last_byte()
    _send_head(handler, status, content_type, len(body), headers or {})
    if body:
        handler.wfile.write(memoryview(body)[:-1])
        before_last_byte()
        handler.wfile.write(body[-1:])


def send_half(
    handler: BaseHTTPRequestHandler, content_type: str, body: bytes, headers: Mapping[str, str]
) -> None:
    """Announce a whole body but send the first half only."""
    _send_head(handler, 200, content_type, len(body), headers)
    handler.wfile.write(memoryview(body)[: len(body) // 2])
    handler.close_connection = True


def reset(handler: BaseHTTPRequestHandler) -> None:
    """Break the connection: the client sees a reset, not an end."""
    handler.close_connection = True
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    # The handler's files hold the socket open; only closing the descriptor itself resets it now.
    os.close(handler.connection.detach())


def _send_head(
    handler: BaseHTTPRequestHandler,
    status: int,
    content_type: str,
    length: int,
    headers: Mapping[str, str],
) -> None:
    handler.send_response_only(status)
    handler.send_header("Content-Type", content_type)
    handler.send_header("Content-Length", str(length))
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.end_headers()
