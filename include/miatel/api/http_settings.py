"""How the API is reached where a setting says so; the environment is not looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import requests

from miatel.account import Account, is_loopback
from miatel.errors import RequestRefusedError

HTTP_SETTINGS = frozenset({"proxy", "ca_bundle", "allow_plain_http"})
"""The names of the connection's extra that are read here."""


@dataclass(frozen=True)
class HttpSettings:
    """Settings of the connection's extra for the way to the API.

    `requests` would take proxies, certificates and passwords from environment variables and
    `.netrc`, too: none of these is looked at.

    Args:
        proxy: URL of an HTTP proxy; it may hold user and password.
        ca_bundle: file or directory with the certificates of the authorities to trust, absolute;
            None for the usual public ones.
        allow_plain_http: send the key unencrypted over a network.

    Raises:
        RequestRefusedError: a value cannot be used: correct the connection's extra.
    """

    proxy: str | None = field(default=None, repr=False)
    ca_bundle: str | None = None
    allow_plain_http: bool = False

    def __post_init__(self) -> None:
        if self.proxy is not None:
            _split_proxy(self.proxy)
        if self.ca_bundle is not None:
            path = Path(self.ca_bundle)
            if not (path.is_absolute() and path.exists()):
                raise RequestRefusedError(
                    f"the connection's extra names ca_bundle {self.ca_bundle!r}, and there is "
                    "nothing; give the absolute path of a file or directory of certificates"
                )

    @classmethod
    def from_extra(cls, extra: Mapping[str, Any]) -> HttpSettings:
        """The settings in a connection's extra; other names are left to others.

        Raises:
            RequestRefusedError: a value is of the wrong kind, or cannot be used.
        """
        return cls(_text_of(extra, "proxy"), _text_of(extra, "ca_bundle"), _flag_of(extra))

    @property
    def secrets(self) -> list[str]:
        """What must appear nowhere: the proxy's password, as it is and as its URL writes it."""
        password = _split_proxy(self.proxy).password if self.proxy else None
        return [unquote(password), password] if password else []

    def check_way(self, account: Account) -> None:
        """Refuse to send the key unencrypted over a network, unless the settings allow it.

        Raises:
            RequestRefusedError: nothing was sent: use https, or set `allow_plain_http`.
        """
        if account.is_encrypted or self.allow_plain_http:
            return
        way = "a proxy" if self.proxy and not self._is_proxy_here else "the network"
        if not account.is_loopback or (self.proxy and not self._is_proxy_here):
            raise RequestRefusedError(
                f"{account.shown_address} is plain http: the key would be readable by everyone on "
                f"the way over {way}. Nothing was sent. Write https into the connection's host; if "
                "there is no other way, set allow_plain_http to true in its extra"
            )

    def apply(self, session: requests.Session) -> None:
        """Make a session take these settings and none of the environment's."""
        session.trust_env = False
        session.verify = self.ca_bundle or True
        if self.proxy:
            session.proxies = {"http": self.proxy, "https": self.proxy}

    @property
    def _is_proxy_here(self) -> bool:
        return is_loopback(_split_proxy(self.proxy or "").hostname or "")


DIRECT = HttpSettings()
"""Straight to the API, encrypted, with the usual public authorities."""


def _split_proxy(proxy: str) -> SplitResult:
    try:
        address = urlsplit(proxy)
        is_one = address.scheme in ("http", "https") and bool(address.hostname)
        is_one = is_one and address.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise RequestRefusedError(
            "the proxy in the connection's extra must be a URL like http://proxy.example:3128 or "
            "http://user:password@proxy.example:3128"
        )
    return address


def _text_of(extra: Mapping[str, Any], name: str) -> str | None:
    value = extra.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise RequestRefusedError(f"{name} in the connection's extra must be a text")
    return value.strip()


def _flag_of(extra: Mapping[str, Any]) -> bool:
    value = extra.get("allow_plain_http")
    if value is None or isinstance(value, bool):
        return bool(value)
    raise RequestRefusedError(
        "allow_plain_http in the connection's extra must be true or false, without quotes"
    )
