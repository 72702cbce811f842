"""Charts as SVG, for screens, for paper and for screen readers.

Parts are told apart by pattern and label, so that print in black and white loses nothing.
Colours and patterns are classes of `assets/console/reports.css`; a chart holds none itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_WIDTH: Final = 640
_LINE: Final = 28
"""Height of a row of bars."""
_LEFT, _RIGHT = 168, 64
_HIGH, _FOOT, _HEAD = 180, 44, 20
_LETTER: Final = 15
"""Width of a letter."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart."""

    label: str
    """What it stands for."""
    value: float
    """How long it is."""
    shown: str
    """The value as people read it."""
    part: float = 0
    """So much of it is drawn plain, the rest hatched; 0: all plain."""


@dataclass(frozen=True, slots=True)
class Words:
    """What a chart is called."""

    id: str
    """Names it within a page."""
    title: str
    """What it shows."""
    desc: str
    """What is to be seen in it, in a sentence."""


def rows(told: Words, bars: Sequence[Bar], most: float | None = None) -> str:
    """Bars lying below each other; `most` is the value of a full one."""
    full = most or max((bar.value for bar in bars), default=0) or 1
    room = _WIDTH - _LEFT - _RIGHT
    drawn = []
    for n, bar in enumerate(bars):
        y, long = n * _LINE, bar.value / full * room
        drawn += [
            _text("name", _LEFT - 8, y + 19, _short(bar.label), "end"),
            _bar(_LEFT, y + 4, long, _LINE - 8),
            _text("value", _LEFT + long + 6, y + 19, bar.shown, "start"),
        ]
    return _drawing(told, max(len(bars), 1) * _LINE, drawn)


def columns(told: Words, bars: Sequence[Bar]) -> str:
    """Bars standing beside each other, for what follows in time; two parts in each."""
    full = max((bar.value for bar in bars), default=0) or 1
    step = _WIDTH / max(len(bars), 1)
    wide = _LETTER * max((len(bar.label) for bar in bars), default=0)
    every = -(-int(wide) // max(int(step), 1))  # labels that have no room are left out
    floor = _HEAD + _HIGH
    drawn = [f'<line class="floor" x1="0" y1="{floor}" x2="{_WIDTH}" y2="{floor}"/>']
    for n, bar in enumerate(bars):
        x, broad = n * step + step * 0.12, step * 0.76
        high, plain = bar.value / full * _HIGH, min(bar.part, bar.value) / full * _HIGH
        middle = n * step + step / 2
        drawn.append(_bar(x, floor - high, broad, high - plain, f"url(#{told.id}-hatch)"))
        drawn.append(_bar(x, floor - plain, broad, plain))
        if bar.value and (step > _LETTER * 2 or bar.value == full):
            drawn.append(_text("value", middle, floor - high - 5, bar.shown))
        if n % max(every, 1) == every // 2:
            drawn.append(_text("name", middle, floor + 20, bar.label))
    return _drawing(told, floor + _FOOT - 12, drawn)


def _short(label: str) -> str:
    return label if len(label) <= 11 else f"{label[:10]}…"


def _text(kind: str, x: float, y: float, text: str, anchor: str = "middle") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{escape(text)}</text>'


def _bar(x: float, y: float, wide: float, high: float, hatch: str = "") -> str:
    if wide <= 0 or high <= 0:
        return ""
    fill = f' class="rest" fill="{hatch}"' if hatch else ' class="whole"'
    return f'<rect{fill} x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}"/>'


def _drawing(told: Words, high: float, drawn: Sequence[str]) -> str:
    id_, title, desc = (escape(each) for each in (told.id, told.title, told.desc))
    return (
        f'<svg class="chart" viewBox="0 0 {_WIDTH} {high:.0f}" role="img"'
        f' aria-labelledby="{id_}-title" aria-describedby="{id_}-desc">'
        f'<title id="{id_}-title">{title}</title><desc id="{id_}-desc">{desc}</desc>'
        f'<defs><pattern id="{id_}-hatch" class="hatch" width="6" height="6"'
        ' patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect class="paper" width="6" height="6"/><line x1="0" y1="0" x2="0" y2="6"/></pattern>'
        f"</defs>{''.join(drawn)}</svg>"
    )
