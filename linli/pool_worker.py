"""A process with ears, or with a voice: loads its models, then does what comes down the line.

`python -m linli.pool_worker ENGINE FD`, started by `linli.pool`. It ends when the
line is closed, so it never outlives its server.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any, Final

from voices.decoding import Decoded
from voices.types import Pcm, Recognizer

from .jobs import MOUTH, Judge, Read, Speak, Task

NICE: Final = 5
"""Below the server, which has to keep time."""
ROUGH_BEAM: Final = 1


def main(engine: str, descriptor: int) -> None:
    """Work until nobody is there to work for."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(NICE)
    line = Connection(descriptor)
    try:
        work = _mouth(engine.removeprefix(MOUTH)) if engine.startswith(MOUTH) else _ears(engine)
    except Exception as error:  # noqa: BLE001 - whoever started us says why
        line.send(f"{type(error).__name__}: {error}")
        return
    line.send("")
    try:
        while True:
            task: Task = line.recv()
            line.send(_done(work, task))
    except (EOFError, OSError):
        return


def _done(work: Callable[[Task], Any], task: Task) -> Any:
    try:
        return work(task)
    except Exception as error:  # noqa: BLE001 - one bad job must not cost the worker
        return RuntimeError(f"{type(error).__name__}: {error}")


def _mouth(voice: str) -> Callable[[Task], Any]:
    """Synthesis with one of Kokoro's voices."""
    from voices.kokoro import Kokoro

    from .paths import MODELS

    kokoro = Kokoro(MODELS / "kokoro", voice=voice)

    def work(task: Task) -> Any:
        if not isinstance(task, Speak):
            raise TypeError(f"a voice cannot do {type(task).__name__}")
        return kokoro.say(task.text, rate=task.rate, pace=task.pace)

    return work


def _ears(engine: str) -> Callable[[Task], Any]:
    """The recogniser and the judge of short answers; both have worked once, and are warm."""
    import numpy as np

    from voices.answers import YES_NO, AnswerJudge
    from voices.types import RATE
    from voices.whisper import Whisper

    from .models import open_recognizer
    from .paths import MODELS

    recognizer = open_recognizer(engine, MODELS)
    heard_by = recognizer if isinstance(recognizer, Whisper) else MODELS / "whisper-base"
    judge = AnswerJudge(heard_by)

    def work(task: Task) -> Any:
        if isinstance(task, Read):
            return read(recognizer, task)
        if not isinstance(task, Judge):
            raise TypeError(f"ears cannot do {type(task).__name__}")
        return judge.judge(
            task.pcm,
            task.options,
            question=task.question,
            transcript=task.transcript,
            channel=task.channel,
        )

    noise = np.random.default_rng(1).standard_normal(RATE).astype(np.float32) * 0.01
    read(recognizer, Read(noise))
    judge.judge(noise, YES_NO)
    return work


def read(recognizer: Recognizer, task: Read) -> Decoded:
    """The text of a piece of a turn, whatever the recogniser."""
    from voices.whisper import Whisper

    if isinstance(recognizer, Whisper):
        return recognizer.decode(task.pcm, beam=ROUGH_BEAM if task.rough else None)
    return _whole(recognizer, task.pcm)


def _whole(recognizer: Recognizer, pcm: Pcm) -> Decoded:
    stream = recognizer.open("phone")
    try:
        stream.feed(pcm)
        heard = stream.finish()
    finally:
        stream.close()
    return Decoded(
        heard.text,
        heard.alternatives,
        math.log(heard.confidence) if heard.confidence > 0 else -9.0,
        0.0,
        heard.guard,
        heard.decode_ms,
        time.perf_counter(),
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
