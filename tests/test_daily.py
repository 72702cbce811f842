"""Where no timer and no cron does it, the station backs itself up and tries itself, once a day."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from linli import daily
from linli.daily import DEEDS, look
from linli.units import UNITS
from station import backup, checks, clock
from station.ledger import Ledger
from station.settings import Settings

BACKUP, SELFTEST = DEEDS
DAY = timedelta(days=1)


@pytest.fixture
def file(station: Path) -> Path:
    """A station that was set up a week ago and has a ledger."""
    file = station / "station.toml"
    file.write_text('[station]\nname = "河口站"\naddress = "河口路1号"\n', "utf-8")
    settings = Settings.load(file)
    Ledger.open(settings.data.ledger).close()
    for deed in DEEDS:
        settings.data.ledger.with_name(f"daily-{deed.name}").write_text(
            (clock.now() - 7 * DAY).isoformat()
        )
    return file


def tried(file: Path, *deeds: daily.Deed, system: Path | None = None) -> list[str]:
    """One look of one program, now."""
    nowhere = system or file.parent / "no systemd"
    never = threading.Event()
    settings = Settings.load(file)
    return look(settings, clock.now(), never, file=file, deeds=deeds, system=nowhere)


def test_of_three_programs_one_makes_the_backup_and_none_makes_another(file: Path) -> None:
    with ThreadPoolExecutor(3) as programs:
        found = [programs.submit(tried, file, BACKUP) for _ in range(3)]
        done = sorted(each.result() for each in found)
    assert done == [[], [], ["backup"]]
    assert tried(file, BACKUP) == []
    assert len(backup.kept(Settings.load(file).data.backups)) == 1


def test_a_backup_nobody_can_read_is_none(file: Path) -> None:
    broken = Settings.load(file).data.backups / "linli-20991231-020000"
    broken.mkdir(parents=True)
    (broken / backup.MANIFEST).write_text("{", "utf-8")
    assert tried(file, BACKUP) == ["backup"]


@pytest.mark.timeout(900)
def test_the_station_tries_itself_and_writes_down_what_it_found(file: Path) -> None:
    assert tried(file, SELFTEST) == ["selftest"]
    last = checks.last(checks.file_of(Settings.load(file).data.ledger))
    assert last is not None
    assert clock.now() - last.at < DAY / 24
    assert {"disk", "backup", "speech", "kiosk"} <= {each.name for each in last.checks}
    assert tried(file, SELFTEST) == []


def test_what_a_timer_of_systemd_does_is_left_to_it(file: Path, tmp_path: Path) -> None:
    system = tmp_path / "system"
    system.mkdir()
    for deed in DEEDS:
        assert (UNITS / deed.timer).exists()
        (system / deed.timer).touch()
    assert tried(file, *DEEDS, system=system) == []


def test_what_somebodys_cron_has_done_is_not_done_again(file: Path) -> None:
    settings = Settings.load(file)
    checks.keep(checks.file_of(settings.data.ledger), checks.Checked(clock.now(), ()))
    assert tried(file, SELFTEST) == []


def test_a_station_that_was_just_set_up_waits_for_its_first_night(file: Path) -> None:
    ledger = Settings.load(file).data.ledger
    ledger.with_name("daily-selftest").unlink()
    assert tried(file, SELFTEST) == []
    assert datetime.fromisoformat(ledger.with_name("daily-selftest").read_text()) <= clock.now()
    assert not checks.file_of(ledger).exists()


def test_a_program_that_is_stopped_takes_its_self_test_with_it(file: Path) -> None:
    stop = threading.Event()
    stop.set()
    settings = Settings.load(file)
    nowhere = file.parent / "no systemd"
    assert look(settings, clock.now(), stop, file=file, deeds=[SELFTEST], system=nowhere)
    assert not checks.file_of(settings.data.ledger).exists()
