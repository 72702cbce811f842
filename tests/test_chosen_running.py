"""`linli models use` while the telephone line runs: its ears change and change back, not it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from patience import until

from ivr.loopback import free_port
from linli.paths import ASSETS, MODELS
from linli.phone_setup import set_up
from station.settings import Settings

OTHER = "vosk-ko"
"""A second real recogniser, of another kind."""


@pytest.fixture
def file(station: Path) -> Path:
    """A station with two recognisers and a telephone line."""
    shutil.copytree(MODELS / OTHER, station / "models" / OTHER, copy_function=os.link)
    text = (ASSETS / "station.toml").read_text("utf-8")
    for port in ("8765", "5038"):
        text = text.replace(f"= {port} ", f"= {free_port()} ")
    (station / "station.toml").write_text(text, "utf-8")
    return station / "station.toml"


def choose(file: Path, name: str) -> None:
    """As `linli models use` does; by hand, because it takes none that understands no Chinese."""
    fresh = file.with_suffix(".new")
    fresh.write_text(file.read_text("utf-8").replace('"whisper"', f'"{name}"', 1), "utf-8")
    fresh.replace(file)


def linli(file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "linli", *words],
        env={**os.environ, "LINLI_HOME": str(file.parent)},
        capture_output=True,
        text=True,
        check=True,
    )


@contextmanager
def serving(file: Path) -> Iterator[psutil.Popen]:
    """The line, once it takes calls."""
    command = [sys.executable, "-m", "linli", "phone", "serve"]
    environ = {**os.environ, "LINLI_HOME": str(file.parent)}
    with psutil.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline()
            yield process
        finally:
            process.terminate()


def ears(process: psutil.Popen) -> set[str]:
    """The recognisers in its worker processes."""
    found = set()
    for child in process.children():
        try:
            command = child.cmdline()
        except psutil.NoSuchProcess:
            continue
        if "linli.pool_worker" in command and not command[-2].startswith("kokoro"):
            found.add(command[command.index("linli.pool_worker") + 1])
    return found


def hears(process: psutil.Popen, name: str) -> None:
    """Wait until its ears are this recogniser; loading one takes its time."""
    until(lambda: ears(process) == {name}, 400, told=lambda: ears(process))


@pytest.mark.timeout(1500)
def test_a_line_that_runs_takes_other_ears_and_its_old_ones_again(file: Path) -> None:
    settings = Settings.load(file)
    set_up(settings, out=None, check=False, tell=lambda _: None)
    with serving(file) as process:
        hears(process, "whisper")
        choose(file, OTHER)
        hears(process, OTHER)
        socket.create_connection(("127.0.0.1", settings.phone.media_port), 10).close()
        linli(file, "models", "use", "whisper")
        hears(process, "whisper")
        socket.create_connection(("127.0.0.1", settings.phone.media_port), 10).close()
        assert process.poll() is None
    log = (settings.log.path / "phone.log").read_text("utf-8")
    assert log.count("recogniser_changed") == 2
