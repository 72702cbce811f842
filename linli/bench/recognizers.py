"""What each installed recogniser costs: loading, memory, computing, waiting.

Every one is measured in a process of its own, on the same Chinese sentences; a
model of another language computes as much for them, so its figures stand too,
and what it understands is not asked. Nothing here says how well anybody is heard.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import psutil

from linli.models import installed, open_recognizer
from linli.paths import ASSETS, MODELS
from voices.audio import read
from voices.types import RATE, Pcm, Recognizer

from .row import Row

_HUSH = 0.25
_TAIL = 0.7


def run(quick: bool) -> list[Row]:
    """Every recogniser that is installed, one after the other."""
    names = [one.name for one in installed(MODELS) if one.state == "ready"]
    return [row for name in names for row in _rows(name, _asked(name, 4 if quick else 20))]


def measure(name: str, clips: Sequence[Path]) -> dict[str, Any]:
    """Load a recogniser into this process and hear clips; figures by name, with their units."""
    process = psutil.Process()
    start = time.perf_counter()
    ears = open_recognizer(name, MODELS)
    load = time.perf_counter() - start
    idle = process.memory_info().rss
    heard = [read(clip) for clip in clips]
    spent = [_fed_at_once(ears, pcm) for pcm in heard]
    wait = [_fed_in_real_time(ears, pcm) for pcm in heard[: max(2, len(heard) // 4)]]
    return {
        "load_s": load,
        "idle_mb": idle / 1e6,
        "peak_mb": process.memory_info().rss / 1e6,
        "rtf": sum(spent) / sum(len(pcm) / RATE for pcm in heard),
        "wait_ms": wait,
    }


def _fed_at_once(ears: Recognizer, pcm: Pcm) -> float:
    """Seconds of computing for the text, nothing thrown away."""
    stream = ears.open()
    stream.feed(pcm)
    transcript = stream.finish()
    stream.close()
    return transcript.decode_ms / 1000


def _fed_in_real_time(ears: Recognizer, pcm: Pcm) -> float:
    """Milliseconds a caller waits for the text when the end of the turn has been decided."""
    stream = ears.open()
    step = RATE // 50
    audio = np.pad(pcm, (0, int(_TAIL * RATE)))
    begun = time.perf_counter()
    for place in range(0, len(audio), step):
        time.sleep(max(0.0, begun + place / RATE - time.perf_counter()))
        stream.feed(audio[place : place + step])
        if place <= len(pcm) + _HUSH * RATE < place + step:
            stream.pause()
    asked = time.perf_counter()
    stream.finish()
    waited = time.perf_counter() - asked
    stream.close()
    return waited * 1000


def _asked(name: str, clips: int) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", __name__, name, str(clips)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def _rows(name: str, found: dict[str, Any]) -> list[Row]:
    clips = int(found["clips"])
    waits = found["wait_ms"]
    return [
        Row(f"{name}: loading", round(found["load_s"], 2), "s", n=1),
        Row(f"{name}: memory when loaded", round(found["idle_mb"]), "MB", n=1),
        Row(f"{name}: memory after {clips} sentences", round(found["peak_mb"]), "MB", n=1),
        Row(
            f"{name}: computing per second of speech",
            round(found["rtf"], 3),
            "s",
            n=clips,
            note="fed at once, partial texts not counted",
        ),
        Row(
            f"{name}: wait for the text at the end of a turn, p50",
            round(float(np.median(waits))),
            "ms",
            n=len(waits),
            note=f"real time, {_HUSH:g} s hush told, turn ended after {_TAIL:g} s",
        ),
    ]


def _main(name: str, count: int) -> None:
    clips = sorted((ASSETS / "clips/hearing").glob("*-zf_xiaobei.ogg"))[:count]
    sys.stdout.write(json.dumps(measure(name, clips) | {"clips": len(clips)}) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
