"""A kiosk that dies or hangs is started again; meanwhile the screen says who helps."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from kiosk_display import HEIGHT, WIDTH, Display, display
from kiosk_views import VIEWS

from kiosk.geometry import Glass
from kiosk.layout import lay_out
from kiosk.sheet import Look
from kiosk.view import EMERGENCY
from linli.heart import PIPE, Heart
from linli.paths import SOURCE
from linli.watch import KEPT, Patience, Watch, kept
from station.ledger import Ledger
from station.settings import SHIPPED

pytestmark = pytest.mark.timeout(300)

PATIENCE = 60.0
"""Seconds a step may take on a busy machine; none needs more than a few."""
STAND_IN = [sys.executable, "-c", "import sys; sys.stdin.read()"]
QUICK = Patience(
    first_screen=20.0, silence={"screen": 0.8, "worker": 1.2}, waits=(0.0,), parting=5.0
)


def child(folder: Path, *lives: str) -> list[str]:
    """A program that does another thing each time it is started; the last one for ever."""
    script = folder / "child.py"
    script.write_text(
        "import os, sys, time, signal, threading\n"
        "from pathlib import Path\n"
        "from linli.heart import Heart\n"
        f"log = Path({str(folder / 'lives')!r})\n"
        "with log.open('a') as file: file.write('x')\n"
        "life = log.stat().st_size - 1\n"
        "heart = Heart.given()\n"
        "def alive(seconds, *organs):\n"
        "    end = time.monotonic() + seconds\n"
        "    while time.monotonic() < end:\n"
        "        for organ in organs: heart.beat(organ)\n"
        "        time.sleep(0.05)\n" + "".join(
            f"if life == {at} or ({at} == {len(lives) - 1} and life > {at}):\n"
            + textwrap.indent(life, "    ") + "\n"
            for at, life in enumerate(lives)
        ),
        "utf-8",
    )  # fmt: skip
    return [sys.executable, str(script)]


def lived(folder: Path) -> int:
    return (folder / "lives").stat().st_size


@pytest.mark.parametrize(
    "life",
    [
        "raise RuntimeError('a thread that draws')",
        "alive(0.3, 'screen'); os.kill(os.getpid(), signal.SIGSEGV)",
        "alive(0.3, 'screen', 'worker'); os.kill(os.getpid(), signal.SIGSTOP)",
        "alive(0.3, 'screen', 'worker'); alive(20, 'worker')",
        "alive(0.3, 'screen', 'worker'); alive(20, 'screen')",
        "os._exit(1)",
    ],
    ids=["an error", "a crash", "stopped", "no more frames", "no more work", "gone"],
)
def test_what_ends_or_hangs_is_started_again(tmp_path: Path, life: str) -> None:
    command = child(tmp_path, life, "alive(0.3, 'screen')")
    assert Watch(command, STAND_IN, tmp_path / "kiosk.err", QUICK).run() == 0
    assert lived(tmp_path) == 2


def test_a_kiosk_that_was_closed_stays_closed(tmp_path: Path) -> None:
    command = child(tmp_path, "alive(0.2, 'screen')")
    assert Watch(command, STAND_IN, tmp_path / "kiosk.err", QUICK).run() == 0
    assert lived(tmp_path) == 1


def test_wrong_settings_are_told_and_not_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = child(tmp_path, "sys.stderr.write('station.toml:3: mend this'); sys.exit(2)")
    assert Watch(command, STAND_IN, tmp_path / "kiosk.err", QUICK).run() == 2
    assert lived(tmp_path) == 1
    assert "station.toml:3" in capsys.readouterr().err


def test_a_worker_that_loads_its_models_is_waited_for(tmp_path: Path) -> None:
    command = child(tmp_path, "alive(2.5, 'screen')")  # longer than a worker may be silent
    assert Watch(command, STAND_IN, tmp_path / "kiosk.err", QUICK).run() == 0
    assert lived(tmp_path) == 1


def test_it_waits_longer_the_more_often_it_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[dict[str, Any]] = []

    class Log:
        def critical(self, event: str, **values: Any) -> None:
            told.append({"event": event, **values})

        def info(self, *_: str, **__: Any) -> None:
            """Not looked at."""

    monkeypatch.setattr("linli.watch.log", Log())
    command = child(tmp_path, *["sys.exit(1)"] * 3, "alive(0.2, 'screen')")
    patience = Patience(waits=(0.0, 0.05, 0.1))
    assert Watch(command, STAND_IN, tmp_path / "kiosk.err", patience).run() == 0
    assert [(each["why"], each["failures"], each["again_in_s"]) for each in told] == [
        ("exit 1", 1, 0.0), ("exit 1", 2, 0.05), ("exit 1", 3, 0.1),
    ]  # fmt: skip


def test_what_it_wrote_before_it_died_is_kept_for_some_lives(tmp_path: Path) -> None:
    file = tmp_path / "kiosk.err"
    for life in range(5):
        with kept(file) as errors:
            errors.write(str(life).encode())
    found = {path.name: path.read_text() for path in tmp_path.iterdir()}
    assert found == {"kiosk.err": "4", "kiosk.err.1": "3", "kiosk.err.2": "2"}
    assert len(found) == KEPT


def test_a_kiosk_whose_watcher_is_gone_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    read, write = os.pipe()
    monkeypatch.setenv(PIPE, str(write))
    heart = Heart.given()
    assert PIPE not in os.environ
    heart.beat("screen")
    heart.beat("screen")  # too soon to be told again
    assert os.read(read, 10) == b"s"
    os.close(read)
    heart.beat("worker")
    assert heart.alone
    os.close(write)


def test_signs_never_wait_for_a_watcher_that_does_not_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, write = os.pipe()
    monkeypatch.setattr("linli.heart.EVERY", 0.0)
    heart = Heart(write)
    for _ in range(70_000):  # more than a pipe holds
        heart.beat("screen")
    assert not heart.alone
    os.close(read)
    os.close(write)


# --- a real window ------------------------------------------------------------------------------


@dataclass
class Watched:
    """A watcher with a real window and a real stand-in."""

    process: subprocess.Popen[bytes]
    display: Display
    folder: Path

    def log(self) -> list[dict[str, Any]]:
        file = self.folder / "var" / "log" / "watch.log"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, self.log()
            assert self.process.poll() is None
            time.sleep(0.05)

    def shows(self, view: str) -> None:
        """Wait until this screen is seen: as large, pixel for pixel in its middle."""
        wanted = np.asarray(drawn(view).convert("L"), np.int16)

        def seen() -> bool:
            found = np.asarray(self.display.picture().convert("L"), np.int16)
            return found.shape == wanted.shape and float(np.abs(found - wanted).mean()) < 2.0

        self.until(seen)

    def child(self) -> int:
        """The kiosk's process: the first one the watcher started."""
        found = subprocess.run(
            ["pgrep", "-P", str(self.process.pid), "-f", "watched_kiosk"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        return int(found.stdout)


def drawn(view: str) -> Any:
    """A screen as the painter draws it."""
    from PIL import Image

    from linli.kiosk import quiet_pygame
    from linli.paths import MODELS

    quiet_pygame()
    import pygame

    from kiosk.painter import Painter

    glass = Glass.of_inches(WIDTH, HEIGHT, 21.5)
    surface = pygame.Surface((WIDTH, HEIGHT))
    Painter(glass, MODELS / "font").draw(surface, lay_out(VIEWS[view], glass, Look()))
    return Image.frombytes("RGB", (WIDTH, HEIGHT), pygame.image.tobytes(surface, "RGB"))


RUN = """
import sys
from pathlib import Path
from linli.kiosk import log_to_file
from linli.watch import Patience, Watch
from linli.wiring import load_settings
file = Path(sys.argv[1])
settings = load_settings(file)
log_to_file(settings, "watch.log")
kiosk = [sys.executable, "-m", "tests.watched_kiosk", str(file)]
stand_in = [sys.executable, "-m", "linli.stand_in", "--settings", str(file)]
patience = Patience(silence={"screen": 8.0, "worker": 60.0}, waits=(4.0,))
sys.exit(Watch(kiosk, stand_in, settings.log.path / "kiosk.err", patience).run())
"""


@pytest.fixture(name="watched")
def fixture_watched(tmp_path: Path) -> Iterator[Watched]:
    pixels = tmp_path / "pixels"
    pixels.mkdir()
    settings = SHIPPED.read_text("utf-8")
    for key, value in {"width": WIDTH, "height": HEIGHT}.items():
        settings = re.sub(rf"^{key} = \d+", f"{key} = {value}", settings, flags=re.M)
    (tmp_path / "station.toml").write_text(settings, "utf-8")
    with display(pixels) as server, (tmp_path / "stderr").open("wb") as errors:
        command = [sys.executable, "-c", RUN, str(tmp_path / "station.toml")]
        process = subprocess.Popen(command, env=server.environment, stderr=errors, cwd=SOURCE)
        yield Watched(process, server, tmp_path)
        process.terminate()
        assert process.wait(PATIENCE) == 0


def alive(watched: Watched) -> int:
    return [each["event"] for each in watched.log()].count("kiosk_alive")


def test_a_killed_and_a_stopped_kiosk_come_back_and_help_can_be_called_meanwhile(
    watched: Watched,
) -> None:
    watched.until(lambda: alive(watched) == 1)
    for times, number in enumerate((signal.SIGKILL, signal.SIGSTOP), start=1):
        os.kill(watched.child(), number)
        watched.shows("out of order")
        if number == signal.SIGKILL:
            glass = Glass.of_inches(WIDTH, HEIGHT, 21.5)
            layout = lay_out(VIEWS["out of order"], glass, Look())
            (red,) = [each for each in layout.targets if each.action == EMERGENCY]
            watched.display.press(*red.rect.centre)
            watched.shows("coming past a broken kiosk")
        watched.until(lambda: alive(watched) >= 1 + times)  # noqa: B023 - called at once
    why = [each["why"] for each in watched.log() if each["event"] == "kiosk_died"]
    assert why[0] == "SIGKILL"  # a machine that is busy may let a screen rest once more
    assert set(why[1:]) == {"screen silent"}
    with Ledger.open(watched.folder / "var" / "ledger.db") as ledger:
        assert [each.kind for each in ledger.requests()] == ["emergency"]
