"""Sample callers before a kiosk that nobody sees: real ears, real screens, real ledger."""

from __future__ import annotations

from pathlib import Path

import pygame
import pytest

from linli import stage
from linli.samples import Sample, load
from linli.visitors import as_wanted, visit
from linli.wiring import load_settings


@pytest.fixture
def pausing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sample:
    """Cancels tomorrow's taxi, with a pause for thought in every sentence."""
    monkeypatch.setattr(stage, "VAR", tmp_path)
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    return next(sample for sample in load() if sample.name == "07-pause")


def test_a_visitor_who_thinks_in_mid_sentence_gets_what_they_came_for(
    pausing: Sample, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert visit(load_settings(), tmp_path / "screens", samples=[pausing])
    told = capsys.readouterr().out
    assert "cancelled" in told
    assert "1 / 1" in told
    pictures = sorted((tmp_path / "screens" / "07-pause").glob("*.png"))
    assert [path.stem[3:] for path in pictures][-1] == "done"
    assert all(pygame.image.load(path).get_width() > 1000 for path in pictures)


@pytest.mark.parametrize(
    ("status", "destination", "wanted"),
    [("cancelled", "火车站", True), ("new", "火车站", False), ("cancelled", "医院", False)],
)
def test_a_visit_is_right_when_the_request_stands_as_they_wanted(
    pausing: Sample, status: str, destination: str, wanted: bool
) -> None:
    stands = {"status": status, "slots": {"destination": destination, "time": "08:00"}}
    assert as_wanted(pausing, stands) is wanted


def test_an_alarm_is_right_only_when_those_who_come_know_what_it_is() -> None:
    fall = next(sample for sample in load() if sample.name == "06-emergency")
    assert as_wanted(fall, {"status": "new", "slots": {"kind": "fall"}})
    assert not as_wanted(fall, {"status": "new", "slots": {"kind": "other"}})


def test_dishes_may_be_filed_in_another_order() -> None:
    meal = next(sample for sample in load() if sample.name == "02-meal")
    slots = {**meal.filed, "items": list(reversed(meal.filed["items"]))}
    assert as_wanted(meal, {"status": "new", "slots": slots})
    assert not as_wanted(meal, {"status": "new", "slots": {**slots, "items": slots["items"][:1]}})
