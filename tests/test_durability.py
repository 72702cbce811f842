"""Nothing promised is lost: killed programs, rivals, full and forbidden disks, the spool."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest
from station.spool import Spool
from station.store import Store

CHILD = Path(__file__).with_name("ledger_child.py")
ROUNDS = 30


def start(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=CHILD.parent.parent,
        env={**os.environ, "PYTHONPATH": str(CHILD.parent.parent)},
    )


def run(*words: object) -> list[str]:
    child = start(*words)
    out, _ = child.communicate(timeout=120)
    assert child.returncode == 0
    return out.splitlines()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that other users can reach, unlike pytest's own."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_a_program_killed_at_any_moment_loses_nothing_promised(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    lines = run("kill", path, ROUNDS)
    assert lines.count("killed") == ROUNDS
    promised: dict[str, int] = {}
    for line in lines:
        number, *changed = line.split()
        if number != "killed":
            promised[number] = int(changed[0]) if changed else 0
    with Ledger.open(path) as ledger:
        kept = {request.number: request for request in ledger.requests()}
        assert len(promised) >= ROUNDS
        assert promised.keys() <= kept.keys()
        assert all(kept[number].slots["n"] == n for number, n in promised.items() if n)
        assert all(set(request.slots) == {"destination", "n"} for request in kept.values())
        assert ledger.contradictions() == []  # integrity, and no half request


def test_a_program_killed_while_it_opens_or_empties_the_spool_files_each_once(
    tmp_path: Path,
) -> None:
    path, spool = tmp_path / "ledger.db", tmp_path / "spool"
    filed = [FiledRequest("taxi", {"n": n}) for n in range(100)]
    for request in filed:
        Spool(spool).keep(request)
    ends = run("kill-early", path, spool, ROUNDS)
    assert ends.count("killed") >= 5
    with Ledger.open(path, spool=spool) as ledger:
        assert sorted(r.uid for r in ledger.requests()) == sorted(f.uid for f in filed)
        assert ledger.contradictions() == []
    assert Spool(spool).waiting() == []


def test_programs_write_at_the_same_time_while_a_reader_holds_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.file(FiledRequest("taxi"))
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    assert reader.execute("SELECT COUNT(*) FROM requests").fetchone() == (1,)
    rivals = [start("promise", path, name, 60) for name in ("kiosk", "phone", "console")]
    numbers = [n for rival in rivals for n in rival.communicate(timeout=120)[0].split("\n") if n]
    assert [rival.returncode for rival in rivals] == [0, 0, 0]
    assert reader.execute("SELECT COUNT(*) FROM requests").fetchone() == (1,)
    reader.close()
    with Ledger.open(path) as ledger:
        assert len(list(ledger.requests())) == 181
        assert len({line.split()[0] for line in numbers}) == 180
        assert ledger.contradictions() == []


def test_programs_that_start_together_lay_out_one_ledger(tmp_path: Path) -> None:
    assert run("together", tmp_path, 20, 3) == ["0 0 0 001 002 003"] * 20


def test_a_ledger_somebody_holds_is_given_up_in_time_and_the_request_is_kept(
    tmp_path: Path,
) -> None:
    path, spool = tmp_path / "ledger.db", tmp_path / "spool"
    with Ledger.open(path, spool=spool, busy_seconds=0.2) as ledger:
        stuck = sqlite3.connect(path, isolation_level=None)
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="another program holds the ledger") as caught:
            ledger.file(FiledRequest("taxi", {"destination": "医院"}))
        assert caught.value.code == "busy"
        assert caught.value.spooled is not None
        stuck.close()
        ledger.file(FiledRequest("meal"))  # the ledger takes requests again: both are in
        assert {request.intent for request in ledger.requests()} == {"taxi", "meal"}
        assert Spool(spool).waiting() == []


@pytest.mark.parametrize("deed", ["deleted", "moved", "replaced"])
def test_a_ledger_taken_away_under_a_running_program_is_noticed(tmp_path: Path, deed: str) -> None:
    path, spool = tmp_path / "ledger.db", tmp_path / "spool"
    with Ledger.open(path, spool=spool) as ledger:
        ledger.file(FiledRequest("taxi"))
        if deed == "deleted":
            path.unlink()
        else:
            path.rename(tmp_path / "elsewhere.db")
        if deed == "replaced":
            path.write_bytes((tmp_path / "elsewhere.db").read_bytes())
        with pytest.raises(LedgerError, match="moved or deleted while in use") as caught:
            ledger.file(FiledRequest("meal"))
        assert caught.value.code == "gone"
        assert caught.value.spooled is not None


def test_a_full_disk_is_told_and_the_request_waits_in_the_spool(tmp_path: Path) -> None:
    path, spool = tmp_path / "ledger.db", tmp_path / "spool"
    with Ledger.open(path, spool=spool) as ledger:
        pages = ledger.store.db.execute("PRAGMA page_count").fetchone()[0]
        ledger.store.db.execute(f"PRAGMA max_page_count = {pages + 2}")
        filed = [FiledRequest("meal", {"dish": "红烧肉" * 500}) for _ in range(50)]
        with pytest.raises(LedgerError, match="the disk is full: free space on it") as caught:
            any(ledger.file(request) is None for request in filed)
        assert caught.value.code == "disk_full"
        assert caught.value.spooled is not None
        assert caught.value.spooled.parent == spool
        done = len(list(ledger.requests()))
        assert 0 < done < len(filed)
    for _ in range(2):  # the second time there is nothing left to file
        with Ledger.open(path, spool=spool) as ledger:
            assert {r.uid for r in ledger.requests()} == {f.uid for f in filed[: done + 1]}
            assert ledger.contradictions() == []
    assert list(spool.iterdir()) == []


def test_a_system_that_refuses_to_write_loses_nothing_promised(tmp_path: Path) -> None:
    path, spool = tmp_path / "ledger.db", tmp_path / "spool"
    Ledger.open(path).close()
    *promised, last = run("starve", path, spool, path.stat().st_size + 20_000)
    assert last.split() == ["refused", "disk_error", "True"]
    assert promised
    with Ledger.open(path, spool=spool) as ledger:
        kept = [request.number for request in ledger.requests()]
        assert kept[:-1] == promised
        assert len(kept) == len(promised) + 1  # the refused one came out of the spool
        assert ledger.contradictions() == []


def test_a_folder_that_may_not_be_written_is_named(open_folder: Path) -> None:
    locked = open_folder / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    (line,) = run("unprivileged", locked / "ledger.db", open_folder)
    assert line.startswith(f"cannot_open {locked / 'ledger.db'}: could not open the ledger: ")


def test_a_ledger_that_may_not_be_written_is_named(open_folder: Path) -> None:
    path = open_folder / "locked" / "ledger.db"
    Ledger.open(path).close()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    (line,) = run("unprivileged", path, open_folder)
    assert line.startswith(("read_only ", "cannot_open "))
    assert str(path) in line


def test_a_place_that_cannot_be_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LedgerError, match=str(tmp_path / "file")) as caught:
        Ledger.open(tmp_path / "file" / "ledger.db")
    assert caught.value.code == "cannot_open"


@pytest.mark.parametrize("content", [b"no ledger at all, but long enough to be read as one" * 50])
def test_something_that_is_no_ledger_is_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(content)
    with pytest.raises(LedgerError, match="restore the last backup") as caught:
        Ledger.open(path)
    assert caught.value.code == "damaged"
    assert path.read_bytes() == content


def test_a_ledger_of_a_newer_linli_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Store.open(path).writing("pretend") as db:
        db.execute("PRAGMA user_version = 999")
    with pytest.raises(LedgerError, match="schema 999, newer than") as caught:
        Ledger.open(path)
    assert caught.value.code == "newer"


def test_a_spooled_request_filed_just_before_a_crash_is_not_filed_twice(tmp_path: Path) -> None:
    path, spool = tmp_path / "ledger.db", tmp_path / "spool"
    filed = FiledRequest("taxi", {"destination": "医院"}, resident=None, note="轮椅")
    with Ledger.open(path) as ledger:
        ledger.file(filed)
    Spool(spool).keep(filed)  # the program died between filing and deleting
    with Ledger.open(path, spool=spool) as ledger:
        assert [request.uid for request in ledger.requests()] == [filed.uid]
    assert Spool(spool).waiting() == []


def test_a_spooled_request_comes_back_exactly(tmp_path: Path) -> None:
    from station.clock import now

    filed = FiledRequest(
        "meal", {"items": [{"name": "饺子", "quantity": 1.5}]}, "phone", phone="138", created=now()
    )
    Spool(tmp_path).keep(filed)
    ((_, read),) = Spool(tmp_path).read()
    assert read == filed


def test_a_spool_file_that_cannot_be_read_is_set_aside_not_deleted(tmp_path: Path) -> None:
    spool = tmp_path / "spool"
    spool.mkdir()
    (spool / "a.json").write_text("{half")
    (spool / "b.json").write_text(json.dumps({"intent": "taxi", "colour": "red"}))
    Spool(spool).keep(FiledRequest("taxi", channel="pigeon"))  # type: ignore[arg-type]
    Spool(spool).keep(FiledRequest("taxi"))
    with Ledger.open(tmp_path / "ledger.db", spool=spool) as ledger:
        assert len(list(ledger.requests())) == 1
    left = sorted(path.suffix for path in spool.iterdir())
    assert left == [".refused", ".unreadable", ".unreadable"]


def test_when_the_spool_fails_too_the_error_says_both(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file where the folder should be")
    path = tmp_path / "ledger.db"
    with Ledger.open(path, busy_seconds=0.1) as fine:
        broken = Ledger(fine.store, Spool(tmp_path / "spool"), fine._clock)
        stuck = sqlite3.connect(path, isolation_level=None)
        stuck.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerError, match="holds the ledger") as caught:
            broken.file(FiledRequest("taxi"))
        stuck.close()
    assert caught.value.spooled is None
    assert "the spool cannot be written" in caught.value.__notes__[0]
