"""The secret key under which recipients' numbers are hashed and erased numbers are known."""

from __future__ import annotations

import hashlib
import hmac

from miatel.phone_numbers import plain_number

LEAST_KEY_LENGTH = 16
"""Characters. All numbers there are can be tried within hours, so the key is what protects."""

_VERSION_LENGTH = 8
_TOKEN_LENGTH = 32
_BLOCK = 64  # bytes that SHA-256 takes at a time
_NOT_DIALLED = str.maketrans("", "", " \t\u00a0+-().")


class RecipientKey:
    """The secret under which recipients' numbers are hashed.

    Args:
        secret: at least 16 characters.

    Raises:
        ValueError: it is shorter.
    """

    def __init__(self, secret: str) -> None:
        if len(secret) < LEAST_KEY_LENGTH:
            raise ValueError(f"the recipient key has fewer than {LEAST_KEY_LENGTH} characters")
        self._secret = secret.encode()

    @classmethod
    def of(cls, secret: str) -> RecipientKey | None:
        """The key that a setting holds; None when it is unset or too short to protect."""
        return cls(secret) if len(secret) >= LEAST_KEY_LENGTH else None

    def __repr__(self) -> str:
        return f"RecipientKey(version={self.version!r})"

    @property
    def version(self) -> str:
        """Eight hex digits that change with the key and do not reveal it."""
        return self._digest(b"version").hex()[:_VERSION_LENGTH]

    @property
    def pads(self) -> tuple[bytes, bytes]:
        """HMAC's inner and outer pad, 64 bytes each, for an engine that has SHA-256 only.

        They are as secret as the key: `hash` is SHA-256(outer + SHA-256(inner + number)).
        """
        short = self._secret
        if len(short) > _BLOCK:
            short = hashlib.sha256(short).digest()
        filled = short.ljust(_BLOCK, b"\0")
        return bytes(byte ^ 0x36 for byte in filled), bytes(byte ^ 0x5C for byte in filled)

    def hash(self, number: str) -> str:
        """HMAC-SHA256 of a number in its plain form, 64 hex digits."""
        return self._digest(plain_number(number).encode()).hex()

    def erased_mark(self, number: str) -> str:
        """What a list of erased numbers keeps: unlike `hash`, so that no table leads to it."""
        return self._digest(b"erased " + plain_number(number).encode()).hex()

    def erased_token(self, text: str) -> str:
        """What stands for an id that held an erased number: ids that differ stay apart.

        The same as in version 0.1.0, so that what was cleared then and what is cleared now match.
        """
        text = text.translate(_NOT_DIALLED).removeprefix("00")
        return f"erased:{self._digest(b'erased ' + text.encode()).hex()[:_TOKEN_LENGTH]}"

    def erased_value(self, text: str) -> str:
        """Like `erased_token`, but another one for each spelling: what differs stays apart."""
        return f"erased:{self._digest(b'erased value ' + text.encode()).hex()[:_TOKEN_LENGTH]}"

    def _digest(self, message: bytes) -> bytes:
        return hmac.digest(self._secret, message, "sha256")
