"""Teaching from the console: approved lessons are measured, then applied, or taken back.

Understanding belongs to another room: whoever starts the console brings the `Teacher`, which
measures in a process of its own. The page asks how far it is and never waits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol, TypeAlias

from starlette.responses import RedirectResponse, Response

from station.errors import StationError, UnknownRequest

from .board import names_of
from .clocks import when
from .render import part
from .site import Visit

State: TypeAlias = Literal[
    "measuring", "applying", "measured", "nothing", "refused", "applied", "failed"
]
"""Two that go on; what the measurement found; what became of the applying."""


class TeacherBusy(StationError):
    """A measurement is going on, or there is none to go on from."""

    code = "teacher_busy"


@dataclass(frozen=True, slots=True)
class Trial:
    """One measurement, and what came of it."""

    state: State
    """How far it is."""
    by: str
    """Login of who wanted it."""
    at: datetime
    """When it was begun, UTC+8."""
    done: int = 0
    """Sentences tried so far."""
    total: int = 0
    """Sentences there are; 0 while they are being read."""
    lines: tuple[str, ...] = ()
    """What it found, in Chinese."""
    lessons: tuple[str, ...] = ()
    """The uids that would be learnt, or were."""

    @property
    def going_on(self) -> bool:
        """Whether there is more to come."""
        return self.state in {"measuring", "applying"}


class Teacher(Protocol):
    """Measures and applies lessons; safe to share between threads."""

    def trial(self) -> Trial | None:
        """The last measurement; None: there was none since the console started."""

    def measure(self, by: str) -> None:
        """Begin to measure what was approved. Raises TeacherBusy."""

    def apply(self, by: str) -> None:
        """Begin to apply what the last measurement found good, and nothing else.

        Raises TeacherBusy, also where there is no such measurement.
        """

    def undo(self, by: str) -> bool:
        """Take the newest applying back; False: nothing is applied. Raises TeacherBusy."""

    def applied(self) -> int:
        """How many times lessons were applied that can be taken back."""


def trial_part(visit: Visit) -> Response:
    """How far the measurement is, alone."""
    return part(visit, "trial.html", **shown(visit))


def shown(visit: Visit) -> Mapping[str, object]:
    """What the page tells of it."""
    teacher = visit.site.teacher
    trial, names = teacher.trial() if teacher else None, names_of(visit)
    return {
        "teaches": teacher is not None,
        "trial": trial,
        "trial_by": trial and f"{names.get(trial.by, trial.by)} {when(trial.at, visit.now)}",
        "undoable": teacher.applied() if teacher else 0,
    }


def act(visit: Visit) -> Response:
    """Begin to measure or to apply, or take the newest back; the page shows what comes of it."""
    name, teacher = visit.web.path_params["act"], visit.site.teacher
    if teacher is None or name not in ACTS:
        raise UnknownRequest("nothing called so is done with lessons here")
    did = ACTS[name](teacher, visit.member.login)
    return RedirectResponse(f"/lessons?did={did}#trial", 303)


def _measure(teacher: Teacher, by: str) -> str:
    teacher.measure(by)
    return ""


def _apply(teacher: Teacher, by: str) -> str:
    teacher.apply(by)
    return ""


def _undo(teacher: Teacher, by: str) -> str:
    return "lessons_undone" if teacher.undo(by) else "lessons_none"


ACTS: Final[Mapping[str, Callable[[Teacher, str], str]]] = {
    "measure": _measure,
    "apply": _apply,
    "undo": _undo,
}
"""By the last part of the address."""
