"""The line's processes are kept alive beside the kiosk, and go when it goes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
from patience import until

from linli import phone_run
from linli.part import Part, keep
from linli.phone_run import run
from station.settings import Settings

SLEEPS = (sys.executable, "-c", "import time; time.sleep(60)")
FAILS = (sys.executable, "-c", "raise SystemExit(3)")


def test_a_part_that_is_killed_is_started_again_and_all_end_with_the_line() -> None:
    part, stop = Part(SLEEPS), threading.Event()
    keeper = threading.Thread(target=keep, args=([part], stop))
    keeper.start()
    until(lambda: part.pid)
    first = part.pid
    os.kill(int(first or 0), signal.SIGKILL)
    until(lambda: part.pid not in {None, first})
    second = int(part.pid or 0)
    stop.set()
    keeper.join(10)
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)


def test_a_part_that_fails_again_and_again_is_tried_less_and_less_often() -> None:
    now = [0.0]
    part = Part(FAILS, clock=lambda: now[0])
    starts = []
    for _ in range(6):
        part.look()
        starts.append(part.starts)
        process = part._process
        assert process is not None
        process.wait()
        part.look()
        assert part.pid is None
        now[0] += 30.0
    assert starts == [1, 2, 3, 4, 5, 6]
    part.look()
    if part._process is not None:
        part._process.wait()
    now[0] += 0.1
    part.look()
    now[0] += 29.0
    part.look()
    assert part.starts == 7


def test_the_line_ends_when_the_process_beside_which_it_runs_is_gone() -> None:
    beside = subprocess.Popen(SLEEPS)
    part = Part(SLEEPS)
    keeper = threading.Thread(
        target=keep, args=([part], threading.Event()), kwargs={"beside": beside.pid}
    )
    keeper.start()
    until(lambda: part.pid)
    beside.kill()
    beside.wait()
    keeper.join(15)
    assert not keeper.is_alive()


def test_without_asterisk_or_with_the_line_switched_off_one_sentence_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    station = Settings.load(None)
    off = station.model_copy(update={"phone": station.phone.model_copy(update={"enabled": False})})
    run(off, None, beside=None, tell=told.append)

    class Nowhere:
        """No Asterisk."""

        def here(self) -> bool:
            return False

    monkeypatch.setattr(phone_run, "TREE", Nowhere())
    run(station, None, beside=None, tell=told.append)
    assert "phone.enabled" in told[0]
    assert "Asterisk" in told[1]
    assert len(told) == 2
