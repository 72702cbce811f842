"""A worker that is on its way: what was touched before is done when it is there."""

from __future__ import annotations

import threading
import time

from attended import NOW, PATIENCE, Attended
from patience import until

from intents.types import Chose
from kiosk.presenter import Presenter
from kiosk.turned import Identify, Send
from linli.attendant import Attendant
from linli.coming import Coming
from voices.sinks import FileSink


def test_what_is_touched_before_the_worker_is_there_is_done_when_it_comes(
    attended: Attended,
) -> None:
    gate = threading.Event()

    def make() -> Attendant:
        assert gate.wait(PATIENCE)
        return Attendant(lambda: attended.stations[-1], lambda: attended.ear, FileSink())

    attended.worker.ready.wait(PATIENCE)
    coming = Coming(make)
    coming.start()
    assert list(coming.told()) == []
    assert coming.level == 0.0
    coming.do(Send((Chose("service", "meal"),)))
    coming.do(Identify("1001"))
    gate.set()
    presenter = Presenter(lambda: NOW)

    def begun() -> bool:
        for news in coming.told():
            news(presenter, time.monotonic())
        return presenter.phase != "idle"

    until(begun)
    assert presenter.phase == "talk"
    coming.close()
