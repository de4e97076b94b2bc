"""An account of the statistics API: its address in one normal form, and slow hashes of its key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, unquote, urlsplit

from miatel.errors import RequestRefusedError
from miatel.limits import DEFAULT_BASE_URL

_PORTS = {"http": 80, "https": 443}
# 32 MB and 50 to 100 ms a try: a key of few digits must not be found by trying them all.
_SCRYPT_COST = 1 << 15
_SCRYPT_MEMORY = 1 << 26


@dataclass(frozen=True)
class Account:
    """One account of the statistics API.

    Args:
        base_url: scheme, host and port, such as `DEFAULT_BASE_URL`.
        key: the account's secret key, `ip_auth_key`.

    Raises:
        RequestRefusedError: `base_url` is not an http(s) address, or the key is empty.
    """

    base_url: str = field(repr=False)
    key: str = field(repr=False)

    def __post_init__(self) -> None:
        if not self.key:
            raise RequestRefusedError(
                "the secret key is empty; put ip_auth_key into the connection's password"
            )
        _split(self.base_url)

    def url_of(self, path: str) -> str:
        """The address of one of the vendor's HTTP interfaces, given its path."""
        return self.base_url.rstrip("/") + path

    @property
    def shown_address(self) -> str:
        """Scheme, host and port as they are written, without what else may stand in the address."""
        address = _split(self.base_url)
        port = f":{address.port}" if address.port else ""
        return f"{address.scheme}://{_host_of(address)}{port}"

    @property
    def address(self) -> str:
        """Scheme, host in lower case and port, always named: equal for the same server."""
        address = _split(self.base_url)
        port = address.port or _PORTS[address.scheme]
        return f"{address.scheme}://{_host_of(address).rstrip('.')}:{port}"

    @property
    def is_encrypted(self) -> bool:
        """Whether the address is one of TLS."""
        return _split(self.base_url).scheme == "https"

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent does not leave this host."""
        return is_loopback(_split(self.base_url).hostname or "")

    @property
    def secrets(self) -> list[str]:
        """What must appear nowhere: the key, and a password in the address."""
        password = _split(self.base_url).password
        return [self.key, *([unquote(password), password] if password else [])]


def is_loopback(host: str) -> bool:
    """Whether a host's name or address means this host itself: 127.0.0.0/8, ::1, localhost."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=32)
def slow_hash(secret: str, salt: bytes) -> bytes:
    """A hash of a secret that takes 50 to 100 ms, so that short secrets can't be found by trying.

    Args:
        secret: any text.
        salt: other salts give other hashes.

    Returns:
        32 bytes.
    """
    return hashlib.scrypt(
        secret.encode(), salt=salt, n=_SCRYPT_COST, r=8, p=1, maxmem=_SCRYPT_MEMORY, dklen=32
    )


def _host_of(address: SplitResult) -> str:
    host = address.hostname or ""
    return f"[{host}]" if ":" in host else host


def _split(base_url: str) -> SplitResult:
    try:
        address = urlsplit(base_url)
        is_one = address.scheme in _PORTS and bool(address.hostname) and address.port != 0
    except ValueError:
        is_one = False
    if not is_one:
        raise RequestRefusedError(
            "the statistics API's address must have a scheme, a host and a port if need be, like "
            f"{DEFAULT_BASE_URL}; correct the connection's host"
        )
    return address
