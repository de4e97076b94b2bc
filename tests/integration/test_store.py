"""Each kind of store replaces files as a whole, and never another writer's work unseen."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from miatel import ConflictError, Lake, LakeError, RetriableError
from miatel.lake.lake import UPDATE_ATTEMPTS
from miatel.lake.lake_file import LakeFile
from miatel.locks import HostLock
from miatel.store import Store, open_store
from tests.support.object_store import empty_bucket, s3_server

FILE = "raw/some/file.txt"
WRITERS = 5
ROUNDS = 4


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    with s3_server() as running:
        yield running


@pytest.fixture(params=["directory", "s3"])
def root(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """A directory or a bucket, of which nothing is there yet."""
    if request.param == "directory":
        yield str(tmp_path / "lake")
        return
    with empty_bucket(request.getfixturevalue("server"), monkeypatch) as bucket:
        yield f"{bucket}/prefix"


@pytest.fixture
def store(root: str) -> Store:
    return open_store(root)


@pytest.fixture
def other(root: str, tmp_path: Path) -> Store:
    """A writer that shares no lock with `store`: on another host, or one that knows of none."""
    found = open_store(root)
    found.lock = HostLock(tmp_path / "other.lock", "of another host")
    return found


def put(store: Store, text: str, path: str = FILE) -> None:
    with store.writing(path) as scratch:
        scratch.write_text(text)


def written(store: Store, text: str, path: str = FILE) -> Path:
    """A scratch file, to be put in place."""
    scratch = store.scratch(path)
    scratch.write_text(text)
    return scratch


def read(store: Store, path: str = FILE) -> str | None:
    found = store.open(path)
    if found is None:
        return None
    if isinstance(found.source, Path):
        return found.source.read_text()
    with found.source as file:
        return str(file.read().decode())


def version(store: Store, path: str = FILE) -> str | None:
    found = store.open(path)
    assert (found.version if found else None) == store.version(path)
    return store.version(path)


def test_a_file_that_is_not_there_has_no_version(store: Store) -> None:
    assert store.open(FILE) is None
    assert store.version(FILE) is None
    assert store.find("raw") == []
    assert store.versions("raw") == {}
    store.remove(FILE)


def test_a_file_is_there_only_when_it_is_complete(store: Store) -> None:
    with store.writing(FILE) as scratch:
        scratch.write_text("half")
        assert read(store) is None
    assert not scratch.exists()
    assert read(store) == "half"


def test_a_copy_stays_when_either_of_the_two_is_replaced(store: Store) -> None:
    other_file = "raw/other/file.txt"
    put(store, "first")
    for _ in range(2):  # the second time it is there already
        store.copy(FILE, other_file)
        assert read(store, other_file) == "first"
    assert sorted(store.find("raw")) == sorted([FILE, other_file])
    put(store, "second")
    assert (read(store), read(store, other_file)) == ("second", "first")
    store.copy(FILE, other_file)
    assert read(store, other_file) == "second"
    store.remove(FILE)
    assert read(store, other_file) == "second"


@pytest.mark.parametrize("cause", [errno.EPERM, errno.EMLINK])
def test_where_a_file_can_have_no_second_name_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cause: int
) -> None:
    store = open_store(tmp_path)
    put(store, "first")

    def refuse(*_: object) -> None:
        raise OSError(cause, "no link")

    monkeypatch.setattr(os, "link", refuse)
    store.copy(FILE, "raw/other")
    assert read(store, "raw/other") == "first"
    assert sorted(store.find("")) == sorted([FILE, "raw/other"]), "no scratch is left"


def test_a_file_stays_as_it_was_when_its_successor_fails(store: Store) -> None:
    put(store, "first")
    with suppress(ZeroDivisionError), store.writing(FILE) as scratch:
        scratch.write_text("second")
        raise ZeroDivisionError
    assert not scratch.exists()
    assert read(store) == "first"


def test_each_content_has_a_version_of_its_own(store: Store) -> None:
    seen = []
    for text in ("first", "second", "3"):
        put(store, text)
        seen.append(version(store))
    assert len(set(seen)) == 3
    assert version(store) == seen[-1]


def test_files_below_a_directory_are_listed_with_their_versions(store: Store) -> None:
    paths = ["raw/a.txt", "raw/b/c.txt", "raw/b/d/e.txt"]
    for path in [*paths, "rawer/f.txt", "g.txt"]:
        put(store, path, path)
    assert sorted(store.find("raw")) == paths
    listed = store.versions("raw")
    assert sorted(listed) == paths
    assert listed["raw/b/c.txt"] == version(store, "raw/b/c.txt")
    store.remove("raw/b/c.txt")
    assert sorted(store.find("raw")) == ["raw/a.txt", "raw/b/d/e.txt"]
    assert read(store, "raw/b/c.txt") is None


def test_a_file_can_be_read_at_a_local_path(store: Store) -> None:
    for text in ("first", "second"):
        put(store, text)
        path = store.local_path(FILE, str(store.version(FILE)))
        assert path.read_text() == text
        assert store.local_path(FILE, str(store.version(FILE))) == path
        assert path.suffix == ".txt"


def test_only_what_is_not_there_is_created(store: Store, other: Store) -> None:
    store.create(written(store, "first"), FILE)
    assert read(other) == "first"
    scratch = written(other, "second")
    with pytest.raises(ConflictError, match=FILE):
        other.create(scratch, FILE)
    assert read(store) == "first"
    assert scratch.read_text() == "second"  # to be tried again
    other.discard(scratch)


def test_only_the_version_that_was_read_is_replaced(store: Store, other: Store) -> None:
    put(store, "first")
    before = version(store)
    other.replace_if(written(other, "second"), FILE, before)
    scratch = written(store, "third")
    with pytest.raises(ConflictError, match="replaced by another writer"):
        store.replace_if(scratch, FILE, before)
    assert read(store) == "second"
    store.replace_if(scratch, FILE, version(store))
    assert read(other) == "third"
    assert not scratch.exists()


def test_what_was_read_and_is_gone_is_a_conflict_too(store: Store, other: Store) -> None:
    put(store, "first")
    before = version(store)
    other.remove(FILE)
    scratch = written(store, "second")
    with pytest.raises(ConflictError):
        store.replace_if(scratch, FILE, before)
    assert read(store) is None
    store.discard(scratch)


def test_a_conflict_is_an_error_to_try_again_after() -> None:
    assert issubclass(ConflictError, RetriableError)
    assert not issubclass(ConflictError, LakeError)


@pytest.mark.parametrize("is_there", [False, True])
def test_of_writers_that_race_one_wins_and_each_other_is_told(root: str, is_there: bool) -> None:
    stores = [open_store(root) for _ in range(WRITERS)]
    if is_there:
        put(stores[0], "before")
    read_version = version(stores[0])
    scratches = [written(store, f"of {number}") for number, store in enumerate(stores)]
    start, won, lost = threading.Barrier(WRITERS), list[int](), list[int]()

    def write(number: int) -> None:
        start.wait()
        try:
            stores[number].replace_if(scratches[number], FILE, read_version)
        except ConflictError:
            lost.append(number)
            stores[number].discard(scratches[number])
        else:
            won.append(number)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert len(lost) == WRITERS - 1
    assert read(stores[0]) == f"of {won[0]}"


COUNTING = f"""
import sys
from pathlib import Path
from miatel.lake.lake import Lake
from miatel.locks import HostLock
from miatel.store import open_store

store = open_store(sys.argv[1])
if sys.argv[2]:
    store.lock = HostLock(Path(sys.argv[2]), "of another host")
lake = Lake(sys.argv[1], store)

def count(file):
    text = file.read_text() or ""
    with file.writing() as scratch:
        scratch.write_text(text + sys.argv[3])

for _ in range({ROUNDS}):
    lake.update({FILE!r}, count)
"""


def test_no_work_of_several_processes_is_lost(root: str, store: Store, tmp_path: Path) -> None:
    """On a bucket each is on a host of its own: they share no lock."""
    names = "abcd"
    locks = [str(tmp_path / f"{name}.lock") if "://" in root else "" for name in names]
    programs = [
        subprocess.Popen([sys.executable, "-c", COUNTING, root, lock, name])
        for lock, name in zip(locks, names, strict=True)
    ]
    assert [program.wait() for program in programs] == [0, 0, 0, 0]
    assert sorted(read(store) or "") == sorted(names * ROUNDS)


def test_a_change_is_made_again_from_what_another_writer_has_left(
    root: str, store: Store, other: Store
) -> None:
    seen: list[str | None] = []

    def change(file: LakeFile) -> str:
        seen.append(file.read_text())
        if len(seen) < 3:
            put(other, f"of another {len(seen)}")
        with file.writing() as scratch:
            scratch.write_text("mine")
        return "done"

    assert Lake(root, store).update(FILE, change) == "done"
    assert seen == [None, "of another 1", "of another 2"]
    assert read(store) == "mine"


def test_a_change_gives_up_where_others_are_quicker_each_time(
    root: str, store: Store, other: Store
) -> None:
    calls: list[int] = []

    def change(file: LakeFile) -> None:
        calls.append(len(calls))
        put(other, f"of another {len(calls)}")
        with file.writing() as scratch:
            scratch.write_text("mine")

    with pytest.raises(ConflictError):
        Lake(root, store).update(FILE, change)
    assert len(calls) == UPDATE_ATTEMPTS
    assert read(store) == f"of another {UPDATE_ATTEMPTS}"


KILLED = """
import os, signal, sys
from miatel.store import open_store

store = open_store(sys.argv[1])
scratch = store.scratch(sys.argv[2])
scratch.write_text("new")
kind = type(store)

def killed(function, when):
    def wrapped(*arguments, **options):
        if when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        value = function(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        return value
    return wrapped

if hasattr(store, "fs"):
    store.fs.call_s3 = killed(store.fs.call_s3, sys.argv[3])
else:
    os.replace = os.rename = killed(os.replace, sys.argv[3])
    type(scratch).replace = killed(type(scratch).replace, sys.argv[3])
store.replace_if(scratch, sys.argv[2], store.version(sys.argv[2]))
"""


@pytest.mark.parametrize("before", [None, "old"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_killed_writer_leaves_the_old_file_or_the_new_one(
    root: str, store: Store, before: str | None, when: str
) -> None:
    if before is not None:
        put(store, before)
    done = subprocess.run(
        [sys.executable, "-c", KILLED, root, FILE, when], env=os.environ, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert read(store) == (before if when == "before" else "new")
    put(store, "next")  # and keeps nobody from writing
    assert read(store) == "next"


def test_a_holder_of_the_lock_may_take_it_again(store: Store) -> None:
    with store.locked():
        with store.locked():
            put(store, "first")
        store.replace_if(written(store, "second"), FILE, version(store))
    assert read(store) == "second"


def test_other_object_stores_compare_under_the_lock_of_the_host() -> None:
    store = open_store("memory://some/lake")
    put(store, "first")
    before = version(store)
    store.replace_if(written(store, "second"), FILE, before)
    for stale in (before, None):
        scratch = written(store, "third")
        with pytest.raises(ConflictError):
            store.replace_if(scratch, FILE, stale)
        store.discard(scratch)
    assert read(store) == "second"
    store.remove(FILE)
