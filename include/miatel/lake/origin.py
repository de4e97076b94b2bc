"""Whose records a lake holds: one account, by name, with slow fingerprints of its keys so far."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from miatel.account import Account, slow_hash
from miatel.errors import LakeError, NewerFormatError, OriginError
from miatel.lake.lake import Lake
from miatel.lake.lake_file import LakeFile
from miatel.lake.landed_days import read_landed_days

log = logging.getLogger(__name__)

ORIGINS_FILE = "origins.json"
_FORMAT = 1
_SALT_BYTES = 16
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Origin:
    """An address and a key under which the lake's account was or is asked.

    Attributes:
        name: written into the coverage of what is landed from it.
        address: scheme, host and port.
        salt: of the fingerprint, hex; each has its own.
        fingerprint: slow salted hash of the key, hex.
        added_at: when it was added, `YYYY-MM-DDTHH:MM:SSZ`.
    """

    name: str
    address: str
    salt: str
    fingerprint: str
    added_at: str

    def matches(self, account: Account) -> bool:
        """Whether it is this account by address and key; takes up to 100 ms."""
        return self.address == account.address and secrets.compare_digest(
            self.fingerprint, _fingerprint(account, self.salt)
        )


@dataclass(frozen=True)
class OriginClaim:
    """The origin that a run lands under, checked before anything is asked.

    Attributes:
        name: of the origin in the lake's list, or of the one that the list will begin with.
        claim: to be called before anything is landed: writes the list of a lake that has none.
    """

    name: str
    claim: Callable[[], None]


def check_origin(lake: Lake, account: Account, now: datetime) -> OriginClaim:
    """The name of an account's origin in a lake, or the refusal to land its records there.

    A lake without a list takes the account of its first landing. The list is written only once an
    answer was accepted: a mistyped key must not become the lake's own.

    Args:
        lake: where to land.
        account: whose records.
        now: the present, aware UTC.

    Raises:
        OriginError: the lake holds another account's records; nothing was asked or changed.
        LakeError: the list cannot be read.
    """
    origins = read_origins(lake)
    if origins is None:
        _check_never_had_a_list(lake)
        return OriginClaim(_name_after([]), lambda: _write_first(lake, account, now))
    for origin in origins:
        if origin.matches(account):
            return OriginClaim(origin.name, _nothing)
    raise _refusal(lake, account, origins)


def add_origin(lake: Lake, account: Account, now: datetime, name: str | None = None) -> str:
    """Add an address and key to the lake's list: the same account with another key or address.

    Args:
        lake: whose list to change.
        account: the new address and key.
        now: the present, aware UTC.
        name: for footers and messages; None for the next number.

    Returns:
        The origin's name; that of the list where it already is in it.

    Raises:
        OriginError: the name is taken.
        LakeError: the list cannot be read or written.
    """

    def add(file: LakeFile) -> str:
        origins = _read(file, lake.root) or []
        for origin in origins:
            if origin.matches(account):
                return origin.name
        added = _make_origin(origins, account, now, name)
        if any(origin.name == added.name for origin in origins):
            raise OriginError(f"the lake {lake.root} already has an origin {added.name!r}")
        _write(file, [*origins, added])
        return added.name

    return lake.update(ORIGINS_FILE, add)


def read_origins(lake: Lake) -> list[Origin] | None:
    """The lake's list, oldest first; None when it has none yet.

    Raises:
        NewerFormatError: a later version of the project wrote it.
        LakeError: it cannot be read.
    """
    return _read(lake.file(ORIGINS_FILE), lake.root)


def _read(file: LakeFile, root: str) -> list[Origin] | None:
    text = file.read_text()
    if text is None:
        return None
    try:
        content = json.loads(text)
        written = content["format"]
        if isinstance(written, int) and written > _FORMAT:
            raise NewerFormatError(
                f"{ORIGINS_FILE} of the lake {root} is of format {written}, and this version "
                f"reads up to format {_FORMAT}. Use the version that wrote it, or a later one."
            )
        origins = [Origin(**entry) for entry in content["origins"]]
    except (ValueError, KeyError, TypeError):
        origins = []
    if not origins or not all(_is_whole(origin) for origin in origins):
        raise LakeError(
            f"{ORIGINS_FILE} of the lake {root} cannot be read as the list of its origins. "
            "Put it back from a copy; without one move it away and add the account again: "
            "python -m miatel origin add"
        )
    return origins


def known_origins(lake: Lake) -> set[str]:
    """The names of the lake's origins; empty for a lake without a list.

    Raises:
        LakeError: the list cannot be read.
    """
    return {origin.name for origin in read_origins(lake) or []}


def _check_never_had_a_list(lake: Lake) -> None:
    """A list that is gone is not a list that never was: some of its days name an origin.

    Days that 0.1.0 landed name none. One that cannot be read counts as none, too: its reload, which
    is its cure, begins here.
    """
    days = read_landed_days(lake).days.values()
    named = {entry.origin for day in days for entry in day.entries} - {None}
    if named:
        raise OriginError(
            f"the lake {lake.root} has lost its {ORIGINS_FILE}: its days name the origin "
            f"{', '.join(sorted(map(str, named)))}. Put the file back from a copy; without one add "
            "the account again: python -m miatel origin add"
        )


def _write_first(lake: Lake, account: Account, now: datetime) -> None:
    """Begin the list, unless another run has begun it in the meantime."""

    def write(file: LakeFile) -> None:
        origins = _read(file, lake.root)
        if origins is None:
            first = _make_origin([], account, now)
            _write(file, [first])
            log.warning(
                "the lake %s now belongs to the account at %s (origin %s): records of another "
                "account are refused from now on", lake.root, first.address, first.name,
            )  # fmt: skip
        elif not any(o.name == _name_after([]) and o.matches(account) for o in origins):
            raise _refusal(lake, account, origins)

    lake.update(ORIGINS_FILE, write)


def _write(file: LakeFile, origins: list[Origin]) -> None:
    content: dict[str, Any] = {"format": _FORMAT, "origins": [vars(origin) for origin in origins]}
    with file.writing() as scratch:
        scratch.write_text(json.dumps(content, indent=1) + "\n")


def _name_after(origins: list[Origin]) -> str:
    return f"origin-{len(origins) + 1}"


def _make_origin(
    origins: list[Origin], account: Account, now: datetime, name: str | None = None
) -> Origin:
    salt = secrets.token_hex(_SALT_BYTES)
    return Origin(
        name=name or _name_after(origins),
        address=account.address,
        salt=salt,
        fingerprint=_fingerprint(account, salt),
        added_at=now.strftime(_TIME),
    )


def _fingerprint(account: Account, salt: str) -> str:
    return slow_hash(account.key, bytes.fromhex(salt)).hex()


def _is_whole(origin: Origin) -> bool:
    values = vars(origin).values()
    return all(isinstance(value, str) and value for value in values) and _is_hex(origin.salt)


def _is_hex(text: str) -> bool:
    try:
        bytes.fromhex(text)
    except ValueError:
        return False
    return True


def _refusal(lake: Lake, account: Account, origins: list[Origin]) -> OriginError:
    same = [origin.name for origin in origins if origin.address == account.address]
    differs = (
        f"its key is not the one of {' or '.join(same)}" if same else "the lake has other addresses"
    )
    known = ", ".join(f"{origin.name} ({origin.address})" for origin in origins)
    return OriginError(
        f"the lake {lake.root} holds the records of {known}, and {account.address} was to be asked "
        f"with a key of its own: {differs}. Nothing was asked or changed. Another account needs a "
        "lake of its own (MIATEL_LAKE). If it is the same account with a new key or address, say "
        "so: python -m miatel_provider origin add --conn-id miatel_default, or "
        "python -m miatel origin add"
    )


def _nothing() -> None:
    """The list is there already."""
