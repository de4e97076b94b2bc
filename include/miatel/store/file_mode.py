"""Rights of the files and directories that this project writes."""

from __future__ import annotations


def directory_mode(mode: int) -> int:
    """The rights of a directory: who may read its files may enter it, too."""
    return mode | (mode & 0o444) >> 2


def umask_of(mode: int) -> int:
    """The umask under which files that others make have no more rights than `mode`."""
    return 0o777 & ~directory_mode(mode)
