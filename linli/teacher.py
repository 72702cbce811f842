"""The console's teacher: `linli learn` behind buttons, measured in a process of its own.

A measurement is seconds of computing: the console's process goes on serving pages meanwhile, and
this one steps aside for whoever is talking with Linli just now.
"""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import Final, Literal, TypeAlias

import structlog

from station import clock
from station.console.teaching import State, TeacherBusy, Trial
from station.errors import StationError
from station.settings import Settings

from . import learn
from .errors import LinliError
from .learn_effect import Case, cases
from .taught import folder_of

log = structlog.get_logger(__name__)

LONGEST_S: Final = 600.0
"""A measurement that says nothing for so long is given up."""
_EVERY: Final = 250
"""Sentences between two signs of how far it is."""
_ASIDE: Final = 5

Cases: TypeAlias = Callable[[], Iterable[Case]]
"""Gives what is measured with; a function of a module, for another process calls it."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a process is to do."""

    settings: Settings
    """Of the station."""
    by: str
    """Login of who wants it."""
    only: tuple[str, ...] | None
    """Apply just these, by uid; None: only measure."""
    cases: Cases
    """What is measured with."""


@dataclass(frozen=True, slots=True)
class Far:
    """So far it is."""

    done: int
    """Sentences tried."""
    total: int
    """Sentences there are."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of it."""

    state: State
    """One of those that do not go on."""
    lines: tuple[str, ...] = ()
    """In Chinese."""
    lessons: tuple[str, ...] = ()
    """The uids that would be learnt, or were."""


class ProcessTeacher:
    """Measures and applies, one at a time; safe to share between threads."""

    def __init__(self, settings: Settings, measured_with: Cases = cases) -> None:
        self._settings, self._cases = settings, measured_with
        self._lock = threading.Lock()
        self._trial: Trial | None = None

    def trial(self) -> Trial | None:
        """The last measurement, or the one that goes on."""
        with self._lock:
            return self._trial

    def measure(self, by: str) -> None:
        """Begin to measure what was approved. Raises TeacherBusy."""
        with self._lock:
            self._begin(by, "measuring", None)

    def apply(self, by: str) -> None:
        """Begin to apply what the last measurement found good. Raises TeacherBusy."""
        with self._lock:
            if self._trial is None or self._trial.state != "measured":
                raise TeacherBusy("nothing was measured that could be applied: measure first")
            self._begin(by, "applying", self._trial.lessons)

    def undo(self, by: str) -> bool:
        """Take the newest applying back; what was measured before is void. Raises TeacherBusy."""
        from .wiring import open_ledger

        with self._lock:
            self._check_idle()
            with open_ledger(self._settings) as ledger:
                done = learn.undo(self._settings, ledger, by=by, tell=lambda _: None)
            self._trial = None
        return done

    def applied(self) -> int:
        """How many times lessons were applied that can be taken back."""
        return len(learn.files(folder_of(self._settings)))

    def _check_idle(self) -> None:
        if self._trial is not None and self._trial.going_on:
            raise TeacherBusy("a measurement is going on: wait until it is over")

    def _begin(
        self, by: str, state: Literal["measuring", "applying"], only: tuple[str, ...] | None
    ) -> None:
        self._check_idle()
        self._trial = Trial(state, by, clock.now(), lessons=only or ())
        order = Order(self._settings, by, only, self._cases)
        threading.Thread(target=self._follow, args=(order,), name="teacher", daemon=True).start()

    def _follow(self, order: Order) -> None:
        """Start the process and note what it tells, until it has ended."""
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe(duplex=False)
        worker = context.Process(target=work, args=(order, theirs), daemon=True)
        try:
            worker.start()
            theirs.close()
            while self._noted(ours):
                pass
        except (EOFError, OSError) as error:
            log.warning("teaching_broke_off", error=type(error).__name__)
            self._note(Ended("failed"))
        finally:
            if worker.pid is not None:
                worker.terminate()
                worker.join()
            ours.close()

    def _noted(self, ours: Connection) -> bool:
        """Whether there is more to come. Raises EOFError when the process is gone."""
        if not ours.poll(LONGEST_S):
            raise EOFError
        told: Far | Ended = ours.recv()
        self._note(told)
        return isinstance(told, Far)

    def _note(self, told: Far | Ended) -> None:
        with self._lock:
            if self._trial is None:
                return
            if isinstance(told, Far):
                self._trial = replace(self._trial, done=told.done, total=told.total)
                return
            self._trial = replace(
                self._trial, state=told.state, lines=told.lines, lessons=told.lessons
            )
            log.info("teaching_ended", state=told.state, lessons=len(told.lessons))


def work(order: Order, told: Connection) -> None:
    """What the process does; everything it finds goes to `told`."""
    os.nice(_ASIDE)
    try:
        told.send(_done(order, told))
    except (LinliError, StationError, OSError) as error:
        log.warning("teaching_failed", error=str(error))
        told.send(Ended("failed"))


def _done(order: Order, told: Connection) -> Ended:
    from .wiring import load_engine, open_ledger

    with open_ledger(order.settings) as ledger:
        wanted = learn.waiting(order.settings, ledger)
        if order.only is not None:
            wanted = [each for each in wanted if each.uid in order.only]
        if not wanted:
            return Ended("nothing")
        asked = list(order.cases())
        made = learn.plan(load_engine(order.settings), wanted, _counted(asked, told))
        lines, uids = tuple(learn.report(made)), tuple(each.uid for each in made.new)
        if made.dangerous or made.worse:
            return Ended("refused", lines)
        if not made.new:
            return Ended("nothing", lines)
        if order.only is None:
            return Ended("measured", lines, uids)
        learn.take(order.settings, ledger, made, by=order.by)
        return Ended("applied", lines, uids)


def _counted(asked: Sequence[Case], told: Connection) -> Iterator[Case]:
    for n, case in enumerate(asked):
        if n % _EVERY == 0:
            told.send(Far(n, len(asked)))
        yield case
