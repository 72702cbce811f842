"""What was said is written down; where the elder is answered first, right after that."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from intents.types import Heard
from linli.desk import LedgerDesk
from linli.session import Turn
from station.errors import LedgerError
from station.ledger import Ledger

TURN = Turn(say=("好的。",))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


@pytest.fixture
def desk(ledger: Ledger) -> LedgerDesk:
    return LedgerDesk(ledger, channel="phone", now=ledger.now)


def written(desk: LedgerDesk) -> list[str]:
    return [each.text for each in desk.ledger.utterances(desk.conversation)]


def test_what_was_said_waits_until_the_elder_has_been_answered(desk: LedgerDesk) -> None:
    desk.heard(Heard("叫个车"), TURN)
    assert written(desk) == []
    desk.settle()
    desk.settle()
    assert written(desk) == ["叫个车"]


def test_nothing_that_waits_is_lost_to_what_comes_next(desk: LedgerDesk) -> None:
    for text in ("叫个车", "去医院"):
        desk.heard(Heard(text), TURN)
    desk.listened(None)
    assert written(desk) == ["叫个车", "去医院"]


def test_a_transcript_that_cannot_be_kept_ends_no_call(
    desk: LedgerDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise LedgerError("full", code="disk_full")

    desk.heard(Heard("叫个车"), TURN)
    monkeypatch.setattr(desk.ledger, "add_utterance", full)
    desk.settle()
    monkeypatch.undo()
    desk.settle()
    assert written(desk) == []
