"""A console that dies or hangs is there again; one that cannot be started says why and ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import requests

from linli import part
from linli.part import Part
from station.console.serve import Door
from station.settings import SHIPPED


@pytest.fixture
def port() -> int:
    with Door(port=0).listen() as free:
        return int(free.getsockname()[1])


@pytest.fixture
def watched(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`linli console --watch` of a station of its own."""
    settings = tmp_path / "station.toml"
    settings.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    command = [sys.executable, "-m", "linli", "console", "--watch", "--port", str(port),
               "--settings", str(settings)]  # fmt: skip
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as watcher:
        yield watcher
        watcher.terminate()
        watcher.wait(60)


def until(true: Callable[[], object], seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


def answers(port: int) -> bool:
    with requests.Session() as browser:
        browser.trust_env = False
        try:
            return browser.get(f"http://127.0.0.1:{port}/first", timeout=5).ok
        except requests.RequestException:
            return False


def child(watcher: subprocess.Popen[str]) -> psutil.Process | None:
    found = psutil.Process(watcher.pid).children()
    return found[0] if found else None


def test_a_console_that_is_killed_is_there_again(watched: subprocess.Popen[str], port: int) -> None:
    until(lambda: answers(port))
    first = child(watched)
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    until(lambda: (after := child(watched)) is not None and after.pid != first.pid)
    until(lambda: answers(port))
    second = child(watched)
    assert second is not None
    watched.terminate()
    assert watched.wait(60) == 0
    until(lambda: not second.is_running() or second.status() == psutil.STATUS_ZOMBIE)


def test_a_console_goes_when_its_watcher_is_gone(watched: subprocess.Popen[str], port: int) -> None:
    until(lambda: answers(port))
    served = child(watched)
    assert served is not None
    watched.kill()  # and nobody asks what became of it
    until(lambda: not answers(port))


def test_a_second_console_on_the_same_port_says_so_and_ends(
    watched: subprocess.Popen[str], port: int
) -> None:
    with Door(port=port).listen():
        assert watched.wait(120) == 2
        assert watched.stdout is not None
        said = watched.stdout.read()
    assert f"console.port: 127.0.0.1:{port} cannot be used" in said
    assert "is a console open already? else set another port" in said
    assert "Traceback" not in said


def test_a_part_without_signs_of_life_is_killed_and_one_that_is_told_off_given_up() -> None:
    now = [0.0]
    unusable = Part([sys.executable, "-c", "raise SystemExit(2)"], clock=lambda: now[0])
    for _ in range(part.UNUSABLE):
        assert not unusable.over
        unusable.look()
        until(lambda: unusable._process is None or unusable._process.poll() is not None)
        unusable.look()
        now[0] += 60
    assert unusable.over
    unusable.look()
    assert (unusable.pid, unusable.starts) == (None, part.UNUSABLE)
