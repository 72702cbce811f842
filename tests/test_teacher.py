"""Lessons are measured and applied in a process of their own, and only what was measured."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from intents.understanding.taught import read_lessons
from linli.learn_effect import Case
from linli.taught import folder_of
from linli.teacher import ProcessTeacher
from station import audit, lessons
from station.console.teaching import TeacherBusy, Trial
from station.ledger import Ledger
from station.settings import Settings

LEG = "我这条腿遇着阴天就跟拖着磨盘一样"
LAMP = "床头那盏灯又闹脾气了来个人"
PLAIN = "腰疼半个月了，想挂个骨科的号"
"""Understood without any lesson."""


def few() -> Iterable[Case]:
    """One sentence that is understood before and after."""
    return [Case("x:1", "挂个骨科", "appointment", {"department": "骨科"})]


def spoilt() -> Iterable[Case]:
    """The very words of the lesson, with another meaning: teaching breaks both."""
    return [Case(f"x:{n}", PLAIN, "appointment", loose=True) for n in range(2)]


def crash() -> Iterable[Case]:
    """The process is gone, as when the machine runs out of memory."""
    os._exit(9)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    shipped = Settings.load(None, base=tmp_path)
    data = {"ledger": tmp_path / "var" / "ledger.db", "spool": tmp_path / "spool"}
    return shipped.model_copy(update={"data": shipped.data.model_copy(update=data)})


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with Ledger.open(settings.data.ledger) as opened:
        yield opened


def approved(ledger: Ledger, uid: str, text: str, intent: str, **slots: Any) -> None:
    corrected = {"intent": intent, "slots": slots}
    entry = {"uid": uid, "text": text, "understood": {"intent": "taxi"}, "corrected": corrected}
    lessons.bring(ledger, [entry], by="lijing")
    for each in lessons.lessons(ledger.store, "new"):
        lessons.approve(ledger, each.id, by="wangfang")


def over(teacher: ProcessTeacher) -> Trial:
    """The trial, once nothing more comes; the process may be slow to start."""
    until = time.monotonic() + 120
    while (trial := teacher.trial()) is None or trial.going_on:
        assert time.monotonic() < until, trial
        time.sleep(0.05)
    return trial


def test_what_was_measured_is_applied_and_taken_back(settings: Settings, ledger: Ledger) -> None:
    approved(ledger, "a" * 32, LEG, "appointment", department="骨科")
    teacher = ProcessTeacher(settings, few)
    assert teacher.trial() is None
    teacher.measure("wangfang")
    measured = over(teacher)
    assert (measured.state, measured.by, measured.total) == ("measured", "wangfang", 1)
    assert measured.lessons == ("a" * 32,)
    assert any("要学 1 句" in line for line in measured.lines)
    assert not folder_of(settings).exists()
    approved(ledger, "b" * 32, LAMP, "housekeeping", service="修灯")  # not measured: not applied
    teacher.apply("wangfang")
    assert over(teacher).state == "applied"
    assert [each.uid for each in read_lessons(folder_of(settings))] == ["a" * 32]
    assert teacher.applied() == 1
    entry = audit.entries(ledger.store, what="lessons.applied", limit=1)[0]
    assert (entry.by, entry.detail["lessons"]) == ("wangfang", 1)
    assert teacher.undo("wangfang")
    assert (teacher.applied(), teacher.trial()) == (0, None)
    assert not teacher.undo("wangfang")


def test_what_would_break_more_than_it_mends_is_not_offered(
    settings: Settings, ledger: Ledger
) -> None:
    approved(ledger, "a" * 32, PLAIN, "medicine")
    teacher = ProcessTeacher(settings, spoilt)
    teacher.measure("wangfang")
    refused = over(teacher)
    assert refused.state == "refused"
    assert any("改坏 2 句" in line for line in refused.lines)
    with pytest.raises(TeacherBusy):
        teacher.apply("wangfang")
    assert not folder_of(settings).exists()


@pytest.mark.parametrize(
    ("lesson", "measured_with", "state"), [(False, few, "nothing"), (True, crash, "failed")]
)
def test_nothing_to_learn_and_a_process_that_dies_are_told(
    settings: Settings, ledger: Ledger, lesson: bool, measured_with: Callable[[], Iterable[Case]],
    state: str,
) -> None:  # fmt: skip
    if lesson:
        approved(ledger, "a" * 32, LEG, "appointment", department="骨科")
    teacher = ProcessTeacher(settings, measured_with)
    teacher.measure("wangfang")
    assert over(teacher).state == state
    teacher.measure("wangfang")  # and it can be tried again
    assert over(teacher).state == state


def test_only_one_measurement_goes_on_at_a_time(settings: Settings, ledger: Ledger) -> None:
    approved(ledger, "a" * 32, LEG, "appointment", department="骨科")
    teacher = ProcessTeacher(settings, crash)
    teacher.measure("wangfang")
    for deed in (teacher.measure, teacher.apply, teacher.undo):
        with pytest.raises(TeacherBusy):
            deed("zhaomin")
    assert over(teacher).by == "wangfang"
