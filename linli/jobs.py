"""What is sent to a worker process, what comes back, and which job is the next.

Somebody waits for a short answer to be judged; text may still be void when the
caller goes on; a partial text is only nice to have. So judging comes before
text, text before partial text, and when too much waits, partial texts are let go.
"""

from __future__ import annotations

import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from voices.decoding import Decoded
from voices.options import Option
from voices.types import Channel, Pcm, Transcript

MOST: Final = 64
"""Jobs that may wait; beyond that a text is withheld and the caller asked again."""

MOUTH: Final = "kokoro:"
"""What a worker's name begins with that speaks; a voice follows."""


@dataclass(frozen=True, slots=True)
class Read:
    """Write down what was said."""

    pcm: Pcm
    """Mono float32 at 16 kHz, at most 30 s."""
    rough: bool = False
    """A partial text: quickly rather than well."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Which of a few answers was it?"""

    pcm: Pcm
    """The turn, mono float32 at 16 kHz."""
    options: tuple[Option, ...]
    """What was on offer."""
    question: str
    """What was asked."""
    transcript: Transcript | None
    """What the recogniser made of it."""
    channel: Channel
    """Which path the sound came by."""


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something nobody recorded."""

    text: str
    """One sentence or less, in Chinese."""
    rate: int
    """Samples a second wanted."""
    pace: float
    """As for a `Speaker`."""


Task: TypeAlias = Read | Judge | Speak


@dataclass(eq=False, slots=True)
class Job:
    """One task on its way through a worker."""

    task: Task
    """What is to be done."""
    answer: Future[Any] = field(default_factory=Future)
    """`Decoded` for `Read`, `Verdict` for `Judge`, `Speech` or None for `Speak`."""
    tries: int = 0
    """How many workers have begun it."""

    @property
    def urgency(self) -> int:
        """0 comes first."""
        if isinstance(self.task, Read):
            return 2 if self.task.rough else 1
        return 0

    def withheld(self, why: str) -> None:
        """Nothing will come of it: the caller is asked again rather than met with silence."""
        if not self.answer.done():
            self.answer.set_result(nothing(self.task, why))


def nothing(task: Task, why: str) -> Any:
    """The answer of a worker that gave none."""
    if isinstance(task, Read):
        return Decoded("", (), -9.0, 1.0, why, 0.0, time.perf_counter())
    if isinstance(task, Speak):
        return None
    from voices.answers import Verdict

    return Verdict(None, "unsure", ranked=tuple(option.value for option in task.options))


class Waiting:
    """The jobs nobody works on yet; shared by all workers."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._jobs: list[Job] = []
        self._closed = False
        self._woken = 0
        self._changed = threading.Condition()

    def __len__(self) -> int:
        return len(self._jobs)

    def put(self, job: Job) -> None:
        """Add one, letting go of the least wanted where there are too many."""
        with self._changed:
            self._jobs = [each for each in self._jobs if not each.answer.cancelled()]
            let_go = job if self._closed else None
            if let_go is None:
                self._jobs.append(job)
                if len(self._jobs) > self._most:
                    let_go = max(self._jobs, key=lambda each: each.urgency)
                    self._jobs.remove(let_go)
            self._changed.notify()
        if let_go is not None:
            let_go.withheld("busy")

    def again(self, job: Job) -> None:
        """A job whose worker died goes to the front."""
        with self._changed:
            self._jobs.insert(0, job)
            self._changed.notify()

    def take(self) -> Job | None:
        """The next job, once there is one; None when closed, or woken while waiting."""
        with self._changed:
            woken = self._woken
            while True:
                if self._closed or self._woken != woken:
                    return None
                job = min(self._jobs, key=lambda each: each.urgency, default=None)
                if job is not None:
                    self._jobs.remove(job)
                    if job.tries or job.answer.set_running_or_notify_cancel():
                        return job
                    continue
                self._changed.wait()

    def wake(self) -> None:
        """Whoever waits for a job looks up from that: `take` gives None once to each."""
        with self._changed:
            self._woken += 1
            self._changed.notify_all()

    def close(self) -> None:
        """Let everybody go; what waits is withheld."""
        with self._changed:
            self._closed = True
            jobs, self._jobs = self._jobs, []
            self._changed.notify_all()
        for job in jobs:
            if not job.answer.cancelled():
                job.withheld("closed")
