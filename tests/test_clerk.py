"""A clerk looks round and hears what is told, whatever breaks and however much there is."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ivr.events import Connection, SwitchEvent
from linli.clerk import Clerk

NEWS = Connection(up=True)


class Busy(Clerk):
    """Is told the same again as soon as it has heard it."""

    def __init__(self) -> None:
        super().__init__("busy", every_s=0.01)
        self.looked, self.breaks = threading.Semaphore(0), False

    def wants(self, event: SwitchEvent) -> bool:
        return event == NEWS

    def round(self) -> None:
        self.looked.release()
        if self.breaks:
            raise RuntimeError("broken")

    def happened(self, event: SwitchEvent) -> None:
        self.told(event)


@pytest.fixture
def clerk() -> Iterator[Busy]:
    made = Busy()
    yield made
    made.stop()


def test_news_that_never_end_do_not_keep_it_from_looking_round(clerk: Busy) -> None:
    clerk.told(NEWS)
    clerk.start()
    assert clerk.looked.acquire(timeout=20)


def test_a_round_that_breaks_is_not_the_last(clerk: Busy) -> None:
    clerk.breaks = True
    clerk.start()
    for _ in range(3):
        assert clerk.looked.acquire(timeout=20)
