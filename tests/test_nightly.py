"""What is over is deleted every night by whichever program comes first, and only once."""

from __future__ import annotations

import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from wall import MONDAY, Wall

from linli import sweeping
from linli.nightly import Nightly, is_due
from linli.places import heads_of
from station import audit
from station.clock import BEIJING
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest
from station.retention import Swept
from station.settings import Settings
from station.utterances import Utterance

DAY = timedelta(days=1)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(None, base=tmp_path)


def talk(settings: Settings, wall: Wall, name: str, *, closed: bool = True) -> Path:
    """A conversation of this moment with a recording and a request; gives the recording."""
    path = Path(f"{wall.time:%Y/%m/%d}") / f"{name}-001.ogg"
    whole = settings.data.recordings / path
    whole.parent.mkdir(parents=True, exist_ok=True)
    whole.write_bytes(b"sound")
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        ledger.add_utterance(Utterance(name, 1, wall.time, text="我要叫车", audio=path.as_posix()))
        number = ledger.file(FiledRequest("taxi", conversation=name)).number
        if closed:
            ledger.cancel(number, by="elder")
    return whole


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (None, MONDAY, True),
        (MONDAY, MONDAY + timedelta(hours=12), False),
        (MONDAY, datetime(2026, 11, 24, 2, 59, tzinfo=BEIJING), False),
        (MONDAY, datetime(2026, 11, 24, 3, 0, tzinfo=BEIJING), True),
        (datetime(2026, 11, 24, 3, 0, tzinfo=BEIJING), MONDAY + DAY, False),
        (MONDAY, MONDAY + 9 * DAY, True),
        (MONDAY + timedelta(hours=1), MONDAY, False),
        (MONDAY + 400 * DAY, MONDAY, True),
    ],
    ids=["never", "same day", "before", "at three", "done", "slept", "a bit back", "far back"],
)
def test_it_is_due_once_three_in_the_morning_has_passed(
    last: datetime | None, now: datetime, due: bool
) -> None:
    assert is_due(last, now) is due


def test_recordings_go_after_fourteen_days_and_transcripts_after_a_year_and_the_audit_stays(
    settings: Settings, wall: Wall
) -> None:
    sound = talk(settings, wall, "old")
    night = Nightly(settings, clock=wall)
    assert night.look() is not None  # the first look, nothing is over yet
    assert sound.exists()
    wall.time = MONDAY + 14 * DAY
    done = night.look()
    assert done is not None
    assert done.counts == {
        "recordings": 1, "recordings_over_quota": 0, "requests": 0, "conversations": 0,
        "messages": 0, "sessions": 0, "photos": 0,
    }  # fmt: skip
    assert not sound.exists()
    wall.time = MONDAY + 366 * DAY
    marker = settings.data.ledger.with_name("swept")
    marker.write_text((wall.time - DAY).isoformat())  # it ran every night
    night.look()
    with Ledger.open(settings.data.ledger) as ledger:
        assert list(ledger.requests()) == []
        assert ledger.utterances("old") == ()
        entries = audit.entries(ledger.store, what="swept")
        assert [each.detail["requests"] for each in entries] == [1, 0]
        assert audit.verify(ledger.store, audit.noted_heads(heads_of(settings))).broken is None


def test_a_recording_of_an_open_matter_waits_until_seven_days_after_it_is_closed(
    settings: Settings, wall: Wall
) -> None:
    sound = talk(settings, wall, "open", closed=False)
    night = Nightly(settings, clock=wall)
    wall.time = MONDAY + 20 * DAY
    night.look()
    assert sound.exists()
    with Ledger.open(settings.data.ledger, clock=wall) as ledger:
        ledger.cancel(next(ledger.requests()).number, by="elder")
    wall.time = MONDAY + 26 * DAY
    night.look()
    assert sound.exists()
    wall.time = MONDAY + 27 * DAY
    night.look()
    assert not sound.exists()


def test_one_night_is_swept_once_whoever_comes_first(
    settings: Settings, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk(settings, wall, "talk")
    swept: list[int] = []
    sweep = sweeping.sweep

    def slow(*words: object, **more: object) -> sweeping.Sweep:
        swept.append(1)
        time.sleep(0.2)
        return sweep(*words, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(sweeping, "sweep", slow)
    programs = [threading.Thread(target=Nightly(settings, clock=wall).look) for _ in range(3)]
    for each in programs:
        each.start()
    for each in programs:
        each.join()
    Nightly(settings, clock=wall).look()
    assert swept == [1]


def test_a_sweep_that_fails_is_still_due(
    settings: Settings, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise LedgerError("another program holds the ledger", code="busy")

    night = Nightly(settings, clock=wall)
    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "sweep", fail)
        with pytest.raises(LedgerError):
            night.look()
    assert night.look() is not None


def test_the_thread_goes_on_after_a_failure_and_ends_when_told(
    settings: Settings, wall: Wall, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked = threading.Event()
    tries: list[int] = []

    def fail(*_: object) -> None:
        tries.append(1)
        if len(tries) == 2:
            looked.set()
        raise LedgerError("busy")

    monkeypatch.setattr(sweeping, "sweep", fail)
    with Nightly(settings, clock=wall, first_s=0.01, every_s=0.01) as night:
        assert looked.wait(20)
    assert not night._thread.is_alive()


def test_a_dry_run_tells_what_would_go_and_deletes_nothing(settings: Settings, wall: Wall) -> None:
    sound = talk(settings, wall, "talk")
    talk(settings, wall, "waits", closed=False)
    later = MONDAY + 366 * DAY
    with Ledger.open(settings.data.ledger, clock=lambda: later) as ledger:
        found = sweeping.due(settings, ledger, later)
        assert sound.exists()
        assert len(list(ledger.requests())) == 2
        done = sweeping.sweep(settings, ledger, later)
        assert done.kept == found
        assert (found.recordings, found.requests, found.conversations) == (2, 1, 1)
        assert sweeping.due(settings, ledger, later) == Swept()


def test_what_was_deleted_is_nowhere_in_the_ledgers_files(settings: Settings, wall: Wall) -> None:
    talk(settings, wall, "talk")
    later = MONDAY + 366 * DAY
    with Ledger.open(settings.data.ledger) as ledger:
        assert sweeping.sweep(settings, ledger, later).wiped
        files = settings.data.ledger.parent.glob("ledger.db*")
        assert not any("我要叫车".encode() in file.read_bytes() for file in files)
