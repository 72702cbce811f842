"""Where nothing else works, a touched button still reaches a person, or says that it did not."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from kiosk.presenter import Presenter
from kiosk.view import Action, Idle, Words
from linli import coming
from linli.attendant import Attendant
from linli.coming import Coming
from linli.lifeline import Lifeline
from station.ledger import Ledger
from station.settings import SHIPPED, Settings

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=8)))
PATIENCE = 15.0


@pytest.fixture(name="settings")
def fixture_settings(tmp_path: Path) -> Settings:
    (tmp_path / "station.toml").write_text(SHIPPED.read_text("utf-8"), "utf-8")
    return Settings.load(tmp_path / "station.toml")


class Broken:
    """A screen out of order, with a lifeline behind it."""

    def __init__(self, worker: Lifeline | Coming) -> None:
        self.worker = worker
        self.presenter = Presenter(lambda: NOW)
        self.presenter.trouble("broken", 0.0, there=True)

    def touch(self, name: str) -> str:
        for command in self.presenter.touched(Action(name), 1.0):
            self.worker.do(command)
        return self.kind

    @property
    def kind(self) -> str:
        for news in self.worker.told():
            news(self.presenter, 1.0)
        view = self.presenter.view(1.0)
        return view.kind if isinstance(view, Words) else type(view).__name__

    def until(self, kind: str) -> None:
        self._until(lambda: self.kind == kind)

    def _until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, self.kind
            time.sleep(0.01)


def kinds(settings: Settings) -> list[str]:
    with Ledger.open(settings.data.ledger) as ledger:
        return [request.kind for request in ledger.requests()]


def test_the_two_buttons_write_into_the_ledger_each_once(settings: Settings) -> None:
    screen = Broken(Lifeline(settings))
    assert screen.touch("staff") == "calling"
    screen.until("coming")
    screen.touch("staff")  # whoever is afraid touches again
    screen.touch("emergency")
    screen.until("coming")
    screen.touch("emergency")
    assert screen.kind == "coming"
    assert sorted(kinds(settings)) == ["emergency", "handed_over"]


def test_nobody_is_promised_where_nothing_could_be_written(settings: Settings) -> None:
    settings.data.ledger.mkdir(parents=True)  # a folder where the file should be
    screen = Broken(Lifeline(settings))
    screen.touch("emergency")
    screen.until("not_called")
    settings.data.ledger.rmdir()
    assert screen.touch("emergency") == "calling"  # it may be tried again
    screen.until("coming")
    assert kinds(settings) == ["emergency"]


@pytest.mark.parametrize("name", ["again", "back", "speak"])
def test_nothing_else_does_anything(settings: Settings, name: str) -> None:
    assert Broken(Lifeline(settings)).touch(name) == "out_of_order"


def test_that_it_is_still_broken_takes_nothing_back(settings: Settings) -> None:
    screen = Broken(Lifeline(settings))
    screen.touch("staff")
    screen.until("coming")
    screen.presenter.trouble("broken", 2.0, there=True)
    assert screen.kind == "coming"
    screen.presenter.trouble("broken", 3.0, there=False)
    assert isinstance(screen.presenter.view(3.0), Idle)


def test_a_worker_that_cannot_even_be_made_is_out_of_order_and_tried_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(coming, "AGAIN", 0.2)
    tries: list[int] = []

    class Worker:
        level = 0.0

        def start(self) -> None:
            tries.append(0)

        def told(self) -> tuple[()]:
            return ()

        def close(self) -> None:
            pass

    def make() -> Attendant:
        tries.append(1)
        if sum(tries) < 3:
            raise OSError("the sound card has gone mad")
        return Worker()  # type: ignore[return-value]

    screen = Broken(Coming(make, lambda: Lifeline(settings)))
    screen.presenter.trouble("broken", 0.0, there=False)
    assert screen.kind == "Idle"
    assert isinstance(screen.worker, Coming)
    screen.worker.start()
    screen.until("out_of_order")
    screen.touch("emergency")
    screen.until("coming")
    screen.until("Idle")
    assert kinds(settings) == ["emergency"]
    screen.worker.close()
