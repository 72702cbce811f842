"""One line of a bench report."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """A measured figure beside what it must reach."""

    what: str
    """What was measured, in plain words."""
    value: float
    """The figure, in `unit`."""
    unit: str
    """ms, s, %, ×, MB or count."""
    target: str = ""
    """What it must reach, as written in the requirements; empty for a comparison value."""
    reached: bool | None = None
    """Whether `value` meets `target`; None where there is none."""
    n: int = 0
    """How many samples it rests on."""
    note: str = ""
    """Conditions, interval, or what it is compared with."""
