"""Backups: whole or not there, taken beside those who file, and they come back as they were."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station import audit, backup, clock
from station.accounts import Accounts
from station.backup import Places, check, kept, make
from station.clock import BEIJING
from station.errors import BackupError
from station.ledger import Ledger
from station.passwords import Cost
from station.requests import FiledRequest
from station.restore import Restored, restore
from station.sessions import NoSession, Sessions
from station.spool import Spool

NIGHT = datetime(2026, 11, 23, 2, 0, tzinfo=BEIJING)
CHILD = Path(__file__).with_name("office_child.py")
ROOT = CHILD.parent.parent


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A station with a request, two recordings, settings and a request that waits."""
    home = tmp_path / "home"
    sounds = home / "recordings" / "2026" / "11" / "22"
    sounds.mkdir(parents=True)
    for name in ("a-001.ogg", "b-001.ogg"):
        (sounds / name).write_bytes(name.encode() * 500)
    (home / "station.toml").write_text("[station]\n", "utf-8")
    found = Places(
        home / "ledger.db",
        {
            "spool": home / "spool",
            "audit": home / "audit.heads",
            "recordings": home / "recordings",
            "settings": home / "station.toml",
            "photos": home / "photos",
        },
    )
    with Ledger.open(found.ledger) as ledger:
        ledger.file(FiledRequest("taxi", {"destination": "人民医院"}))
    return found


def start(*words: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(CHILD), *map(str, words)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def filing(places: Places) -> Iterator[Callable[[], list[str]]]:
    """Another process files all the while; gives what it said once it is stopped."""
    child = start("file", places.ledger, places.trees["spool"])
    assert child.stdout is not None
    said = [child.stdout.readline().strip()]

    def more(count: int = 1) -> list[str]:
        assert child.stdout is not None
        said.extend(child.stdout.readline().strip() for _ in range(count))
        return said

    yield more
    child.send_signal(signal.SIGTERM)
    out, _ = child.communicate(timeout=60)
    assert "lost" not in out


def uids(path: Path) -> set[str]:
    with Ledger.open(path) as ledger:
        return {request.uid for request in ledger.requests()}


def back(folder: Path, places: Places, *, aside: bool = True) -> Restored:
    return restore(folder, places, aside=aside, by="shell:root", now=NIGHT + timedelta(hours=8))


def test_a_backup_holds_everything_and_only_its_owner_reads_it(
    places: Places, tmp_path: Path
) -> None:
    Spool(places.trees["spool"]).keep(FiledRequest("meal"))
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    assert made.folder.name == "linli-20261123-020000"
    assert (made.made, made.requests) == (NIGHT, 1)
    names = sorted(path.partition("/")[0] for path in made.files)
    assert names == ["ledger.db", "recordings", "recordings", "settings", "spool"]
    assert check(made.folder) == made
    modes = {path.stat().st_mode & 0o077 for path in made.folder.rglob("*") if path.is_file()}
    assert modes == {0}
    assert made.folder.stat().st_mode & 0o077 == 0


def test_what_another_process_filed_before_the_backup_began_is_in_it_and_nobody_waits(
    places: Places, tmp_path: Path, filing: Callable[..., list[str]]
) -> None:
    before = list(filing(20))
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    after = filing(5)
    assert {line.split()[0] for line in after} == {"filed"}
    saved = uids(made.folder / "ledger.db")
    assert {line.split()[1] for line in before} <= saved


def test_a_station_comes_back_as_it_was(places: Places, tmp_path: Path) -> None:
    accounts = Accounts(Ledger.open(places.ledger).store, cost=Cost(1, 64, 1))
    accounts.become_first(accounts.first_code(), "lijing", "李静", "seven grey herons")
    token, _ = Sessions(accounts).log_in("lijing", "seven grey herons")
    audit.note_head(accounts.store, places.trees["audit"], NIGHT)
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    shutil.rmtree(places.ledger.parent)
    assert back(made.folder, places, aside=False).aside == ()
    with Ledger.open(places.ledger, spool=places.trees["spool"]) as ledger:
        (request,) = ledger.requests()
        assert request.slots == {"destination": "人民医院"}
        assert ledger.contradictions() == []
        restored = Accounts(ledger.store, cost=Cost(1, 64, 1))
        with pytest.raises(NoSession):
            Sessions(restored).session(token)
        Sessions(restored).log_in("lijing", "seven grey herons")
        heads = audit.noted_heads(places.trees["audit"])
        assert audit.verify(ledger.store, heads).broken is None
        assert "restored" in [each.what for each in audit.entries(ledger.store)]
    sounds = sorted(path.name for path in places.trees["recordings"].rglob("*.ogg"))
    assert sounds == ["a-001.ogg", "b-001.ogg"]
    assert places.trees["settings"].read_text("utf-8") == "[station]\n"


def test_what_is_there_is_never_written_over(places: Places, tmp_path: Path) -> None:
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    before = places.ledger.read_bytes()
    with pytest.raises(BackupError, match="use --aside") as caught:
        back(made.folder, places, aside=False)
    assert caught.value.code == "in_the_way"
    assert places.ledger.read_bytes() == before


def test_the_old_station_is_moved_aside_and_what_only_it_knows_is_told(
    places: Places, tmp_path: Path
) -> None:
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    with Ledger.open(places.ledger) as ledger:
        later = ledger.file(FiledRequest("meal"))
    done = back(made.folder, places)
    assert done.lost == (later.number,)
    aside = next(path for path in done.aside if path.name.startswith("ledger.db.before-"))
    assert later.uid in uids(aside)
    assert later.uid not in uids(places.ledger)


def test_a_damaged_station_is_replaced_though_nobody_can_tell_what_was_in_it(
    places: Places, tmp_path: Path
) -> None:
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    places.ledger.write_bytes(b"no ledger any more" * 500)
    assert back(made.folder, places).lost is None
    assert len(uids(places.ledger)) == 1


def test_a_restore_while_another_process_files_loses_nothing_it_promised(
    places: Places, tmp_path: Path, filing: Callable[..., list[str]]
) -> None:
    before = list(filing(10))
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    filing(10)
    done = back(made.folder, places)
    said = filing(60)  # it notices that its ledger was moved, and puts requests into the spool
    aside = next(path for path in done.aside if path.name.startswith("ledger.db.before-"))
    with Ledger.open(places.ledger, spool=places.trees["spool"]) as ledger:
        restored = {request.uid for request in ledger.requests()}
        assert ledger.contradictions() == []
    old = uids(aside)
    assert {line.split()[1] for line in before} <= restored
    filed = {line.split()[1] for line in said if line.startswith("filed ")}
    spooled = {line.split()[1] for line in said if line.startswith("spooled ")}
    assert filed <= old
    assert spooled
    assert spooled <= restored


def test_the_newest_stay_and_the_oldest_go(places: Places, tmp_path: Path) -> None:
    to = tmp_path / "saved"
    (to / "holiday pictures").mkdir(parents=True)
    for day in range(5):
        make(places, to, keep=3, now=NIGHT + timedelta(days=day))
    assert [path.name[6:14] for path in kept(to)] == ["20261125", "20261126", "20261127"]
    assert (to / "holiday pictures").exists()


def test_two_backups_of_one_second_are_two(places: Places, tmp_path: Path) -> None:
    for _ in range(3):
        make(places, tmp_path / "saved", keep=9, now=NIGHT)
    assert [path.name for path in kept(tmp_path / "saved")] == [
        f"linli-20261123-020000{end}" for end in ("", "-2", "-3")
    ]


def test_a_recording_is_on_the_disk_once_however_many_backups_have_it(
    places: Places, tmp_path: Path
) -> None:
    first = make(places, tmp_path / "saved", keep=9, now=NIGHT).folder
    second = make(places, tmp_path / "saved", keep=9, now=NIGHT).folder
    sound = Path("recordings/2026/11/22/a-001.ogg")
    assert (first / sound).stat().st_ino == (second / sound).stat().st_ino
    (first / sound).unlink()
    (first / sound).write_bytes(b"x" * (second / sound).stat().st_size)  # the disk went bad
    with pytest.raises(BackupError, match=r"a-001\.ogg: missing or not as it was saved"):
        check(first)
    check(make(places, tmp_path / "saved", keep=9, now=NIGHT).folder)


@pytest.mark.parametrize("deed", ["changed", "gone", "no manifest", "no ledger", "other ledger"])
def test_a_backup_that_is_not_whole_is_refused_before_anything_is_touched(
    places: Places, tmp_path: Path, deed: str
) -> None:
    folder = make(places, tmp_path / "saved", keep=3, now=NIGHT).folder
    if deed == "changed":
        (folder / "settings" / "station.toml").write_text("[other]\n")
    elif deed == "gone":
        next(folder.rglob("b-001.ogg")).unlink()
    elif deed == "no manifest":
        (folder / "manifest.json").write_text('{"made": 1}')
    elif deed == "no ledger":
        (folder / "ledger.db").unlink()
    else:
        shell = sqlite3.connect(folder / "ledger.db", isolation_level=None)
        shell.execute("INSERT INTO residents (name, created, changed) VALUES ('x', '', '')")
        shell.close()
    before = sorted(path.name for path in places.ledger.parent.iterdir())
    with pytest.raises(BackupError) as caught:
        back(folder, places)
    assert caught.value.code == "damaged"
    assert sorted(path.name for path in places.ledger.parent.iterdir()) == before


def test_a_full_disk_is_told_before_anything_is_written(
    places: Places, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        shutil,
        "disk_usage",
        lambda _: shutil._ntuple_diskusage(10**9, 10**9, 3_000_000),  # type: ignore[attr-defined]
    )
    with pytest.raises(BackupError, match=r"too full for a backup \(3 MB free, 50 MB needed\)"):
        make(places, tmp_path / "saved", keep=3, now=NIGHT)
    assert kept(tmp_path / "saved") == []


def test_a_disk_that_fills_up_meanwhile_leaves_earlier_backups_and_nothing_half(
    places: Places, tmp_path: Path
) -> None:
    to = tmp_path / "saved"
    whole = make(places, to, keep=3, now=NIGHT)
    (places.trees["recordings"] / "long.wav").write_bytes(b"x" * 3_000_000)
    child = start("starve", places.ledger, to, 2_000_000)
    out, _ = child.communicate(timeout=60)
    assert out.startswith("disk_full ")
    assert [path.name for path in to.iterdir() if path.name != ".lock"] == [whole.folder.name]
    check(whole.folder)


def test_half_a_backup_of_a_killed_program_is_cleared_away_and_never_taken_for_one(
    places: Places, tmp_path: Path
) -> None:
    to = tmp_path / "saved"
    half = to / "linli-20261122-020000.part"
    half.mkdir(parents=True)
    (half / "manifest.json").write_text("{}")
    assert kept(to) == []
    made = make(places, to, keep=3, now=NIGHT)
    assert not half.exists()
    assert kept(to) == [made.folder]


def test_two_backups_at_the_same_moment_are_one_and_a_clear_answer(
    places: Places, tmp_path: Path
) -> None:
    import fcntl

    to = tmp_path / "saved"
    to.mkdir()
    with (to / ".lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(BackupError, match="another backup is being made") as caught:
            make(places, to, keep=3, now=NIGHT)
    assert caught.value.code == "busy"


def test_a_station_without_a_ledger_has_nothing_to_save(tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="there is no ledger yet"):
        make(Places(tmp_path / "ledger.db", {}), tmp_path / "saved", keep=3, now=clock.now())


def test_a_place_that_cannot_be_written_is_named(places: Places, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(BackupError, match="allow Linli's user to write"):
        make(places, tmp_path / "file", keep=3, now=NIGHT)


def test_a_manifest_cannot_lead_out_of_its_folder(places: Places, tmp_path: Path) -> None:
    made = make(places, tmp_path / "saved", keep=3, now=NIGHT)
    text = (made.folder / backup.MANIFEST).read_text("utf-8")
    (tmp_path / "saved" / "evil").write_text("")
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    outside = text.replace('"files": {', f'"files": {{"../evil": [0, "{empty}"],')
    (made.folder / backup.MANIFEST).write_text(outside, "utf-8")
    with pytest.raises(BackupError, match="evil: missing or not as it was saved"):
        check(made.folder)
