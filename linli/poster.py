"""`linli poster`: one A3 page for the wall that tells an elder what to do, in the largest letters.

The number, the hours and what is on offer come from the station's settings; the words from
`assets/text/poster.yaml`. A line is as large as its width allows, up to a size of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from station.settings import Settings

from .paths import ASSETS, MODELS

WORDS: Final = ASSETS / "text" / "poster.yaml"
SMALLEST_PT: Final = 36
"""Twelve millimetres: read from three metres by who sees half as well as usual."""
_WIDTH, _HEIGHT, _EDGE = 297.0, 420.0, 16.0
_AIR: Final = 2.5
"""Millimetres inside and outside the frame of what is urgent."""
_RED: Final = (176, 0, 0)
_BLACK: Final = (0, 0, 0)
_MM_PER_PT: Final = 25.4 / 72


@cache
def words() -> Mapping[str, Any]:
    """What stands on it."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


def lines(settings: Settings) -> list[tuple[str, int, bool]]:
    """What the poster says, from above: a line, its largest size in points, whether it is red."""
    said, hours, number = words(), settings.hours, settings.phone.trunk.number
    days = days_told(hours.days)
    told = said["open"].format(
        days=days, opens=f"{hours.opens:%H:%M}", closes=f"{hours.closes:%H:%M}"
    )
    services = [each for each in said["services"] if settings.canteen or each != said["no_canteen"]]
    half = (len(services) + 1) // 2
    return [
        (said["station"].format(name=settings.station.name), 56, False),
        (said["title"], 138, False),
        (said["with_number"] if number else said["without_number"], 64, False),
        *([(number, 170, True)] if number else []),
        (said["or_screen"], 54, False),
        ("　".join(services[:half]), 46, False),
        ("　".join(services[half:]), 46, False),
        (told, 54, False),
        (said["closed"], 44, False),
        (said["urgent"], 62, True),
        (said["rescue"], 56, True),
        (said["person"], 60, False),
        *([(said["recording"], 44, False)] if settings.data.keep_recordings else []),
        (said["address"].format(address=settings.station.address), 44, False),
    ]


def days_told(days: Sequence[int]) -> str:
    """Weekdays in words: a run of three or more by its ends."""
    said, found = words(), sorted(days)
    if len(found) == len(said["days"]):
        return str(said["every_day"])
    names = [said["days"][each - 1] for each in found]
    if len(found) > 2 and found[-1] - found[0] == len(found) - 1:
        return f"{names[0]}{said['to']}{names[-1]}"
    return str(said["between"].join(names))


def pdf(settings: Settings, fonts: Path = MODELS / "font") -> bytes:
    """The poster's PDF; the font is inside. Raises ValueError where a line cannot be read."""
    from fpdf import FPDF
    from fpdf.fonts import TTFFont

    paper = FPDF(orientation="portrait", format="A3", unit="mm")
    paper.set_title(words()["title"])
    paper.set_lang("zh-CN")
    paper.set_margins(_EDGE, _EDGE)
    paper.set_auto_page_break(False)
    paper.add_font("Noto", fname=str(fonts / "NotoSansSC-Bold.ttf"))
    paper.add_page()
    try:
        _set(paper, lines(settings))
        return bytes(paper.output())
    finally:
        for font in paper.fonts.values():
            if isinstance(font, TTFFont):
                font.ttfont.close()


def _set(paper: Any, told: list[tuple[str, int, bool]]) -> None:
    """Every line on the page, with the same room between them."""
    fitted = [(text, _size(paper, text, most), red) for text, most, red in told]
    room = _HEIGHT - 2 * _EDGE - sum(size * _MM_PER_PT * 1.2 for _, size, _ in fitted)
    gap = (room - 4 * _AIR) / (len(fitted) - 1)
    if gap < 0:
        raise ValueError("the poster's lines do not fit on the page: shorten poster.yaml")
    said = words()
    for text, size, red in fitted:
        if text == said["urgent"]:
            paper.set_y(paper.get_y() + 2 * _AIR)
            framed = paper.get_y() - _AIR
        paper.set_font("Noto", size=size)
        paper.set_text_color(*(_RED if red else _BLACK))
        height = size * _MM_PER_PT * 1.2
        paper.cell(w=0, h=height, text=text, align="C", new_x="LMARGIN", new_y="NEXT")
        if text == said["rescue"]:
            _frame(paper, framed, paper.get_y() + _AIR / 2)
            paper.set_y(paper.get_y() + 2 * _AIR)
        paper.set_y(paper.get_y() + gap)


def _frame(paper: Any, top: float, bottom: float) -> None:
    """Around what is urgent: it is found from across the room."""
    paper.set_draw_color(*_RED)
    paper.set_line_width(1.6)
    paper.rect(_EDGE / 2, top, _WIDTH - _EDGE, bottom - top)


def _size(paper: Any, text: str, most: int) -> float:
    """The largest size at which a line fits. Raises ValueError below the smallest."""
    paper.set_font("Noto", size=most)
    size: float = min(most, most * (_WIDTH - 2 * _EDGE - 2) / paper.get_string_width(text))
    if size < SMALLEST_PT:
        raise ValueError(f"{text}: too long for the poster: shorten it in station.toml")
    return size
