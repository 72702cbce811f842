"""The audit tells who did what, in a chain that shows every change, gap and cut."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from station import audit
from station.audit import BrokenAudit, Head
from station.clock import BEIJING
from station.store import Store

NINE = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)

RIVAL = """
import sys
from pathlib import Path
from station import audit, clock
from station.store import Store
store = Store.open(Path(sys.argv[1]), busy_seconds=60)
for n in range(int(sys.argv[3])):
    audit.record(store, at=clock.now(), by=sys.argv[2], what="told", detail={"n": n})
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "ledger.db")
    yield opened
    opened.close()


def write(store: Store, count: int) -> None:
    for n in range(1, count + 1):
        audit.record(
            store, at=NINE, by="lijing", what="phone.revealed", target=f"resident {n}",
            detail={"why": "回电"},
        )  # fmt: skip


def tamper(store: Store, *statements: str) -> None:
    """Whoever owns the file can lift the triggers; the chain has to tell."""
    shell = sqlite3.connect(store.path)
    for row in shell.execute("SELECT name FROM sqlite_master WHERE tbl_name = 'audit'").fetchall():
        shell.execute(f"DROP TRIGGER IF EXISTS {row[0]}")
    for statement in statements:
        shell.execute(statement)
    shell.commit()
    shell.close()


def test_an_entry_is_read_back_as_it_was_written(store: Store) -> None:
    write(store, 2)
    newest, oldest = audit.entries(store)
    assert (oldest.id, oldest.at, oldest.by, oldest.what) == (1, NINE, "lijing", "phone.revealed")
    assert (newest.target, newest.detail) == ("resident 2", {"why": "回电"})
    assert [each.id for each in audit.entries(store, before=2)] == [1]
    assert [each.id for each in audit.entries(store, target="resident 2")] == [2]
    assert audit.entries(store, by="zhang") == []


def test_an_untouched_audit_is_whole_and_so_is_an_empty_one(store: Store) -> None:
    assert audit.verify(store) == audit.Checked(Head(0, ""))
    write(store, 3)
    assert audit.verify(store).broken is None
    assert audit.verify(store).head == audit.head(store)


def test_a_deed_that_is_not_done_is_not_told(store: Store) -> None:
    def fail_half_way() -> None:
        with store.writing("do something") as db:
            audit.append(db, at=NINE, by="lijing", what="request.merged")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    write(store, 1)
    assert [each.what for each in audit.entries(store)] == ["phone.revealed"]
    assert audit.verify(store).broken is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET by = 'zhang' WHERE id = 1",
        "DELETE FROM audit WHERE id = 3",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit WHERE id = 1",
        "INSERT INTO audit SELECT 9, at, by, what, target, detail, hash, hash FROM audit LIMIT 1",
        "INSERT INTO audit SELECT 4, at, by, what, target, detail, hash, hash FROM audit LIMIT 1",
    ],
)
def test_a_database_shell_may_not_change_it(store: Store, statement: str) -> None:
    write(store, 3)
    shell = sqlite3.connect(store.path)
    with pytest.raises(sqlite3.IntegrityError, match=r"append-only|continues the last one"):
        shell.execute(statement)
    shell.close()
    assert audit.verify(store).broken is None


@pytest.mark.parametrize("column", ["at", "by", "what", "target", "detail", "previous", "hash"])
def test_a_change_behind_the_triggers_is_named_whatever_it_is(store: Store, column: str) -> None:
    write(store, 5)
    other = "'{}'" if column == "detail" else f"'{'0' * 64}'"
    tamper(store, f"UPDATE audit SET {column} = {other} WHERE id = 3")  # noqa: S608 - a test
    found = audit.verify(store)
    assert (found.broken, found.why, found.head.id) == (3, "changed", 2)


def test_a_gap_is_named(store: Store) -> None:
    write(store, 5)
    tamper(store, "DELETE FROM audit WHERE id IN (2, 3)")
    assert audit.verify(store).broken == 2
    assert audit.verify(store).why == "missing"


def test_an_end_cut_off_is_named(store: Store) -> None:
    write(store, 5)
    tamper(store, "DELETE FROM audit WHERE id > 3")
    assert (audit.verify(store).broken, audit.verify(store).why) == (4, "cut_off")


def test_a_chain_written_anew_contradicts_a_head_that_was_noted(store: Store) -> None:
    write(store, 5)
    noted = audit.head(store)
    rows = store.read("SELECT * FROM audit ORDER BY id")
    tamper(store, "DELETE FROM audit", "DELETE FROM sqlite_sequence WHERE name = 'audit'")
    for row in rows:
        audit.record(store, at=NINE, by="somebody else", what=row["what"], target=row["target"])
    assert audit.verify(store).broken is None  # a whole chain of its own
    assert (audit.verify(store, [noted]).broken, audit.verify(store, [noted]).why) == (
        5,
        "rewritten",
    )


def test_a_head_beyond_the_end_shows_what_was_cut_with_its_traces(store: Store) -> None:
    write(store, 5)
    noted = audit.head(store)
    tamper(
        store,
        "DELETE FROM audit WHERE id > 3",
        "UPDATE sqlite_sequence SET seq = 3 WHERE name = 'audit'",
    )
    assert audit.verify(store).broken is None
    assert audit.verify(store, [noted]).why == "cut_off"


def test_heads_are_noted_once_each_and_read_back(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "heads" / "audit.heads"
    assert audit.note_head(store, file, NINE) == Head(0, "")
    assert audit.noted_heads(file) == []
    write(store, 2)
    heads = [audit.note_head(store, file, NINE) for _ in range(2)]
    write(store, 1)
    heads.append(audit.note_head(store, file, NINE))
    assert audit.noted_heads(file) == [heads[0], heads[2]]
    assert audit.verify(store, audit.noted_heads(file)).broken is None


def test_a_file_of_heads_that_somebody_changed_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "audit.heads"
    file.write_text(f"1 {'a' * 64} x\nhello\n")
    with pytest.raises(BrokenAudit, match=r"audit\.heads:2: 'hello' is no noted head"):
        audit.noted_heads(file)


def test_programs_that_write_at_the_same_time_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    store = Store.open(path)
    rivals = [
        subprocess.Popen([sys.executable, "-c", RIVAL, str(path), name, "25"])
        for name in ("kiosk", "phone", "console")
    ]
    assert [rival.wait(120) for rival in rivals] == [0, 0, 0]
    checked = audit.verify(store)
    assert (checked.broken, checked.head.id) == (None, 75)
    for name in ("kiosk", "phone", "console"):
        told = audit.entries(store, by=name, limit=200)
        assert [each.detail["n"] for each in reversed(told)] == list(range(25))
    store.close()


def test_a_long_audit_is_checked_page_by_page(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "PAGE", 2)
    write(store, 5)
    assert audit.verify(store).head.id == 5
    tamper(store, "UPDATE audit SET by = 'x' WHERE id = 5")
    assert audit.verify(store) == replace(audit.verify(store), broken=5, why="changed")
