"""What is silently dead is found the next morning, stands on the board, and goes when mended."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from wall import MONDAY, Wall

from linli.doctor_selftest import tried
from linli.keeping import save
from linli.nightly import Nightly
from linli.selftest import NAMES, tries
from linli.selftest_keep import room, saved
from linli.selftest_sense import callers, microphone
from linli.selftest_speech import kiosk
from linli.selftest_watch import well
from linli.selftest_words import found, words
from station import backup, checks
from station.checks import Check, Checked
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import Settings
from station.utterances import Utterance

DAY = timedelta(days=1)
pytestmark = pytest.mark.timeout(900)
"""A whole self-test loads all models, on a machine that may be busy."""


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(None, base=tmp_path)


@pytest.fixture(name="ledger")
def fixture_ledger(settings: Settings, wall: Wall) -> Ledger:
    return Ledger.open(settings.data.ledger, clock=wall)


def talks(
    ledger: Ledger, day: datetime, count: int, *, sure: float = 0.9, channel: str = "kiosk"
) -> None:
    """So many talks on a day, each with one sentence; sure 0 means that nothing was heard."""
    for number in range(count):
        heard = {"text": "我要叫车", "confidence": sure} if sure else {"kind": "silence"}
        turn = Utterance(f"{day:%m%d%H}-{channel}-{number}-{sure}", 1, day, **heard)
        kept = turn.conversation
        with ledger.store.writing("a talk") as db:
            started = day.astimezone().isoformat()
            db.execute(
                "INSERT INTO conversations (id, started, channel) VALUES (?, ?, ?)",
                (kept, started, channel),
            )
        ledger.add_utterance(turn, channel=channel)


def linli(home: Path) -> subprocess.CompletedProcess[str]:
    """`linli selftest` of the station in this folder, as the timer starts it."""
    (home / "station.toml").write_text(
        '[station]\nname = "河口站"\naddress = "河口路1号"\n', "utf-8"
    )
    return subprocess.run(
        [sys.executable, "-m", "linli", "selftest"],
        env={**os.environ, "LINLI_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def board(home: Path) -> dict[str, str]:
    """What the staff of this station find: check and note."""
    with Ledger.open(home / "var" / "ledger.db") as ledger:
        return {name: each.note for name, each in checks.waiting(ledger).items()}


def test_a_sound_station_hears_serves_and_finds_nothing(station: Path) -> None:
    done = linli(station)
    assert (done.returncode, board(station)) == (0, {}), done.stdout + done.stderr
    assert "听懂了" in done.stdout
    assert [each.level for each in tried(None, station)] == ["ok"]


def test_a_damaged_recogniser_is_an_urgent_task_and_the_doctor_knows(station: Path) -> None:
    model = station / "models" / "whisper-base" / "model.bin"
    model.unlink()
    model.write_bytes(b"rubbish")
    done = linli(station)
    assert done.returncode == 1
    assert set(board(station)) == {"speech"}
    assert "坏了" in board(station)["speech"]
    (bad,) = [each for each in tried(None, station) if each.level == "bad"]
    assert "语音识别的文件坏了" in bad.what
    with Ledger.open(station / "var" / "ledger.db") as ledger:
        (task,) = ledger.requests()
        assert (task.status, task.priority, task.channel) == ("new", "urgent", "console")


def test_somebody_who_only_touches_the_screen_gets_their_car(settings: Settings) -> None:
    assert kiosk(settings).state == "ok"
    assert not settings.data.ledger.exists()


def test_a_backup_is_restored_and_one_that_is_old_damaged_or_missing_is_told(
    settings: Settings, ledger: Ledger, wall: Wall
) -> None:
    assert saved(settings, wall.time).state == "skipped"
    talks(ledger, MONDAY - 3 * DAY, 1)
    assert "一份备份也没有" in saved(settings, wall.time).what
    ledger.file(FiledRequest("meal"))
    list(save(settings, None, None, None))
    (folder,) = backup.kept(settings.data.backups)
    made = backup.read(folder).made
    check = saved(settings, made + 47 * DAY / 24)
    assert (check.state, "1 件请求" in check.what) == ("ok", True)
    assert "50 小时" in saved(settings, made + 50 * DAY / 24).what
    whole = (folder / backup.LEDGER).read_bytes()
    (folder / backup.LEDGER).write_bytes(whole[:-4096])
    check = saved(settings, made)
    assert (check.state, "恢复不了" in check.what) == ("bad", True)


def test_a_disk_that_is_nearly_full_or_gone_is_told(settings: Settings) -> None:
    free = room(settings)
    assert free.state == "ok"
    megabytes = int("".join(filter(str.isdigit, free.what)))
    check = room(settings, megabytes + 1_000)
    assert (check.state, "快写不进去" in check.what) == ("bad", True)


def test_a_microphone_that_dies_slowly_or_at_once_is_told_and_a_good_one_is_not(
    ledger: Ledger, wall: Wall
) -> None:
    assert microphone(ledger, wall.time).state == "skipped"
    for day in range(4, 14):
        talks(ledger, MONDAY - day * DAY, 3, sure=0.85)
    talks(ledger, MONDAY - DAY, 9, sure=0.83)
    assert microphone(ledger, MONDAY).state == "ok"
    talks(ledger, MONDAY - 2 * DAY, 30, sure=0.5)
    check = microphone(ledger, MONDAY)
    assert (check.state, "越来越听不清" in check.what) == ("bad", True)
    assert "大屏" in check.what
    talks(ledger, MONDAY - DAY / 2, 200, sure=0)
    assert "没听见声音" in microphone(ledger, MONDAY).what


def test_the_phones_hearing_is_told_apart_from_the_kiosks(ledger: Ledger) -> None:
    for day in range(4, 14):
        talks(ledger, MONDAY - day * DAY, 3)
        talks(ledger, MONDAY - day * DAY, 3, channel="phone")
    talks(ledger, MONDAY - DAY, 9)
    talks(ledger, MONDAY - DAY, 9, sure=0.4, channel="phone")
    assert microphone(ledger, MONDAY).what.startswith("电话")


def test_a_station_where_people_came_every_day_and_nobody_comes_now_is_told(ledger: Ledger) -> None:
    talks(ledger, MONDAY - 2 * DAY, 3)
    assert callers(ledger, MONDAY).state == "skipped"
    for day in range(3, 20):
        talks(ledger, MONDAY - day * DAY, 2, channel="phone")
    assert callers(ledger, MONDAY).state == "ok"
    assert "4 天没有人" in callers(ledger, MONDAY + 2 * DAY + DAY / 2).what


def test_a_failure_is_told_once_again_after_staff_closed_it_and_goes_by_itself(
    ledger: Ledger, wall: Wall
) -> None:
    said = words()
    bad = Checked(wall.time, (found("backup", "none", folder="/media"), Check("disk", "ok", "")))
    (first,) = checks.tell(ledger, bad, said["task"], said["well"])
    assert checks.tell(ledger, bad, said["task"], said["well"]) == ()
    ledger.advance(first, "accepted", by="li")
    ledger.advance(first, "done", by="li")
    (second,) = checks.tell(ledger, bad, said["task"], said["well"])
    unknown = Checked(wall.time, (found("backup", "new"),))
    assert checks.tell(ledger, unknown, said["task"], said["well"]) == ()
    assert set(checks.waiting(ledger)) == {"backup"}
    well = Checked(wall.time, (Check("backup", "ok", ""),))
    assert checks.tell(ledger, well, said["task"], said["well"]) == ()
    assert checks.waiting(ledger) == {}
    assert ledger.history(second)[-1].note == said["well"]
    assert ledger.contradictions() == []


def test_the_doctor_tells_that_a_station_was_never_tried_or_not_lately(
    tmp_path: Path, settings: Settings
) -> None:
    (never,) = tried(None, tmp_path)
    assert "没有自检过" in never.what
    path = checks.file_of(settings.data.ledger)
    checks.keep(path, Checked(MONDAY, (Check("disk", "ok", ""),)))
    (fine,) = tried(None, tmp_path, MONDAY + DAY)
    assert fine.level == "ok"
    assert [each.level for each in tried(None, tmp_path, MONDAY + 3 * DAY)] == ["warn", "ok"]
    path.write_text("{", "utf-8")
    (never,) = tried(None, tmp_path)
    assert never.level == "warn"


def test_a_station_whose_ledger_is_damaged_still_writes_down_that_it_is(station: Path) -> None:
    ledger = station / "var" / "ledger.db"
    ledger.parent.mkdir()
    ledger.write_bytes(b"no ledger at all" * 300)
    done = linli(station)
    assert done.returncode == 1
    last = checks.last(checks.file_of(ledger))
    assert last is not None
    assert [each.name for each in last.bad] == ["backup"]


def test_a_self_test_that_has_stopped_is_found_by_the_night_and_told_once(
    settings: Settings, ledger: Ledger, wall: Wall
) -> None:
    night = Nightly(settings, clock=wall)
    night.look()
    assert checks.waiting(ledger) == {}  # never made: nobody waits for it
    checks.keep(checks.file_of(settings.data.ledger), Checked(wall.time, ()))
    for _ in range(4):
        wall.time += DAY
        night.look()
    (task,) = checks.waiting(ledger).values()
    assert "没有自检" in task.note
    assert len(list(ledger.requests())) == 1
    over = Checked(wall.time, (well(),))
    checks.tell(ledger, over, words()["task"], words()["well"])
    assert checks.waiting(ledger) == {}


def test_every_check_has_its_words(settings: Settings, ledger: Ledger) -> None:
    assert tuple(tries(settings, ledger)) == NAMES
    assert set(words()["names"]) == {*NAMES, "selftest"}
    for name in NAMES:
        assert all({"what", "fix"} == set(text) for text in words()[name].values())
