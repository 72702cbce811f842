"""One telephone as a program of its own, told what to do and asked what it has heard."""

from __future__ import annotations

import hashlib
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, Self

import soundfile


class Phone:
    """One telephone (`sip_phone.py`) running as a program of its own."""

    def __init__(self, *arguments: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.said: list[str] = []
        self._news: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        program = Path(__file__).with_name("sip_phone.py")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            if line.startswith("{"):
                self._news.put(json.loads(line))
            else:
                self.said.append(line.strip())
        self._news.put(None)

    def wait_for(self, event: str, seconds: float = 20) -> dict[str, Any]:
        """The next such event; fails the test when it does not come or the telephone has ended."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                news = self._news.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                why = f"within {seconds} s"
                raise AssertionError(f"no {event!r} {why}; {self._so_far()}") from None
            if news is None:
                why = f"the telephone has ended with {self.process.wait(10)}"
                raise AssertionError(f"no {event!r}: {why}; {self._so_far()}")
            self.events.append(news)
            if news["event"] == event:
                return news

    def _so_far(self) -> str:
        return f"there were {self.events}, said {self.said}"

    def order(self, words: str) -> None:
        """`play FILE`, `keys 12`, `hangup`, `answer`, `stop` or `quit`."""
        word, _, rest = words.partition(" ")
        if word == "play":
            words = f"play {playable(rest)}"
        assert self.process.stdin is not None
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()

    def finish(self, seconds: float = 30) -> dict[str, Any]:
        """Wait until the call is over; everything about it."""
        told = self.wait_for("done", seconds)
        self.process.wait(seconds)
        return told

    def close(self) -> dict[str, Any]:
        """End the telephone now; everything about its call."""
        self.order("quit")
        return self.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Hung up properly: a telephone that just vanishes is in Asterisk's way for a while.
        if self.process.poll() is None:
            with suppress(BrokenPipeError):
                self.order("quit")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


@cache
def playable(path: str) -> str:
    """Any audio file as a 16-bit WAV, which is all that PJSIP reads."""
    if path.endswith(".wav") and soundfile.info(path).subtype == "PCM_16":
        return path
    pcm, rate = soundfile.read(path, dtype="int16")
    name = hashlib.sha256(path.encode()).hexdigest()[:16]
    out = Path(tempfile.mkdtemp(prefix="linli-play-")) / f"{name}.wav"
    soundfile.write(out, pcm, rate, subtype="PCM_16")
    return str(out)


def options(named: dict[str, Any]) -> list[str]:
    """`play=x, never_answer=True` as `--play=x --never-answer`."""
    found = []
    if named.get("play"):
        named = {**named, "play": playable(str(named["play"]))}
    for name, value in named.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            found.append(option)
        elif value not in (None, False):
            found.append(f"{option}={value}")
    return found
