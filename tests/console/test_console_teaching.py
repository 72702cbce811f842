"""A supervisor measures, applies and takes back what was approved, without leaving the console."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pytest
from console_eyes import log_in, serious
from console_house import Browser, House, opened
from playwright.sync_api import Page, expect

from intents.understanding.taught import read_lessons
from linli.learn_effect import Case
from linli.taught import folder_of
from linli.teacher import ProcessTeacher
from station import lessons
from station.settings import Settings

WORDS = "茅房那个水箱子整宿唱歌"


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


def until(page: Page, words: str) -> None:
    """The page says so by itself, without being opened again; the process may be slow to start."""
    expect(page.locator("#trial-state")).to_contain_text(words, timeout=180_000)


def test_from_a_correction_to_what_is_understood_and_back(
    school: tuple[House, Settings], page: Page
) -> None:
    house, settings = school
    entry = {"uid": "c" * 32, "text": WORDS, "understood": {"intent": "handover"},
             "corrected": {"intent": "housekeeping", "slots": {"service": "修马桶"}}}  # fmt: skip
    lessons.bring(house.ledger, [entry], by="lijing")
    log_in(page, house, "wangfang")
    page.get_by_role("link", name="听错的话").click()
    page.get_by_role("button", name=f"同意：{WORDS}").click()
    expect(page.locator("#trial")).to_contain_text("同意了还没有学的有 1 句")
    page.get_by_role("button", name="试一试").click()
    until(page, "可以学")  # polled by the page, which went on at once
    until(page, "要学 1 句")
    assert serious(page) == []
    page.get_by_role("button", name="学这 1 句").click()
    until(page, "学会了")
    assert [each.uid for each in read_lessons(folder_of(settings))] == ["c" * 32]
    page.reload()
    expect(page.locator("#lesson1")).to_contain_text("已经学会")
    page.get_by_role("button", name="撤回上一次学的").click()
    expect(page.locator("main .notice")).to_contain_text("和那次以前一模一样")
    expect(page.locator("#lesson1")).to_contain_text("同意了")
    assert not folder_of(settings).exists()


def test_nothing_is_applied_that_was_not_measured(school: tuple[House, Settings]) -> None:
    house, settings = school
    with Browser(house.address) as boss:
        boss.log_in("wangfang")
        assert boss.submit("/lessons/trial/apply").status_code == 409
        assert "没有可撤的" in boss.submit("/lessons/trial/undo").text
        assert boss.submit("/lessons/trial/nonsense").status_code == 404
    assert not folder_of(settings).exists()


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
