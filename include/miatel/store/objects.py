"""An object store by URL as a store: one PUT makes a new object visible whole."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from threading import Lock
from typing import Any

import fsspec

from miatel.locks import LOCK_DIRECTORY, make_shared_directory
from miatel.store.base import Store, StoredFile, conflict
from miatel.store.scratch import discard_scratch, make_scratch, sweep_directory, sweep_scratch

_LOCAL_PREFIX = "miatel-"


class ObjectStore(Store):
    """Any object store that fsspec has a client for.

    Two processes of one host never replace each other's work; of several hosts only `S3Store`
    says the same.

    Args:
        url: bucket and prefix.
    """

    def __init__(self, url: str) -> None:
        name = hashlib.sha256(url.encode()).hexdigest()[:24]
        super().__init__(url, LOCK_DIRECTORY / f"lake-{name}.lock")
        self.fs, self.root = fsspec.core.url_to_fs(url)
        self._scheme = url.partition("://")[0]
        self._making_copies = Lock()
        self._copies_directory: tempfile.TemporaryDirectory[str] | None = None

    def address(self, path: str) -> str:
        """See `Store`."""
        return f"{self._scheme}://{self._full(path)}"

    def find(self, directory: str) -> list[str]:
        """See `Store`."""
        self.fs.invalidate_cache()
        return [self._relative(path) for path in self.fs.find(self._full(directory))]

    def open(self, path: str) -> StoredFile | None:
        """See `Store`."""
        full = self._full(path)
        version = self.version(path)
        return None if version is None else StoredFile(self.fs.open(full, "rb"), version)

    def version(self, path: str) -> str | None:
        """See `Store`."""
        full = self._full(path)
        self.fs.invalidate_cache(full)
        try:
            return self._version_in(self.fs.info(full))
        except FileNotFoundError:
            return None

    def versions(self, directory: str) -> dict[str, str]:
        """See `Store`."""
        self.fs.invalidate_cache()
        found: dict[str, Any] = self.fs.find(self._full(directory), detail=True)
        return {self._relative(path): self._version_in(info) for path, info in found.items()}

    def local_path(self, path: str, version: str) -> Path:
        """See `Store`."""
        # A name of its own for each version: who reads an older copy goes on with that one.
        name = hashlib.sha256(f"{path} {version}".encode()).hexdigest()[:16]
        copy = self._copies() / f"{Path(path).stem}-{name}{Path(path).suffix}"
        if not copy.exists():
            whole = copy.with_suffix(".part")
            self.fs.get_file(self._full(path), str(whole))
            whole.rename(copy)
        return copy

    def scratch(self, path: str) -> Path:
        """See `Store`."""
        return make_scratch(self._local_name(path))

    def replace(self, scratch: Path, path: str) -> None:
        """See `Store`."""
        self.fs.put_file(str(scratch), self._full(path))
        self._end(scratch, path)

    def replace_if(self, scratch: Path, path: str, version: str | None) -> None:
        """See `Store`."""
        with self.locked():
            if self.version(path) != version:
                raise conflict(self.address(path))
            self.replace(scratch, path)

    def copy(self, path: str, to: str) -> None:
        """See `Store`."""
        self.fs.cp_file(self._full(path), self._full(to))
        self.fs.invalidate_cache(self._full(to))

    def remove(self, path: str) -> None:
        """See `Store`."""
        if self.version(path) is not None:
            self.fs.rm_file(self._full(path))

    def discard(self, scratch: Path) -> None:
        """See `Store`."""
        discard_scratch(scratch)

    def sweep(self, path: str) -> None:
        """See `Store`."""
        sweep_scratch(self._local_name(path))

    def sweep_below(self, directory: str = "") -> None:
        """See `Store`."""
        prefix = self._local_name(f"{directory}/" if directory else "").name
        sweep_directory(Path(tempfile.gettempdir()), prefix)

    def _prepare_lock(self) -> None:
        make_shared_directory(LOCK_DIRECTORY)

    def _version_in(self, info: dict[str, Any]) -> str:
        """The version of an object, from what the store says of it."""
        return hashlib.sha256(repr(sorted(info.items())).encode()).hexdigest()

    def _end(self, scratch: Path, path: str) -> None:
        discard_scratch(scratch)
        sweep_scratch(self._local_name(path))

    def _full(self, path: str) -> str:
        return f"{self.root}/{path}"

    def _relative(self, full: str) -> str:
        return full.removeprefix(f"{self.root}/")

    def _copies(self) -> Path:
        """A directory of this store's own; it goes away with it. Threads share one."""
        with self._making_copies:
            if self._copies_directory is None:
                self._copies_directory = tempfile.TemporaryDirectory(prefix="miatel-copies-")
        return Path(self._copies_directory.name)

    @staticmethod
    def _local_name(path: str) -> Path:
        return Path(tempfile.gettempdir()) / f"{_LOCAL_PREFIX}{path.replace('/', '_')}"


class S3Store(ObjectStore):
    """An S3 bucket: the store itself compares versions, so that writers of all hosts are safe."""

    def open(self, path: str) -> StoredFile | None:
        """See `Store`."""
        full = self._full(path)
        self.fs.invalidate_cache(full)
        try:
            file = self.fs.open(full, "rb")
        except FileNotFoundError:
            return None
        return StoredFile(file, self._version_in(file.details))

    def replace_if(self, scratch: Path, path: str, version: str | None) -> None:
        """See `Store`.

        One PUT, since a condition on a multipart upload is looked at by few stores: at most 5 GB.
        """
        bucket, key, _ = self.fs.split_path(self._full(path))
        condition = {"IfNoneMatch": "*"} if version is None else {"IfMatch": version}
        # As bytes: the client sends them again from the start where it tries again.
        body = scratch.read_bytes()
        try:
            self.fs.call_s3("put_object", Bucket=bucket, Key=key, Body=body, **condition)
        except OSError as error:
            if _is_refused(error, version):
                raise conflict(self.address(path)) from None
            raise
        self.fs.invalidate_cache(self._full(path))
        self._end(scratch, path)

    def _version_in(self, info: dict[str, Any]) -> str:
        return str(info["ETag"])


def _is_refused(error: OSError, version: str | None) -> bool:
    """Whether a PUT failed because its condition does not hold."""
    answer = getattr(error.__cause__, "response", {})
    code = answer.get("Error", {}).get("Code")
    if code in ("PreconditionFailed", "412", "ConditionalRequestConflict", "409"):
        return True
    # What was read is gone: S3 says that there is no such object. A bucket that is gone is another
    # error.
    return version is not None and code in ("NoSuchKey", "404")
