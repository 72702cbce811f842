"""Every screen keeps the limits in its pixels, not only in its plan."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from kiosk_views import GLASSES, VIEWS

from kiosk.element import Element, Line
from kiosk.geometry import Glass
from kiosk.layout import lay_out
from kiosk.limits import limits
from kiosk.painter import Painter
from kiosk.sheet import Look
from kiosk.theme import GROUND, PLAIN
from linli.paths import MODELS

LIMITS = limits()
KINDS = list({type(view): name for name, view in VIEWS.items()}.values())
"""One view of every kind; the plan of the others is held by the layout's tests."""
SIZES = ("standard", "large", "largest")
INK = 3.0
"""Contrast from which a pixel belongs to a letter."""
FULL = 0.8
"""Ems that a Chinese character at least fills, of its em box."""

Pixels = npt.NDArray[np.uint8]


@pytest.fixture(scope="module", autouse=True)
def fixture_no_display() -> Iterator[None]:
    os.environ.setdefault("SDL_VIDEODRIVER", "dummy")
    import pygame

    pygame.display.init()
    yield
    pygame.display.quit()


@cache
def painter(glass: Glass) -> Painter:
    return Painter(glass, Path(MODELS / "font"))


def painted(view: str, glass: Glass, size: str) -> tuple[tuple[Element, ...], Pixels]:
    import pygame

    layout = lay_out(VIEWS[view], glass, Look(size))  # type: ignore[arg-type]
    surface = pygame.Surface((glass.width, glass.height))
    painter(glass).draw(surface, layout, mode="listening", level=1.0)
    return layout.elements, pygame.surfarray.pixels3d(surface).swapaxes(0, 1)


_LINEAR = np.array(
    [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
     for part in (value / 255 for value in range(256))],
    np.float32,
)  # fmt: skip


def luminance(pixels: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
    return np.asarray(_LINEAR[pixels] @ np.array([0.2126, 0.7152, 0.0722], np.float32))


def contrast(
    pixels: npt.NDArray[np.generic], ground: tuple[int, int, int]
) -> npt.NDArray[np.float32]:
    here, there = luminance(pixels), luminance(np.array(ground, np.uint8))
    return np.asarray((np.maximum(here, there) + 0.05) / (np.minimum(here, there) + 0.05))


def letters(pixels: Pixels, line: Line, ground: tuple[int, int, int]) -> npt.NDArray[np.float32]:
    """Contrast with the ground around one line, a quarter em beyond its box."""
    beyond = line.em // 4
    rows = slice(max(0, line.y - beyond), line.y + line.em + beyond)
    return contrast(pixels[rows, line.x : line.x + line.room], ground)


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" and character != "一" for character in text)


LYING = [(glass, size) for glass in GLASSES if "lying" in glass for size in SIZES]
UPRIGHT = [(glass, "large") for glass in GLASSES if "upright" in glass]


@pytest.mark.parametrize(("glass", "size"), [*LYING, *UPRIGHT])
def test_letters_are_as_large_and_as_dark_as_they_must_be(glass: str, size: str) -> None:
    pane = GLASSES[glass]
    for view in KINDS:
        elements, pixels = painted(view, pane, size)
        for element in elements:
            ground = GROUND if element.coat is PLAIN else element.coat.fill
            for line in element.lines:
                found = letters(pixels, line, ground)
                assert found.max() >= LIMITS.contrast, (view, line.text)
                rows = np.flatnonzero((found >= INK).any(axis=1))
                if chinese(line.text):
                    least = (
                        LIMITS.question_text_mm if element.role == "question" else LIMITS.text_mm
                    )
                    assert pane.mm(rows[-1] - rows[0] + 1) >= FULL * least, (view, line.text)


@pytest.mark.parametrize("glass", [name for name in GLASSES if "21.5" in name])
def test_what_can_be_touched_has_an_edge_that_is_seen(glass: str) -> None:
    pane = GLASSES[glass]
    for view in KINDS:
        elements, pixels = painted(view, pane, "large")
        for element in elements:
            if element.action is None or element.role == "status":
                continue
            rect = element.rect
            edge = pixels[rect.y + rect.h // 2, rect.x : rect.x + max(2, pane.px(0.8))]
            assert contrast(edge, GROUND).min() >= LIMITS.edge_contrast, (view, element.action)
            outside = pixels[rect.y + rect.h // 2, rect.x - 2]
            assert tuple(outside) == GROUND


def test_letters_fit_the_room_they_were_given() -> None:
    pane = GLASSES["15.6 inches, lying"]
    for view in VIEWS:
        elements, pixels = painted(view, pane, "largest")
        for element in elements:
            if element.coat.edge is None:
                continue
            inner = element.rect.inset(max(2, pane.px(0.8)) + 1)
            column = pixels[inner.y + inner.h // 4 : inner.bottom - inner.h // 4, inner.right - 1]
            assert contrast(column, element.coat.fill).max() < 1.5, (view, element.lines)


def test_a_touched_button_looks_touched() -> None:
    import pygame

    pane = GLASSES["21.5 inches, lying"]
    layout = lay_out(VIEWS["question"], pane, Look())
    painter = Painter(pane, MODELS / "font")
    pictures = []
    for pressed in (None, layout.targets[1]):
        surface = pygame.Surface((pane.width, pane.height))
        painter.draw(surface, layout, pressed=pressed)
        pictures.append(pygame.surfarray.array3d(surface).swapaxes(0, 1))
    rect = layout.targets[1].rect
    changed = np.argwhere((pictures[0] != pictures[1]).any(axis=2))
    assert len(changed) > rect.w
    assert (changed.min(axis=0) >= (rect.y, rect.x)).all()
    assert (changed.max(axis=0) < (rect.bottom, rect.right)).all()


def test_the_ring_grows_with_the_voice() -> None:
    import pygame

    pane = GLASSES["21.5 inches, lying"]
    layout = lay_out(VIEWS["listening"], pane, Look())
    painter = Painter(pane, MODELS / "font")
    drawn = []
    for level in (0.0, 0.5, 1.0):
        surface = pygame.Surface((pane.width, pane.height))
        painter.draw(surface, layout, mode="listening", level=level)
        drawn.append((pygame.surfarray.array3d(surface) != GROUND).any(axis=2).sum())
    assert drawn[0] < drawn[1] < drawn[2]


def test_a_missing_font_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="run scripts/setup"):
        Painter(GLASSES["21.5 inches, lying"], tmp_path)


def test_a_face_is_painted_and_not_kept_when_it_is_gone() -> None:
    import pygame

    glass = GLASSES["21.5 inches, lying"]
    painter = Painter(glass, MODELS / "font")
    surface = pygame.Surface((glass.width, glass.height))
    layout = lay_out(VIEWS["whom to call"], glass, Look())
    (face,) = [e.picture for e in layout.elements if e.picture and e.picture.photo]
    assert face.photo is not None
    painter.draw(surface, layout)
    x, y = face.rect.centre
    middle = face.photo.rgb[30:33]
    assert max(abs(a - b) for a, b in zip(surface.get_at((x, y))[:3], middle, strict=True)) < 20
    assert painter.faces == 1
    painter.draw(surface, lay_out(VIEWS["idle"], glass, Look()))
    assert painter.faces == 0
