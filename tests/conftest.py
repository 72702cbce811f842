"""Fixtures that several test modules share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from model_shop import offered, root, shop, tiny
from wall import Wall

if TYPE_CHECKING:
    from linli.rehearsal import Rehearsal

__all__ = ["offered", "root", "shop", "tiny"]


@pytest.fixture
def wall() -> Wall:
    """Monday morning, until a test turns it."""
    return Wall()


@pytest.fixture
def kiosk(tmp_path: Path) -> Iterator[Rehearsal]:
    """A kiosk with an empty ledger."""
    from kiosk_rehearsed import rehearsed

    with rehearsed(tmp_path) as rehearsal:
        yield rehearsal
