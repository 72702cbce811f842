"""Who speaks with another accent than the station's residents do is listened to with their own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from intents.engine import Engine
from linli.accents import Accents
from linli.stage import Station, register
from station import residents
from station.clock import BEIJING
from station.ledger import Ledger
from station.settings import Settings

NOW = datetime(2026, 11, 23, 9, tzinfo=BEIJING)
H_FOR_F = "挂个胡科"
"""妇科, as somebody says it who does not tell h from f."""


@pytest.fixture(name="northern", scope="module")
def fixture_northern() -> Settings:
    """A station in the north."""
    shipped = Settings.load(None)
    there = shipped.station.model_copy(update={"region": "northern"})
    return shipped.model_copy(update={"station": there})


def department(engine: Engine) -> object:
    return engine.understand(H_FOR_F, NOW).first.slots.get("department")


def test_a_resident_is_understood_with_their_own_accent_everybody_else_with_the_stations(
    northern: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("linli.stage.load_recognizer", lambda *_: None)
    monkeypatch.setattr("linli.stage.AnswerJudge", lambda _: None)
    with Station(northern, Ledger.open(tmp_path / "ledger.db")) as station:
        elder = replace(next(register()), dialect="xinyang")
        assert department(station.mind(elder)) is None  # hers is still on its way
        station.accents.wait("xinyang", 60)
        assert department(station.mind(elder)) == "妇科"
        assert department(station.mind(None)) is None
        assert department(station.mind(replace(elder, dialect="northern"))) is None
        station.ledger.upsert_resident(elder)
        assert residents.dialects(station.ledger.store) == ("xinyang",)


def test_a_region_that_nobody_knows_is_none(northern: Settings) -> None:
    assert Accents(northern).of("atlantis") is None
    assert Accents(northern).of("northern") is None
