"""Worker processes: ears, and a voice, that may die, hang or be busy without anybody being cut off.

A telephone server hears many callers at once and must never miss their sound.
So recognition runs in processes of its own (`linli.pool_worker`), each doing one
job after another. One that dies or hangs is replaced and its job is given to the next
one; a job that has cost two workers is answered with nothing, and the caller is
asked again.
"""

from __future__ import annotations

import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future
from multiprocessing.connection import Connection
from typing import Any, Final

import structlog

from voices.answers import Verdict
from voices.decoding import Decoded, Tuning
from voices.options import Option
from voices.types import Channel, Pcm, Speech, Transcript
from voices.whisper_stream import WhisperStream

from .errors import LinliError
from .jobs import MOUTH, Job, Judge, Read, Speak, Task, Waiting, nothing

log = structlog.get_logger(__name__)

STARTS_S: Final = 60.0
"""Seconds a worker may take to load its models."""
HANGS_S: Final = 20.0
"""Seconds a job may take; then its worker is killed."""
SPEAKS_S: Final = 120.0
"""Seconds a sentence may take to be synthesised, on the slowest and busiest machine."""
JUDGES_S: Final = 8.0
"""Seconds a caller waits for a short answer to be judged; then it is asked again."""
TRIES: Final = 2
"""Workers a job may cost."""
LOOK_S: Final = 0.1
"""Seconds between two looks whether a process has started."""
REST_S: Final = 1.0
"""Seconds before a worker that did not even start is tried again."""


class PoolBroken(LinliError):
    """No recogniser process can be started."""

    code = "pool"


class Worker:
    """One process and the line to it."""

    def __init__(self, command: Sequence[str]) -> None:
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                env={**os.environ, "OMP_NUM_THREADS": "1"},
            )
        self._line = Connection(ours.detach())

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def wait(self, seconds: float) -> Any:
        """What it says next. Raises EOFError when it is dead, or silent for so long."""
        try:
            if self._line.poll(seconds):
                return self._line.recv()
        except (OSError, pickle.UnpicklingError) as error:
            raise EOFError(f"process {self.pid} is gone") from error
        raise EOFError(f"process {self.pid} did not answer within {seconds:g} s")

    def ask(self, task: Any, seconds: float) -> Any:
        """Have it work, at most so long. Raises EOFError."""
        try:
            self._line.send(task)
        except OSError as error:
            raise EOFError(f"process {self.pid} is gone") from error
        return self.wait(seconds)

    def end(self) -> None:
        """Kill it; may be called twice, from any thread."""
        self._process.kill()
        self._process.wait()

    def forget(self) -> None:
        """It is dead: let go of the line to it."""
        self._line.close()


class Workers:
    """`size` processes called `name`, each doing one job after another."""

    def __init__(
        self, name: str, size: int = 1, *, command: Sequence[str] = (), hangs: float = HANGS_S
    ) -> None:
        self.engine = name
        self._hangs = hangs
        self.replaced = 0
        """How many workers had to be replaced."""
        self._command = tuple(command) or (sys.executable, "-m", "linli.pool_worker", name)
        self._waiting = Waiting()
        self._first = threading.Event()
        self._why = ""
        self._refused = False
        self._closing = threading.Event()
        self._workers: dict[int, Worker] = {}
        self._threads = [
            threading.Thread(target=self._serve, args=(place,), name=f"work-{place}", daemon=True)
            for place in range(size)
        ]
        for thread in self._threads:
            thread.start()

    def put(self, task: Task) -> Future[Any]:
        """Have it done; always answered, see `jobs.nothing`."""
        job = Job(task)
        self._waiting.put(job)
        return job.answer

    def ready(self, seconds: float = STARTS_S) -> None:
        """Wait until one worker can hear. Raises PoolBroken when that takes longer."""
        until = time.monotonic() + seconds
        while not self._first.wait(LOOK_S) and not self._refused and time.monotonic() < until:
            pass
        if not self._first.is_set():
            why = self._why or f"not within {seconds:g} s"
            raise PoolBroken(
                f"no process with {self.engine!r} could be started: {why}; run `linli doctor`"
            )

    def change(self, name: str) -> None:
        """Other workers from now on: one is tried first, then each is replaced when it is idle.

        Raises PoolBroken when the trial does not start; the present workers go on then.
        """
        command = (sys.executable, "-m", "linli.pool_worker", name)
        trial = Worker(command)
        try:
            why = str(trial.wait(STARTS_S) or "")
        except EOFError as error:
            why = str(error)
        finally:
            trial.end()
            trial.forget()
        if why:
            raise PoolBroken(f"no process with {name!r} could be started: {why}; nothing changed")
        self.engine, self._command = name, command
        self._waiting.wake()

    @property
    def pids(self) -> tuple[int, ...]:
        """The processes there are now."""
        return tuple(worker.pid for worker in list(self._workers.values()))

    @property
    def waiting(self) -> int:
        """Jobs nobody works on yet."""
        return len(self._waiting)

    def close(self) -> None:
        """End all processes; what still waits is answered with nothing."""
        self._closing.set()
        self._waiting.close()
        for worker in list(self._workers.values()):
            worker.end()
        for thread in self._threads:
            thread.join()

    # --- one thread for each process ----------------------------------------------------------

    def _serve(self, place: int) -> None:
        """Keep one worker alive and busy."""
        while not self._closing.is_set():
            command = self._command
            worker = Worker(command)
            self._workers[place] = worker
            try:
                self._why = str(worker.wait(STARTS_S) or "")
                self._refused = bool(self._why)
                if not self._why:
                    self._first.set()
                    self._work(worker, command)
                    continue  # there are other workers to be now
            except EOFError as error:
                self._why = str(error)
            finally:
                worker.end()
                worker.forget()
            if self._closing.is_set():
                return
            self.replaced += 1
            log.warning("worker_replaced", reason=self._why)
            if not self._first.is_set():
                self._closing.wait(REST_S)

    def _work(self, worker: Worker, command: Sequence[str]) -> None:
        """One job after another, until it is not wanted. Raises EOFError when it is lost."""
        while command == self._command and (job := self._waiting.take()) is not None:
            job.tries += 1
            try:
                answer = worker.ask(job.task, self._hangs)
            except EOFError:
                if job.tries < TRIES and not self._closing.is_set():
                    self._waiting.again(job)
                else:
                    job.withheld("lost")
                raise
            if isinstance(answer, Exception):
                log.error("job_failed", reason=f"{type(answer).__name__}: {answer}")
                job.withheld("failed")
            else:
                job.answer.set_result(answer)


class Pool(Workers):
    """Recogniser processes as one recogniser and one judge; may be shared by all calls.

    `engine` is the recogniser's name, as in settings. Loading takes seconds:
    `ready` tells when the first one can hear.
    """

    name = "pool"

    def __init__(self, engine: str, size: int = 2, *, command: Sequence[str] = ()) -> None:
        self.tuning = Tuning()
        super().__init__(engine, size, command=command)

    def open(self, channel: Channel = "kiosk") -> WhisperStream:
        """Begin a turn; see `Recognizer`."""
        del channel
        return WhisperStream(self.tuning, self._read, self._roughly)

    def judge(
        self,
        audio: Pcm,
        options: Sequence[Option],
        *,
        question: str = "",
        transcript: Transcript | None = None,
        channel: Channel = "kiosk",
    ) -> Verdict:
        """Which of `options` was said; see `AnswerJudge`. Waits for a worker, not for ever."""
        task = Judge(audio, tuple(options), question, transcript, channel)
        verdict: Verdict
        try:
            verdict = self.put(task).result(JUDGES_S)
        except TimeoutError:
            log.warning("answer_not_judged", seconds=JUDGES_S)
            verdict = nothing(task, "late")
        return verdict

    def _read(self, pcm: Pcm) -> Future[Decoded]:
        return self.put(Read(pcm))

    def _roughly(self, pcm: Pcm) -> Future[Decoded]:
        """A partial text, where nobody waits for a whole one."""
        if len(self._waiting):
            job = Job(Read(pcm, rough=True))
            job.withheld("busy")
            return job.answer
        return self.put(Read(pcm, rough=True))


class Voice(Workers):
    """A process that says what nobody recorded; see `Speaker`."""

    name = "kokoro"

    def __init__(self, voice: str) -> None:
        super().__init__(f"{MOUTH}{voice}", hangs=SPEAKS_S)

    def say(self, text: str, *, rate: int = 24_000, pace: float = 1.0) -> Speech:
        """One sentence; blocks for as long as that takes. Raises PoolBroken."""
        speech: Speech | None = self.put(Speak(text, rate, pace)).result()
        if speech is None:
            raise PoolBroken("the process that speaks was lost; it is started again")
        return speech
