"""Who may read the files that this project writes: owner and group, unless a setting says else."""

from __future__ import annotations

import re
from collections.abc import Mapping

MODE_VARIABLE = "MIATEL_FILE_MODE"
DEFAULT_MODE = 0o640
_OCTAL = re.compile(r"0?o?([0-7]{3})")
_OWNER = 0o600


def file_mode(environment: Mapping[str, str]) -> int:
    """The rights of lake, warehouse and published files, from `MIATEL_FILE_MODE`.

    Args:
        environment: of the process; unset or blank is 0640.

    Returns:
        Three octal digits, like 0o640.

    Raises:
        ValueError: it is no mode, or one that keeps the owner from reading or writing, or that
            makes files executable.
    """
    text = environment.get(MODE_VARIABLE, "").strip()
    if not text:
        return DEFAULT_MODE
    found = _OCTAL.fullmatch(text)
    mode = int(found[1], 8) if found else 0
    if mode & _OWNER != _OWNER or mode & 0o111:
        raise ValueError(
            f"{MODE_VARIABLE} is {text!r}: give the rights of files in octal, with read and write "
            "for their owner and without execution, such as 0640 (the default), 0600 or 0660."
        )
    return mode


def directory_mode(mode: int) -> int:
    """The rights of a directory: who may read its files may enter it, too."""
    return mode | (mode & 0o444) >> 2


def umask_of(mode: int) -> int:
    """The umask under which files that others make have no more rights than `mode`."""
    return 0o777 & ~directory_mode(mode)
