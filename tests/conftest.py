"""Fixtures that several test modules share."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from model_shop import offered, root, shop, tiny
from wall import Wall

if TYPE_CHECKING:
    from attended import Attended
    from line_desk import Desk

    from linli.rehearsal import Rehearsal
    from station.ledger import Ledger

__all__ = ["offered", "root", "shop", "tiny"]


WAITING = {"attended", "console_house", "house", "kiosk_display", "line_desk", "telephone"}
"""Of these modules are calls, windows and browsers, whose tests mostly wait."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits begins first: all workers then end at about the same time."""
    items.sort(key=lambda item: not _waits(item))


def _waits(item: pytest.Item) -> bool:
    module = getattr(item, "module", None)
    return any(getattr(each, "__module__", "") in WAITING for each in vars(module).values())


@pytest.fixture
def wall() -> Wall:
    """Monday morning, until a test turns it."""
    return Wall()


@pytest.fixture
def ledger(tmp_path: Path, wall: Wall) -> Iterator[Ledger]:
    """An empty ledger on the wall's clock."""
    from station.ledger import Ledger

    with Ledger.open(tmp_path / "ledger.db", clock=wall) as opened:
        yield opened


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station's folder with the real models as links: replace a file, never write into it."""
    from linli import catalogue
    from linli.paths import MODELS

    for file in catalogue.load().files():
        place = tmp_path / "models" / file.path
        place.parent.mkdir(parents=True, exist_ok=True)
        os.link(MODELS / file.path, place)
    return tmp_path


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    """Where everything is logged until the test ends; from `info` on."""
    import logging

    import structlog

    from linli.logs import configure

    before = structlog.get_config()
    level = logging.getLogger().level
    path = tmp_path / "log" / "kiosk.log"
    configure(path)
    yield path
    root = logging.getLogger()
    for handler in [each for each in root.handlers if each.name == "linli"]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)
    structlog.configure(**before)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A station's line whose ears hear what the test says."""
    from line_desk import line_desk

    with line_desk(tmp_path, monkeypatch) as ready:
        yield ready


@pytest.fixture(name="attended")
def fixture_attended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attended]:
    """A kiosk's worker whose ears hear what the test says."""
    from attended import attended

    with attended(tmp_path, monkeypatch) as ready:
        yield ready


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Rehearsal]:
    """A kiosk with an empty ledger."""
    from kiosk_rehearsed import rehearsed

    with rehearsed(tmp_path) as rehearsal:
        yield rehearsal
