"""Ledgers of every earlier version open, complete and writable."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from station.errors import LedgerError
from station.ledger import Ledger
from station.listing import Filter
from station.requests import FiledRequest
from station.schema import VERSION, migrations
from station.store import Store

KEPT = Path(__file__).parent / "data" / "ledgers"
VERSIONS = sorted(KEPT.glob("v*.sql"))


def restored(dump: Path, path: Path) -> Path:
    shell = sqlite3.connect(path)
    shell.executescript(dump.read_text("utf-8"))
    shell.close()
    return path


def test_a_ledger_of_every_version_is_kept() -> None:
    assert [dump.stem for dump in VERSIONS] == [f"v{n}" for n in range(1, VERSION + 1)]


@pytest.mark.parametrize("dump", VERSIONS, ids=lambda dump: dump.stem)
def test_an_older_ledger_opens_complete_and_writable(tmp_path: Path, dump: Path) -> None:
    with Ledger.open(restored(dump, tmp_path / "ledger.db")) as ledger:
        assert ledger.store.version() == VERSION
        assert ledger.contradictions() == []
        taxi, meal = ledger.requests(Filter(limit=2))
        assert (taxi.number, taxi.status, taxi.resident_name) == ("1123-001", "done", "王秀英")
        assert taxi.slots == {"destination": "火车站", "passengers": 2}
        assert [change.what for change in ledger.history(taxi.number)] == [
            "filed",
            "changed",
            "status",
            "status",
            "noted",
        ]
        assert (meal.kind, meal.status) == ("handed_over", "new")
        assert len(ledger.utterances("talk-1")) == 2
        wang = ledger.resident_by_phone("13812345678")
        assert wang is not None
        assert [contact.name for contact in wang.contacts] == ["李强", "李芳"]
        number = ledger.file(FiledRequest("taxi", resident=wang.id)).number
        assert ledger.advance(number, "accepted", by="李静").status == "accepted"


@pytest.mark.parametrize("dump", VERSIONS, ids=lambda dump: dump.stem)
def test_an_older_ledger_has_the_same_tables_as_a_new_one(tmp_path: Path, dump: Path) -> None:
    def tables(path: Path) -> list[tuple[str, str, str]]:
        with Ledger.open(path) as ledger:
            sql = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
            return sorted((row["type"], row["name"], row["sql"]) for row in ledger.store.read(sql))

    assert tables(restored(dump, tmp_path / "old.db")) == tables(tmp_path / "new.db")


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    Ledger.open(path).close()
    before = path.read_bytes()
    Ledger.open(path).close()
    assert path.read_bytes() == before


def test_an_upgrade_that_fails_leaves_the_old_ledger(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        ledger.file(FiledRequest("taxi"))

    def half(db: object) -> None:
        db.execute("CREATE TABLE half (x)")  # type: ignore[attr-defined]
        db.execute("ALTER TABLE requests ADD COLUMN x TEXT")  # type: ignore[attr-defined]
        db.execute("SELECT x FROM nowhere")  # type: ignore[attr-defined]

    with monkeypatch.context() as patch:
        patch.setattr(migrations, "_migrations", [*migrations._migrations])
        migrations(name="002_half")(half)
        patch.setattr("station.store.VERSION", VERSION + 1)
        with pytest.raises(LedgerError, match="nowhere"):
            Store.open(path)
    with Ledger.open(path) as ledger:
        assert ledger.store.version() == VERSION
        assert not ledger.store.db["half"].exists()
        assert len(list(ledger.requests())) == 1
