"""A supervisor measures, applies and takes back what was approved, without leaving the console."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import pytest
from console_house import Browser, House, opened

from intents.taught import read_lessons
from linli.learn_effect import Case
from linli.taught import folder_of
from linli.teacher import ProcessTeacher
from station import lessons
from station.settings import Settings

WORDS = "茅房那个水箱子整宿唱歌"
PART = {"HX-Request": "true"}


def few() -> Iterable[Case]:
    """What is measured with here."""
    return [Case("x:1", "叫个车去医院", "taxi", loose=True)]


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Settings]]:
    """A console with a teacher, and its settings."""
    folder = tmp_path_factory.mktemp("teaching") / "house"
    shipped = Settings.load(None, base=folder)
    data = {"ledger": folder / "ledger.db", "spool": folder / "spool"}
    settings = shipped.model_copy(update={"data": shipped.data.model_copy(update=data)})
    teacher = ProcessTeacher(settings, few)

    def applied() -> frozenset[str]:
        return frozenset(each.uid for each in read_lessons(folder_of(settings)))

    with opened(folder, teacher=teacher, applied=applied) as ready:
        yield ready, settings


def until(browser: Browser, words: str) -> str:
    """The part of the page that tells how far it is, once it says so."""
    late = time.monotonic() + 120
    while words not in (told := browser.look("/lessons/trial", headers=PART).text):
        assert time.monotonic() < late, told
        time.sleep(0.1)
    return told


def test_from_a_correction_to_what_is_understood_and_back(
    school: tuple[House, Settings],
) -> None:
    house, settings = school
    entry = {"uid": "c" * 32, "text": WORDS, "understood": {"intent": "handover"},
             "corrected": {"intent": "housekeeping", "slots": {"service": "修马桶"}}}  # fmt: skip
    lessons.bring(house.ledger, [entry], by="lijing")
    found = lessons.lessons(house.ledger.store, "new")[0]
    with Browser(house.address) as boss:
        boss.log_in("wangfang")
        assert "学这" not in boss.look("/lessons").text
        assert boss.submit("/lessons/trial/apply").status_code == 409  # nothing was measured
        page = boss.submit(f"/lessons/{found.id}/approve").text
        assert "同意了还没有学的有 1 句" in page
        began = boss.submit("/lessons/trial/measure")
        assert began.status_code == 200  # the page does not wait for it
        measured = until(boss, "可以学")
        assert "要学 1 句" in measured
        assert "hx-get" not in measured  # it asks no more
        boss.submit("/lessons/trial/apply")
        until(boss, "学会了")
        assert [each.uid for each in read_lessons(folder_of(settings))] == ["c" * 32]
        assert "已经学会" in boss.look("/lessons").text
        undone = boss.submit("/lessons/trial/undo").text
        assert "和那次以前一模一样" in undone
        assert "已经学会" not in undone
        assert not folder_of(settings).exists()
        assert boss.submit("/lessons/trial/nonsense").status_code == 404


def test_only_a_supervisor_teaches(school: tuple[House, Settings]) -> None:
    house, _ = school
    with Browser(house.address) as staff:
        staff.log_in()
        assert staff.look("/lessons/trial").status_code == 403
        for act in ("measure", "apply", "undo"):
            assert staff.submit(f"/lessons/trial/{act}").status_code == 403


def test_a_console_without_a_teacher_names_the_command(house: House, boss: Browser) -> None:
    entry = {"uid": "d" * 32, "text": "灶上那个火苗苗直跳", "understood": {"intent": "taxi"},
             "corrected": {"intent": "housekeeping", "slots": {}}}  # fmt: skip
    lessons.bring(house.ledger, [entry], by="lijing")
    row = next(each for each in lessons.lessons(house.ledger.store, "new") if each.uid == "d" * 32)
    page = boss.submit(f"/lessons/{row.id}/approve").text
    assert "linli learn apply" in page
    assert boss.submit("/lessons/trial/measure").status_code == 404
