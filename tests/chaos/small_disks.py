"""Disks that are full or read-only, for a child process alone: real ones, gone when it ends."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

_NEW_MOUNTS, _NEW_USER = 0x00020000, 0x10000000
_PRIVATE = (1 << 18) | (1 << 14)  # and all below
_READ_ONLY, _REMOUNT = 1, 32
_DETACH = 2
_CAPABILITIES = 0x20080522
_libc = ctypes.CDLL(None, use_errno=True)


def can_mount() -> bool:
    """Whether this process may mount in a namespace of its own; to be asked in a child."""
    try:
        enter_own_mounts()
        mount(Path("/mnt"), "size=64k")
    except OSError:
        return False
    return True


def enter_own_mounts() -> None:
    """From here on this process' mounts are its own; others neither see nor keep them."""
    user, group = os.getuid(), os.getgid()
    if user != 0:
        _call(_libc.unshare, _NEW_USER)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"0 {user} 1")
        Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    _call(_libc.unshare, _NEW_MOUNTS)
    _call(_libc.mount, None, b"/", None, _PRIVATE, None)


def mount(place: Path, options: str, *, again: bool = False, read_only: bool = False) -> None:
    """Mount memory as a disk, or change its options."""
    flags = (_REMOUNT if again else 0) | (_READ_ONLY if read_only else 0)
    _call(_libc.mount, b"tmpfs", bytes(place), b"tmpfs", flags, options.encode())


def unmount(place: Path) -> None:
    """Take a disk away, though files on it are open."""
    _call(_libc.umount2, bytes(place), _DETACH)


def limit_files(size: int) -> None:
    """No file may grow beyond so many bytes: the error that a quota or a full disk gives."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def lift_limit() -> None:
    """Files may grow again."""
    limit_files(resource.RLIM_INFINITY)


def become_subject_to_rights() -> None:
    """Also for root the rights of files count from here on, as they do for everybody else."""
    if os.geteuid() == 0:
        header = (ctypes.c_uint32 * 2)(_CAPABILITIES, 0)
        none = (ctypes.c_uint32 * 6)()
        _call(_libc.capset, header, none)


def _call(function: Callable[..., int], *arguments: Any) -> None:
    if function(*arguments) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
