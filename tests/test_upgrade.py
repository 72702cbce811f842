"""An upgrade: proved on a copy, switched, or back as if nothing had been; killed at any moment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from test_schema import KEPT, VERSIONS, restored
from upgrade_child import NEW, OLD, prover, station, upgrader

from linli import placing, upgrade_ledger
from linli.errors import UsageError
from linli.paths import MODELS, SOURCE
from linli.services import Services, named
from linli.upgrade import Upgrader
from linli.upgrade_home import Home, UpgradeError, alone
from linli.upgrade_proof import proved, stage
from station.errors import BackupError, SettingsError
from station.ledger import Ledger
from station.schema import VERSION
from station.spool import Spool

CHILD = Path(__file__).with_name("upgrade_child.py")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return station(restored(KEPT / "v1.sql", tmp_path / "old.db"), tmp_path / "home")


def ledger_of(home: Home) -> Path:
    return home.root / "var" / "ledger.db"


def before(home: Home) -> tuple[str, int, list[str]]:
    """What elders and staff depend on."""
    files = sorted(path.name for path in (home.root / "var").iterdir())
    return home.in_use(), upgrade_ledger.version(ledger_of(home)), files


@pytest.mark.parametrize("dump", VERSIONS, ids=lambda dump: dump.stem)
def test_a_ledger_of_every_earlier_version_comes_along(tmp_path: Path, dump: Path) -> None:
    home = station(restored(dump, tmp_path / "old.db"), tmp_path / "home")
    upgrader(home, "well").finish("new")
    assert (home.in_use(), upgrade_ledger.version(ledger_of(home))) == (NEW, VERSION)
    with Ledger.open(ledger_of(home)) as ledger:
        assert ledger.contradictions() == []
        assert {"1123-001"} <= {request.number for request in ledger.requests()}


def test_a_release_that_fails_on_the_copy_changes_nothing_at_all(home: Home) -> None:
    stood = before(home)
    told: list[str] = []

    def unwell(_: Path, room: Path) -> list[str]:
        with Ledger.open(room / "var" / "ledger.db") as ledger:
            told.append(f"{len(list(ledger.requests()))} requests in the copy")
        return ["it does not hear"]

    with pytest.raises(UpgradeError, match="it does not hear"):
        Upgrader(home, told.append, Services(), unwell).finish("new")
    assert "3 requests in the copy" in told
    assert before(home) == stood


def test_one_that_fails_where_it_is_goes_back_by_itself_and_loses_nothing(home: Home) -> None:
    with pytest.raises(UpgradeError, match="no sound"):
        upgrader(home, "no sound").finish("new")
    assert (home.in_use(), upgrade_ledger.version(ledger_of(home))) == (OLD, 1)
    (waiting,) = Spool(home.root / "var" / "spool").read()
    assert waiting[1].uid == "while proved"
    assert (waiting[1].intent, waiting[1].created is not None) == ("meal", True)


def test_the_next_upgrade_after_one_that_failed_goes_through(home: Home) -> None:
    with pytest.raises(UpgradeError):
        upgrader(home, "no sound").finish("new")
    upgrader(home, "well").finish("new")
    with Ledger.open(ledger_of(home)) as ledger:
        assert "while proved" in {request.uid for request in ledger.requests()}


@pytest.mark.parametrize(("verdict", "end", "schema"), [("well", NEW, VERSION), ("ill", OLD, 1)])
def test_killed_at_any_moment_it_is_ended_by_the_next_start(
    tmp_path: Path, verdict: str, end: str, schema: int
) -> None:
    """Every moment at which something has reached the disk, one after the other."""
    ledger, room = restored(KEPT / "v1.sql", tmp_path / "old.db"), tmp_path / "room"
    done = subprocess.run(
        [sys.executable, CHILD, ledger, room, verdict],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": f"{SOURCE}:{CHILD.parent}"},
    )
    moments: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(moments) > 15
    assert [each["died"] for each in moments] == [True] * (len(moments) - 1) + [False]
    for each in moments:
        assert not each["under way"], each
        assert (each["current"], each["schema"]) in {(OLD, 1), (NEW, VERSION)}, each
        assert len([uid for uid in each["uids"] if uid != "while proved"]) == 3, each
        if each["step"] in {"switched", "going_back"}:
            assert "while proved" in each["uids"] + each["spool"], each
    assert (moments[-1]["current"], moments[-1]["schema"]) == (end, schema)
    steps = {each["step"] for each in moments}
    assert steps >= {"stopping", "saved", "switched", "going_back" if end == OLD else "saved"}


def test_going_back_days_later_files_again_what_was_asked_for_since(home: Home) -> None:
    told: list[str] = []
    one = Upgrader(home, told.append, Services(), prover("well"))
    one.finish("new")
    with Ledger.open(ledger_of(home)) as ledger:
        changed = ledger.advance("1123-002", "accepted", by="李静").number
    one.rollback(lambda _: True)
    assert (home.in_use(), upgrade_ledger.version(ledger_of(home))) == (OLD, 1)
    assert len(list(Spool(home.root / "var" / "spool").read())) == 1
    assert any(changed in line for line in told)
    assert list((home.root / "var").glob("ledger.db.newer-*"))
    with pytest.raises(UpgradeError, match="没有可以退回的版本"):
        one.rollback(lambda _: True)


def test_going_back_has_to_be_wanted(home: Home) -> None:
    upgrader(home, "well").finish("new")
    stood = before(home)
    upgrader(home, "well").rollback(lambda _: False)
    assert before(home) == stood


def test_a_key_the_new_release_does_not_know_is_explained_and_nothing_begun(home: Home) -> None:
    file = home.root / "station.toml"
    file.write_text(file.read_text("utf-8").replace("opens =", "opnes ="), "utf-8")
    stood = before(home)
    with pytest.raises(SettingsError, match=r"hours\.opnes: unknown key: did you mean opens\?"):
        upgrader(home, "well").finish("new")
    assert before(home) == stood


def test_a_ledger_of_a_newer_release_is_refused(home: Home) -> None:
    with Ledger.open(ledger_of(home)) as ledger:
        ledger.store.db.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(UpgradeError, match=str(VERSION + 1)):
        upgrader(home, "well").finish("new")


def test_whoever_still_has_the_ledger_open_is_named_and_goes_on(home: Home) -> None:
    script = "import sqlite3, sys; s = sqlite3.connect(sys.argv[1]); s.execute('BEGIN IMMEDIATE')"
    script += "; print(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, ledger_of(home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        stood = before(home)
        with pytest.raises(UpgradeError, match=str(holder.pid)):
            upgrader(home, "well").finish("new")
        assert before(home) == stood
        holder.communicate(b"\n")
    upgrader(home, "well").finish("new")


def test_where_no_backup_can_be_written_nothing_is_switched(home: Home) -> None:
    """Full, gone or read-only: what stands in for a disk here is a file."""
    (home.root / "var" / "backups").write_bytes(b"no folder")
    stood = before(home)
    with pytest.raises(BackupError):
        upgrader(home, "well").finish("new")
    assert before(home) == stood
    assert home.journal() is None


def test_two_upgrades_at_a_time_are_one_too_many(home: Home) -> None:
    with alone(home), pytest.raises(UpgradeError, match="another upgrade"), alone(home):
        raise AssertionError


def test_half_a_release_is_not_switched_to_and_old_ones_go(home: Home) -> None:
    (home.root / NEW / ".ready").unlink()
    with pytest.raises(UpgradeError, match="new"):
        upgrader(home, "well").finish("new")
    (home.root / NEW / ".ready").touch()
    (home.root / "releases" / "older").mkdir()
    upgrader(home, "well").finish("new")
    assert sorted(path.name for path in home.releases.iterdir() if path.is_dir()) == ["new", "old"]


def test_a_plain_checkout_is_a_release_too(home: Home) -> None:
    home.current.unlink()
    (home.root / "linli").mkdir()
    (home.root / ".venv" / "bin").mkdir(parents=True)
    (home.root / ".venv" / "bin" / "python").touch()
    upgrader(home, "well").finish("new")
    assert home.in_use() == NEW
    upgrader(home, "well").rollback(lambda _: True)
    assert (home.in_use(), home.current.resolve()) == (".", home.root.resolve())


def test_the_copy_is_heard_by_nobody(home: Home, tmp_path: Path) -> None:
    room = stage(tmp_path / "room", root=home.root)
    text = (room / "station.toml").read_text("utf-8")
    assert "enabled = false" in text
    assert str(home.root) not in text
    assert (room / "models").resolve() == MODELS.resolve()


@pytest.mark.timeout(900)
def test_a_station_is_really_proved_by_the_release_it_is_to_have(tmp_path: Path) -> None:
    """The program as it is: a ledger of the first version, a spoken sentence, the staff's pages."""
    home = station(restored(KEPT / "v1.sql", tmp_path / "old.db"), tmp_path / "home")
    (home.root / "models").symlink_to(MODELS)
    python = home.python(NEW)
    python.unlink()
    python.symlink_to(sys.executable)
    (home.root / NEW / ".venv" / "pyvenv.cfg").write_text(
        f"home = {Path(sys.base_prefix) / 'bin'}\n", "utf-8"
    )
    packages = home.root / NEW / ".venv" / "lib" / python_folder() / "site-packages"
    packages.mkdir(parents=True)
    paths = [str(SOURCE), *(path for path in sys.path if path.endswith("-packages"))]
    (packages / "linli.pth").write_text("\n".join(paths), "utf-8")
    Upgrader(home, lambda _: None, Services(), proved).finish("new")
    assert (home.in_use(), upgrade_ledger.version(ledger_of(home))) == (NEW, VERSION)


def python_folder() -> str:
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def test_a_release_that_does_not_even_start_is_not_well(tmp_path: Path) -> None:
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho broken >&2\nexit 1\n")
    python.chmod(0o755)
    (unwell,) = proved(python, tmp_path)
    assert "broken" in unwell


def test_the_newest_bundle_on_a_stick_is_found(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="linli upgrade"):
        placing.found([tmp_path])
    for number, name in enumerate(("first", "second")):
        folder = tmp_path / "stick" / name
        folder.mkdir(parents=True)
        for file in ("SHA256SUMS", "RELEASE"):
            (folder / file).touch()
            os.utime(folder / file, (number, number))
    assert placing.found([tmp_path]).name == "second"


def test_a_folder_that_is_no_linli_is_told_so(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="neither a bundle nor a checkout"):
        placing.upgrade(tmp_path, home, print)


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (["/x/.venv/bin/python", "-m", "linli", "phone", "serve"], "linli phone serve"),
        (["/x/.venv/bin/python", "/x/.venv/bin/linli", "kiosk", "--watch"], "linli kiosk"),
        (["/usr/bin/sqlite3", "ledger.db"], "sqlite3"),
    ],
)
def test_programs_are_called_what_people_call_them(command: list[str], name: str) -> None:
    assert named(command) == name
