"""A lake's list of origins: one account, known by a slow fingerprint of its key and its address."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from miatel import (
    Account,
    Lake,
    LakeError,
    NewerFormatError,
    OriginError,
    RequestRefusedError,
    add_origin,
    open_lake,
)
from miatel.__main__ import main
from miatel.account import slow_hash
from miatel.lake.lake import day_file
from miatel.lake.origin import ORIGINS_FILE, check_origin, known_origins, read_origins
from miatel.lake.sink import LakeSink
from tests.support.raw_rows import MIDNIGHT, accepted, between

pytestmark = pytest.mark.slow

NOW = datetime(2026, 4, 1, tzinfo=UTC)
ACCOUNT = Account("https://sms-hub2.miatel.ru", "493817")


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return open_lake(tmp_path / "lake")


def bytes_of(lake: Lake) -> dict[str, bytes]:
    return {str(p): p.read_bytes() for p in Path(lake.root).rglob("*") if p.is_file()}


def test_a_lake_takes_the_account_of_its_first_landing_and_says_so(
    lake: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    claim = check_origin(lake, ACCOUNT, NOW)
    assert bytes_of(lake) == {}  # no answer has come yet: the key may be a mistyped one
    claim.claim()
    assert "now belongs to the account at https://sms-hub2.miatel.ru:443" in caplog.text
    assert check_origin(lake, ACCOUNT, NOW).name == claim.name
    assert known_origins(lake) == {claim.name}


@pytest.mark.parametrize(
    "url",
    ["https://SMS-hub2.Miatel.ru", "https://sms-hub2.miatel.ru:443/", "https://sms-hub2.miatel.ru.",
     "https://user:password@sms-hub2.miatel.ru"],
)  # fmt: skip
def test_other_spellings_of_an_address_are_the_same(lake: Lake, url: str) -> None:
    check_origin(lake, ACCOUNT, NOW).claim()
    assert check_origin(lake, Account(url, ACCOUNT.key), NOW).name == "origin-1"


@pytest.mark.parametrize(
    "other",
    [Account(ACCOUNT.base_url, "493818"), Account("https://sms-hub3.miatel.ru", ACCOUNT.key),
     Account("https://sms-hub2.miatel.ru:8443", ACCOUNT.key),
     Account("http://sms-hub2.miatel.ru", ACCOUNT.key)],
)  # fmt: skip
def test_another_account_is_refused_and_nothing_changes_until_it_is_added(
    lake: Lake, other: Account
) -> None:
    check_origin(lake, ACCOUNT, NOW).claim()
    before = bytes_of(lake)
    with pytest.raises(OriginError, match="origin add") as caught:
        check_origin(lake, other, NOW)
    assert "4938" not in str(caught.value)
    assert bytes_of(lake) == before
    assert add_origin(lake, other, NOW) == "origin-2"
    assert check_origin(lake, other, NOW).name == "origin-2"
    assert check_origin(lake, ACCOUNT, NOW).name == "origin-1"


def test_two_first_landings_at_once_belong_to_the_first_that_lands(lake: Lake) -> None:
    first, same = check_origin(lake, ACCOUNT, NOW), check_origin(lake, ACCOUNT, NOW)
    other = check_origin(lake, Account(ACCOUNT.base_url, "another"), NOW)
    first.claim()
    same.claim()
    with pytest.raises(OriginError):
        other.claim()
    assert known_origins(lake) == {"origin-1"}


def test_adding_twice_adds_once_and_names_are_not_used_twice(lake: Lake) -> None:
    assert add_origin(lake, ACCOUNT, NOW, "main") == "main"
    assert add_origin(lake, ACCOUNT, NOW) == "main"
    with pytest.raises(OriginError, match="already has an origin"):
        add_origin(lake, Account(ACCOUNT.base_url, "another"), NOW, "main")
    assert known_origins(lake) == {"main"}


def test_the_list_tells_no_key_and_each_try_at_one_is_slow(lake: Lake) -> None:
    add_origin(lake, ACCOUNT, NOW)
    add_origin(lake, Account("https://other", ACCOUNT.key), NOW)
    text = (Path(lake.root) / ORIGINS_FILE).read_text()
    assert ACCOUNT.key not in text
    first, second = read_origins(lake) or []
    assert first.salt != second.salt
    assert first.fingerprint != second.fingerprint
    began = time.process_time()
    for wrong in range(5):
        slow_hash(f"wrong{wrong}", bytes.fromhex(first.salt))
    assert (time.process_time() - began) / 5 >= 0.02


def land_a_day(lake: Lake, origin: str) -> None:
    sink = LakeSink(lake, "run", origin=origin)
    sink.add(accepted(between(0, 60), []))
    sink.finish_days([])


def test_a_list_that_is_gone_is_not_begun_anew_by_another_account(lake: Lake) -> None:
    check_origin(lake, ACCOUNT, NOW).claim()
    land_a_day(lake, "origin-1")
    (Path(lake.root) / ORIGINS_FILE).unlink()
    with pytest.raises(OriginError, match=r"lost its origins\.json"):
        check_origin(lake, Account(ACCOUNT.base_url, "another"), NOW)
    assert add_origin(lake, ACCOUNT, NOW) == "origin-1"
    assert check_origin(lake, ACCOUNT, NOW).name == "origin-1"


def test_any_day_tells_that_the_list_is_gone_also_beside_days_of_no_origin(lake: Lake) -> None:
    check_origin(lake, ACCOUNT, NOW).claim()
    land_a_day(lake, "origin-1")
    sink = LakeSink(lake, "run", origin=None)  # a later day, as 0.1.0 landed it
    sink.add(accepted(between(86_400, 86_460), []))
    sink.finish_days([])
    assert len(lake.days()) == 2
    (Path(lake.root) / ORIGINS_FILE).unlink()
    with pytest.raises(OriginError, match=r"lost its origins\.json"):
        check_origin(lake, Account(ACCOUNT.base_url, "another"), NOW)


def test_a_damaged_last_day_of_a_lake_without_a_list_does_not_stop_its_own_reload(
    lake: Lake,
) -> None:
    sink = LakeSink(lake, "run", origin=None)
    sink.add(accepted(between(0, 60), []))
    sink.finish_days([])
    (path,) = Path(lake.root).glob("raw/mdr/*/mdr.parquet")
    path.write_bytes(path.read_bytes()[:100])
    assert check_origin(lake, ACCOUNT, NOW).name == "origin-1"


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"format": 1}', '{"format": 1, "origins": []}',
     '{"format": 1, "origins": [3]}',
     '{"format": 1, "origins": [{"name": "a"}]}',
     '{"format": 1, "origins": [{"name": "a", "address": "b", "salt": "xy", "fingerprint": "c", '
     '"added_at": "d"}]}', "\x00"],
)  # fmt: skip
def test_a_damaged_list_is_refused_and_not_replaced(lake: Lake, text: str) -> None:
    add_origin(lake, ACCOUNT, NOW)
    file = Path(lake.root) / ORIGINS_FILE
    file.write_text(text)
    for use in (check_origin, add_origin):
        with pytest.raises(LakeError, match="cannot be read as the list"):
            use(lake, ACCOUNT, NOW)
    assert file.read_text() == text


def test_a_list_of_a_later_version_is_refused_by_name(lake: Lake) -> None:
    add_origin(lake, ACCOUNT, NOW)
    file = Path(lake.root) / ORIGINS_FILE
    file.write_text(json.dumps(json.loads(file.read_text()) | {"format": 2}))
    with pytest.raises(NewerFormatError, match="format 2"):
        check_origin(lake, ACCOUNT, NOW)


def test_the_command_takes_key_and_address_from_the_environment(
    lake: Lake, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = ["--lake", lake.root]
    assert main(["origin", "list", *place]) == 1
    monkeypatch.delenv("MIATEL_KEY", raising=False)
    assert main(["origin", "add", *place]) == 2
    assert "MIATEL_KEY is not set" in capsys.readouterr().err
    monkeypatch.setenv("MIATEL_KEY", ACCOUNT.key)
    monkeypatch.setenv("MIATEL_ADDRESS", "https://here:8443")
    assert main(["origin", "add", *place, "--name", "main"]) == 0
    assert main(["origin", "add", *place]) == 0
    assert main(["origin", "list", *place]) == 0
    printed = capsys.readouterr().out
    assert "added main at https://here:8443" in printed
    assert "in the list already" in printed
    assert ACCOUNT.key not in printed
    land_a_day(lake, "main")
    main(["coverage", *place])
    assert "origin        main at https://here:8443" in capsys.readouterr().out
    assert lake.coverage(MIDNIGHT.date())[0].origin == "main"


@pytest.mark.slow
def test_a_process_that_is_killed_while_it_writes_the_list_leaves_the_old_one(lake: Lake) -> None:
    add_origin(lake, ACCOUNT, NOW)
    before = (Path(lake.root) / ORIGINS_FILE).read_bytes()
    script = (
        "import os, sys, signal\n"
        "from datetime import UTC, datetime\n"
        "from miatel.account import Account\n"
        "from miatel.lake.lake import open_lake\n"
        "from miatel.lake.origin import add_origin\n"
        "lake = open_lake(sys.argv[1])\n"
        "lake.store.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "add_origin(lake, Account('https://other', 'key'), datetime(2026, 1, 1, tzinfo=UTC))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, lake.root], check=False)
    assert done.returncode < 0
    assert (Path(lake.root) / ORIGINS_FILE).read_bytes() == before
    assert add_origin(lake, Account("https://other", "key"), NOW) == "origin-2"


@pytest.mark.parametrize("url", ["", "http://", "https://host:0", "ftp://host", "host"])
def test_an_address_that_is_none_has_no_origin(url: str) -> None:
    with pytest.raises(RequestRefusedError, match="address"):
        Account(url, "key")


def test_the_days_of_a_lake_are_listed_without_the_list(lake: Lake) -> None:
    add_origin(lake, ACCOUNT, NOW)
    assert lake.days() == []
    land_a_day(lake, "origin-1")
    assert lake.days() == [MIDNIGHT.date()]
    assert sorted(p.name for p in Path(lake.root).glob("raw/mdr/*/*")) == ["mdr.parquet"]
    assert (Path(lake.root) / day_file(MIDNIGHT.date())).exists()
