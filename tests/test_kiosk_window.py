"""A real window on a real display server, touched by xdotool, hearing audio files."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from kiosk_display import HEIGHT, WIDTH, Display, display

from kiosk.geometry import Glass
from kiosk.layout import lay_out
from kiosk.sheet import Look
from kiosk.view import Action, View
from linli.paths import ASSETS
from station.ledger import Ledger
from station.requests import Request
from station.settings import SHIPPED

pytestmark = pytest.mark.timeout(600)

CLIPS = ASSETS / "samples" / "clips"
PATIENCE = 150.0
"""Seconds a step may take on a busy machine; none needs more than a few."""


@pytest.fixture(scope="module", name="server")
def fixture_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    with display(tmp_path_factory.mktemp("pixels")) as server:
        yield server


@dataclass
class Kiosk:
    """A kiosk that runs in a process of its own."""

    process: subprocess.Popen[bytes]
    display: Display
    folder: Path

    @property
    def pictures(self) -> list[str]:
        """The screens that were shown, in order."""
        found = sorted(self.folder.glob("screens/*.png"))
        return [re.sub(r"^\d+-", "", path.stem) for path in found]

    def waits_for(self, screen: str, after: int = 0) -> int:
        """Wait until this screen is shown; gives how many were shown by then."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            shown = self.pictures
            if screen in shown[after:]:
                return len(shown)
            assert self.process.poll() is None, (self.folder / "stderr").read_text()
            time.sleep(0.05)
        raise AssertionError(f"no {screen} after {self.pictures}")

    def touch(self, action: Action, *views: View) -> None:
        """Put a finger where all screens like these have the action, and lift it."""
        glass = Glass.of_inches(WIDTH, HEIGHT, 21.5)
        rects = [
            target.rect
            for view in views
            for target in lay_out(view, glass, Look()).targets
            if target.action == action
        ]
        x = (max(rect.x for rect in rects) + min(rect.right for rect in rects)) // 2
        y = (max(rect.y for rect in rects) + min(rect.bottom for rect in rects)) // 2
        time.sleep(0.6)  # longer than a tremor
        self.display.press(x, y)

    def requests(self) -> list[Request]:
        """What stands in the ledger."""
        with Ledger.open(self.folder / "var" / "ledger.db") as ledger:
            return list(ledger.requests())


def started(server: Display, folder: Path, *hear: str) -> Kiosk:
    settings = SHIPPED.read_text("utf-8")
    for key, value in {"width": WIDTH, "height": HEIGHT}.items():
        settings = re.sub(rf"^{key} = \d+", f"{key} = {value}", settings, flags=re.M)
    settings = settings.replace("示例社区服务站", "社区站")  # recorded: nothing has to be rendered
    (folder / "station.toml").write_text(settings, "utf-8")
    command = [str(Path(sys.executable).parent / "linli"), "kiosk", "--watch"]
    command += ["--settings", str(folder / "station.toml"), "--screens", str(folder / "screens")]
    for name in hear:
        command += ["--hear", str(CLIPS / name)]
    with (folder / "stderr").open("wb") as errors:
        process = subprocess.Popen(command, env=server.environment, stderr=errors, stdout=errors)
    return Kiosk(process, server, folder)


@pytest.fixture(name="kiosk")
def fixture_kiosk(server: Display, tmp_path: Path) -> Iterator[Kiosk]:
    kiosk = started(server, tmp_path, "04-taxi-service-0-0.ogg", "04-taxi-confirm-0-0.ogg")
    yield kiosk
    kiosk.process.terminate()
    kiosk.process.wait(timeout=PATIENCE)


def test_one_elder_speaks_and_the_next_one_touches(kiosk: Kiosk) -> None:
    from kiosk_views import VIEWS

    kiosk.waits_for("idle")
    kiosk.waits_for("read-back")
    kiosk.touch(Action("talk"), VIEWS["read-back"])  # Linli falls silent and listens
    seen = kiosk.waits_for("done")
    (spoken,) = kiosk.requests()
    assert (spoken.intent, spoken.slots["time"]) == ("taxi", "08:00")
    assert spoken.slots["destination"] == "人民医院"

    kiosk.touch(Action("finish"), VIEWS["done"])
    seen = kiosk.waits_for("farewell", seen)
    seen = kiosk.waits_for("idle", seen)

    idle = VIEWS["idle"], VIEWS["idle with a notice"]  # a machine may have no loudspeaker
    kiosk.touch(Action("choose", "slot", "叫车"), *idle)
    seen = kiosk.waits_for("question", seen)
    kiosk.touch(Action("choose", "slot", "骨科"), VIEWS["question"])
    seen = kiosk.waits_for("read-back", seen)
    kiosk.touch(Action("back"), VIEWS["read-back"])
    seen = kiosk.waits_for("question", seen)
    kiosk.touch(Action("staff"), VIEWS["question"])
    kiosk.waits_for("staff-called", seen)
    assert [(each.intent, each.kind) for each in kiosk.requests()] == [
        ("taxi", "request"),
        ("taxi", "handed_over"),
    ]
