"""Connections that end when a request has taken too long, whatever the server sends."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from requests import RequestException
from requests.adapters import HTTPAdapter


class TimedAdapter(HTTPAdapter):
    """Makes connections for one request at a time, and ends them when its time is over.

    The time-outs of `requests` are for each silence: a server that sends a byte now and then, be
    it of the headers or of the body, would hold us for ever.
    """

    def __init__(self) -> None:
        self._sockets: list[socket.socket] = []
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        """Connections straight to a host."""
        super().init_poolmanager(*arguments, **options, ssl_context=_tls_context())

    def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
        """Connections by way of a proxy."""
        contexts = {"ssl_context": _tls_context(), "proxy_ssl_context": _tls_context()}
        return super().proxy_manager_for(proxy, **{**contexts, **options})

    def get_connection_with_tls_context(self, *arguments: Any, **options: Any) -> Any:
        """A pool whose connections are known here."""
        pool: Any = super().get_connection_with_tls_context(*arguments, **options)
        sockets, usual = self._sockets, pool.ConnectionCls

        class Known(usual):  # type: ignore[misc, valid-type]
            def connect(self) -> None:
                super().connect()
                sockets.append(self.sock)

        pool.ConnectionCls = Known
        return pool

    @contextmanager
    def ended_after(self, seconds: float) -> Iterator[None]:
        """End what is connected in the block after some time.

        Raises:
            TimeoutError: the block was not left by then.
        """
        is_late = threading.Event()
        late = TimeoutError(f"the answer was not complete after {seconds:.0f} s")
        watchdog = threading.Timer(seconds, self._end_all, [is_late])
        watchdog.daemon = True
        watchdog.start()
        try:
            yield
        except RequestException:
            if is_late.is_set():
                raise late from None
            raise
        finally:
            watchdog.cancel()
            self._sockets.clear()
        if is_late.is_set():
            raise late

    def _end_all(self, is_late: threading.Event) -> None:
        is_late.set()
        for connected in list(self._sockets):
            with suppress(OSError):  # it has ended by itself
                connected.shutdown(socket.SHUT_RDWR)


def _tls_context() -> ssl.SSLContext:
    """A context that takes nothing from the environment.

    Those that `ssl` and `urllib3` make by default write the connection's secrets to the file that
    the variable SSLKEYLOGFILE names.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
