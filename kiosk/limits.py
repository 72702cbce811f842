"""The numbers that bind a screen, from `assets/limits.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

import yaml

PATH: Final = Path(__file__).resolve().parent.parent / "assets" / "limits.yaml"


@dataclass(frozen=True, slots=True)
class Limits:
    """What every screen keeps to; `mm` at the glass, `s` seconds."""

    text_mm: float
    """Em of the smallest text."""
    choice_text_mm: float
    """Em of what can be chosen."""
    question_text_mm: float
    """Em of the question."""
    target_mm: float
    """Width and height of whatever can be touched."""
    gap_mm: float
    """Between two things that can be touched."""
    choices_per_screen: int
    """At most so many."""
    contrast: float
    """Of text on its ground."""
    edge_contrast: float
    """Of a button's edge on what is around it."""
    line_spacing: float
    """Pitch of lines in ems."""
    characters_per_line: int
    """Of the question."""
    lines_per_screen: int
    """Of the question."""
    double_tap_guard_s: float
    """A second touch so soon after the first is a tremor."""
    drift_mm: float
    """A finger that moved no farther still means where it came down."""
    idle_s: float
    """Without any sign, then 您还在吗."""
    idle_answer_s: float
    """To answer that; then everything personal is wiped."""
    cancel_s: float
    """To take the red button back."""
    help_s: float
    """How long a raised alarm stays on the screen without a sign."""
    farewell_s: float
    """How long the last words stay."""
    text_sizes: Mapping[str, float]
    """Name of a text size → factor on all of the above sizes of text."""
    reaction_ms: float
    """Touch to something seen."""
    start_s: float
    """To the first screen."""


@cache
def limits() -> Limits:
    """The limits, read once."""
    data = yaml.safe_load(PATH.read_text("utf-8"))["kiosk"]
    return Limits(**{field.name: data[field.name] for field in fields(Limits)})
