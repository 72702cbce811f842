"""One page tells whether the station lives, what happened last, and what is to be done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_schema import KEPT, restored

from linli import status
from linli.doctor import Finding
from linli.status import Seen, ago, running
from linli.upgrade_home import Home, Journal
from station import backup, clock
from station.backup import Places
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import SHIPPED, Settings
from station.spool import Spool

NOW = datetime.fromisoformat("2026-11-25T09:00:00+08:00")


@pytest.fixture
def seen(tmp_path: Path) -> Seen:
    """A station on which nothing has happened yet."""
    file = tmp_path / "station.toml"
    file.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    return Seen(Settings.load(file), tmp_path, NOW)


def told(findings: Iterator[Finding]) -> list[str]:
    return [f"{found.level} {found.area} {found.what} {found.fix}" for found in findings]


def test_a_station_that_was_never_used_says_so(seen: Seen) -> None:
    assert told(status.ledger(seen)) == ["ok 台账 还没有台账，还没有人办过事。 "]
    assert told(status.saved(seen)) == ["warn 备份 一份也没有。 运行 linli backup。"]
    assert not seen.settings.data.ledger.exists()


def test_an_older_ledger_is_read_and_left_as_it_is(seen: Seen) -> None:
    path = seen.settings.data.ledger
    path.parent.mkdir()
    restored(KEPT / "v1.sql", path)
    before = path.read_bytes()
    lines = told(status.ledger(seen))
    assert any("最近一件 1123-003" in line for line in lines), lines
    assert path.read_bytes() == before


def test_an_alarm_nobody_has_taken_comes_with_what_to_do(seen: Seen) -> None:
    data = seen.settings.data
    with Ledger.open(data.ledger, clock=lambda: NOW - timedelta(hours=3)) as ledger:
        number = ledger.file(FiledRequest("emergency", priority="emergency")).number
        lines = told(status.ledger(seen))
        assert any(f"最近一件 {number}，3 小时前" in line for line in lines)
        (alarm,) = [line for line in lines if line.startswith("bad")]
        assert number in alarm
        assert "值班台" in alarm
        ledger.advance(number, "accepted", by="李静")
        assert not [line for line in told(status.ledger(seen)) if line.startswith("bad")]


def test_a_call_that_was_promised_and_is_late_is_told(seen: Seen) -> None:
    with Ledger.open(seen.settings.data.ledger) as ledger, ledger.store.writing("owe") as db:
        ledger_row = "INSERT INTO callbacks (uid, at, phone, why, due) VALUES (?, ?, '', 'busy', ?)"
        for uid, due in (("a", NOW - timedelta(minutes=20)), ("b", NOW + timedelta(hours=1))):
            db.execute(ledger_row, (uid, clock.to_text(NOW), clock.to_text(due)))
    with Ledger.open(seen.settings.data.ledger) as ledger:
        ledger.file(FiledRequest("taxi"))
    (late,) = [line for line in told(status.ledger(seen)) if "答应" in line]
    assert late.startswith("bad 等回电 有 1 个")
    assert "等着 2 个" in late


def test_requests_that_wait_and_a_ledger_that_is_none_are_told(seen: Seen) -> None:
    Spool(seen.settings.data.spool).keep(FiledRequest("taxi"))
    (line,) = told(status.waiting(seen))
    assert line.startswith("bad 待登记 有 1 件")
    seen.settings.data.ledger.write_bytes(b"no ledger " * 500)
    (line,) = told(status.ledger(seen))
    assert line.startswith("bad 台账")


@pytest.mark.parametrize(("age", "level"), [(timedelta(hours=7), "ok"), (timedelta(days=3), "bad")])
def test_a_backup_of_last_night_is_well_and_an_old_one_is_not(
    seen: Seen, age: timedelta, level: str
) -> None:
    data = seen.settings.data
    Ledger.open(data.ledger).close()
    backup.make(Places(data.ledger, {}), data.backups, keep=3, now=NOW - age)
    (found,) = status.saved(seen)
    assert found.level == level
    assert ago(NOW - age, NOW) in found.what


def test_a_program_that_runs_is_alive_and_only_at_its_own_station(
    seen: Seen, tmp_path: Path
) -> None:
    script = tmp_path / "linli"
    script.write_text("input()\n")
    environment = {**os.environ, "LINLI_HOME": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, script, "kiosk", "--watch"], stdin=subprocess.PIPE, env=environment
    ) as kiosk:
        alive = running(tmp_path)
        lines = told(status.parts(replace(seen, now=clock.now())))
        elsewhere = running(tmp_path / "elsewhere")
        kiosk.communicate(b"\n")
    assert "linli kiosk" in alive
    assert "linli kiosk" not in elsewhere
    assert "ok 大屏 在运行，刚才打开的。 " in lines
    (console,) = [line for line in lines if "值班台" in line.split()[1]]
    assert console.startswith("bad 值班台 没有在运行。 运行 sudo systemctl start linli-console")


def test_an_upgrade_that_was_cut_short_is_told_first(seen: Seen) -> None:
    home = Home(seen.root)
    home.releases.mkdir()
    home.note(Journal(".", "releases/0.2", "switched"))
    first, *_ = told(status.release(seen))
    assert first == "bad 版本 升级到 0.2 做到一半停下了。 运行 sudo linli upgrade --resume。"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "刚才"), (5, "5 分钟前"), (119, "119 分钟前"), (130, "2 小时前"), (3000, "2 天前")],
)
def test_ages_are_said_as_people_say_them(minutes: int, said: str) -> None:
    assert ago(NOW - timedelta(minutes=minutes), NOW) == said


def test_every_sentence_can_be_said(seen: Seen) -> None:
    for area in status.PARTS:
        assert status.words()["findings"]["start"][area]
    assert {found.area for found in status.status(seen)} >= {"大屏", "值班台", "备份", "磁盘空间"}
