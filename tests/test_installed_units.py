"""What systemd has of a station follows its release: new timers run, old ones go, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_schema import KEPT, restored
from upgrade_child import OLD, prover, station

from linli.installed_units import InstalledUnits
from linli.services import Services
from linli.units import COMMAND, Machine, rendered
from linli.upgrade import Upgrader
from linli.upgrade_home import UpgradeError
from station.settings import Settings


class Systemd:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, verb: str, *units: str) -> tuple[int, str]:
        self.told.append(" ".join([verb, *units]))
        return 0, ""


class Ours(Services):
    """A machine on which systemd runs the station; its services are always up."""

    here = True

    def stop(self) -> None:
        """Nothing runs."""

    def start(self) -> None:
        """Nothing is to run."""

    def renew(self) -> None:
        """There is no exchange."""

    def late(self) -> list[str]:
        """All of them are up."""
        return []

    def hand_over(self, folders: object) -> None:
        """Everything is ours."""


@pytest.fixture
def systemd() -> Systemd:
    return Systemd()


@pytest.fixture
def units(tmp_path: Path, systemd: Systemd) -> InstalledUnits:
    """A station of a release that had no self-test yet, and a service that is no more."""
    system, command = tmp_path / "system", tmp_path / "bin" / COMMAND.name
    system.mkdir()
    command.parent.mkdir()
    for name, text in rendered(Settings.load(None), Machine(tmp_path / "home", "li")).items():
        if "selftest" not in name and name not in {"linli.nft", COMMAND.name}:
            (system / name).write_text(text.replace("Nice=10\n", ""), "utf-8")
    (system / "linli-older.service").write_text("[Install]\nWantedBy=linli.target\n", "utf-8")
    (system / "ssh.service").write_text("[Service]\n", "utf-8")
    command.write_text("#!/bin/sh\n", "utf-8")
    return InstalledUnits(system, command, systemd)


def test_a_release_brings_its_timers_and_takes_away_what_it_has_not(
    units: InstalledUnits, systemd: Systemd, tmp_path: Path
) -> None:
    wanted = rendered(Settings.load(None), Machine(tmp_path / "home", units.user()))
    fresh = units.become(wanted)
    assert fresh == ["linli-selftest.timer"]
    assert systemd.told == [
        "disable --now linli-older.service",
        "daemon-reload",
        "enable linli-selftest.timer",
        "start --no-block linli-selftest.timer",
    ]
    del wanted["linli.nft"]
    assert units.texts() == wanted
    assert "User=li\n" in wanted["linli-console.service"]
    assert (units.system / "ssh.service").exists()
    assert units.command.stat().st_mode & 0o111
    assert units.become(wanted) == []
    assert len(systemd.told) == 4


def test_a_machine_that_has_no_station_gets_none(tmp_path: Path, systemd: Systemd) -> None:
    bare = InstalledUnits(tmp_path, tmp_path / "linli", systemd)
    assert bare.become(rendered(Settings.load(None), Machine(tmp_path))) == []
    assert (bare.texts(), bare.user(), systemd.told) == ({}, "linli", [])


def test_an_upgrade_that_goes_back_has_the_units_of_before(
    units: InstalledUnits, tmp_path: Path
) -> None:
    home = station(restored(KEPT / "v1.sql", tmp_path / "old.db"), tmp_path / "home")
    stood = units.texts()
    services = Ours(installed=units)
    with pytest.raises(UpgradeError, match="no sound"):
        Upgrader(home, lambda _: None, services, prover("no sound")).finish("new")
    assert units.texts() == stood
    one = Upgrader(home, lambda _: None, services, prover("well"))
    one.finish("new")
    assert {"linli-selftest.timer"} == {name for name in units.texts() if "test.timer" in name}
    one.rollback(lambda _: True)
    assert units.texts() == stood


@pytest.mark.parametrize("also_back", [False, True])
def test_units_that_cannot_be_written_lead_back_and_the_old_release_serves(
    units: InstalledUnits, tmp_path: Path, also_back: bool
) -> None:
    home = station(restored(KEPT / "v1.sql", tmp_path / "old.db"), tmp_path / "home")
    stood, told = units.texts(), list[str]()
    (units.system / ".linli-selftest.timer.new").mkdir()  # nothing can be written under this name
    if also_back:
        (units.system / ".linli-older.service.new").mkdir()
    with pytest.raises(UpgradeError, match="开机服务换不上"):
        Upgrader(home, told.append, Ours(installed=units), prover("well")).finish("new")
    assert (home.in_use(), home.journal()) == (OLD, None)
    assert any("没能全换回去" in line for line in told) == also_back
    assert (units.texts() == stood) != also_back
