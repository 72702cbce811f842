"""Every screen keeps the limits, as laid out: three screens, three text sizes, both ways up."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import pytest
from kiosk_views import GLASSES, VIEWS

from kiosk.element import Element, Layout
from kiosk.geometry import Glass
from kiosk.layout import lay_out
from kiosk.limits import limits
from kiosk.sheet import LABEL_SPACING, Look
from kiosk.theme import COATS, GROUND, contrast
from kiosk.view import AGAIN, BACK, EMERGENCY, STAFF, Keypad, Question, Week
from kiosk.wrap import width, wrap

SIZES = ("standard", "large", "largest")
LIMITS = limits()
EPS = 1e-6


@cache
def laid_out(view: str, glass: str, size: str, *, left: bool = False) -> tuple[Layout, Glass]:
    return lay_out(VIEWS[view], GLASSES[glass], Look(size, left_handed=left)), GLASSES[glass]  # type: ignore[arg-type]


def least_text_mm(element: Element, em: int) -> float:
    """The size an element's words must have: a note below a choice is running text."""
    largest = max((line.em for line in element.lines), default=em)
    if element.role == "question":
        return LIMITS.question_text_mm
    if element.role == "choice" and em == largest:
        return LIMITS.choice_text_mm
    return LIMITS.text_mm


every = pytest.mark.parametrize("view", VIEWS)
glasses = pytest.mark.parametrize("glass", GLASSES)
sizes = pytest.mark.parametrize("size", SIZES)


@every
@glasses
@sizes
def test_a_screen_keeps_every_size_that_binds(view: str, glass: str, size: str) -> None:
    layout, pane = laid_out(view, glass, size)
    for element in layout.elements:
        assert pane.area.contains(element.rect)
        for line in element.lines:
            assert pane.mm(line.em) >= least_text_mm(element, line.em) - EPS, line.text
    for target in layout.targets:
        assert pane.mm(min(target.rect.w, target.rect.h)) >= LIMITS.target_mm - EPS
    for one, other in combinations(layout.targets, 2):
        assert pane.mm(one.rect.apart(other.rect)) >= LIMITS.gap_mm - EPS, (one, other)


@every
@glasses
@sizes
def test_words_stay_inside_and_do_not_cover_each_other(view: str, glass: str, size: str) -> None:
    layout, _ = laid_out(view, glass, size)
    for element in layout.elements:
        for line in element.lines:
            assert width(line.text) * line.em <= line.room + line.em * 0.05, line.text
            assert element.rect.y <= line.y
            assert line.y + line.em <= element.rect.bottom
        for upper, lower in combinations(element.lines, 2):
            if lower.y > upper.y and upper.x < lower.x + lower.room:
                least = LIMITS.line_spacing if element.action is None else LABEL_SPACING
                assert lower.y - upper.y >= least * min(upper.em, lower.em) - 2
    solid = [each for each in layout.elements if each.role != "text" or each.coat.edge]
    for one, other in combinations(solid, 2):
        assert not one.rect.overlaps(other.rect), (one, other)


@every
@glasses
def test_the_fixed_buttons_are_always_there_and_never_move(view: str, glass: str) -> None:
    layout, _ = laid_out(view, glass, "large")
    home, _ = laid_out("idle", glass, "large")
    for action in (AGAIN, BACK, STAFF, EMERGENCY):
        (here,) = [each for each in layout.targets if each.action == action]
        (there,) = [each for each in home.targets if each.action == action]
        assert here == there
        assert here.picture is not None
        assert here.lines


@every
@glasses
def test_there_are_at_most_four_choices(view: str, glass: str) -> None:
    layout, _ = laid_out(view, glass, "large")
    shown = VIEWS[view]
    if isinstance(shown, Week | Keypad):
        return
    names = ("choose", "confirm", "service", "finish", "another", "mistaken", "safe", "here")
    choices = {each.action for each in layout.targets if each.action and each.action.name in names}
    assert len(choices) <= LIMITS.choices_per_screen


@every
@glasses
@sizes
def test_a_question_is_short_enough_to_be_taken_in(view: str, glass: str, size: str) -> None:
    layout, _ = laid_out(view, glass, size)
    for element in layout.elements:
        if element.role == "question":
            assert len(element.lines) <= LIMITS.lines_per_screen
            for line in element.lines:
                assert width(line.text) <= LIMITS.characters_per_line * 1.02 + EPS


@pytest.mark.parametrize("glass", [name for name in GLASSES if "lying" in name])
def test_a_left_hander_finds_the_fixed_buttons_at_the_left(glass: str) -> None:
    for left in (True, False):
        layout, pane = laid_out("question", glass, "large", left=left)
        (staff,) = [each for each in layout.targets if each.action == STAFF]
        assert (staff.rect.x < pane.width / 2) is left


@glasses
def test_a_larger_text_size_makes_larger_text(glass: str) -> None:
    ems = []
    for size in SIZES:
        layout, _ = laid_out("still there", glass, size)
        ems.append(max(line.em for element in layout.elements for line in element.lines))
    assert ems[0] < ems[1] <= ems[2]


@every
def test_every_picture_is_drawn_by_us(view: str) -> None:
    from kiosk.painter import ICONS

    layout, _ = laid_out(view, "21.5 inches, lying", "large")
    for element in layout.elements:
        if element.picture:
            assert (ICONS / f"{element.picture.name}.svg").exists()


@pytest.mark.parametrize("coat", COATS, ids=lambda coat: str(coat.fill))
def test_colours_stand_apart(coat: object) -> None:
    from kiosk.theme import Coat

    assert isinstance(coat, Coat)
    assert contrast(coat.ink, coat.fill) >= LIMITS.contrast
    if coat.edge is not None:
        assert contrast(coat.edge, GROUND) >= LIMITS.edge_contrast


def test_contrast_is_measured_as_wcag_defines_it() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


def test_a_layout_that_cannot_fit_says_so() -> None:
    from kiosk.sheet import NoRoom

    with pytest.raises(NoRoom, match=r"too small|does not fit"):
        lay_out(VIEWS["long read-back"], Glass(1600, 900, 0.1), Look())


class TestWrap:
    """Lines of text."""

    def test_lines_end_at_marks_where_they_can(self) -> None:
        assert wrap("您想哪天去，上午还是下午？", 8) == ["您想哪天去，", "上午还是下午？"]

    def test_words_and_numbers_are_not_torn_apart(self) -> None:
        assert wrap("请在1123-007号工作人员处取", 8)[0] == "请在1123-007"
        assert "工作人员" in "|".join(wrap("您好请找工作人员来", 6))

    def test_no_line_begins_with_a_mark(self) -> None:
        for ems in range(2, 14):
            for line in wrap("对就说“没问题”，要改就说“改一下”，好吗？", ems)[1:]:
                assert line[0] not in "，。？！、”"

    def test_every_line_fits_and_nothing_is_lost(self) -> None:
        text = "明天二十四号星期二上午八点，从示例社区服务站到人民医院，编号1123-007。"
        for ems in range(2, 30):
            lines = wrap(text, ems)
            assert "".join(lines) == text
            assert all(width(line) <= max(ems, 5.5) for line in lines)


def test_at_most_four_answers_are_among_the_samples() -> None:
    assert all(len(v.tiles) <= 4 for v in VIEWS.values() if isinstance(v, Question))
