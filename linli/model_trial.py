"""What a recogniser costs on this very machine, and how well it hears: `linli models test`.

Each is measured in a process of its own, so that the memory is its own. `.measured.json`
beside the models keeps the results for `linli models list`.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import psutil
from rich.console import Console

from . import models
from .errors import UsageError
from .paths import MODELS
from .recognizers import ModelProblem, known, words

MEASURED: Final = ".measured.json"
BEFORE: Final = ".used-before"
"""The recogniser that was used before the present one."""
ENOUGH: Final = 40
"""Recordings are heard until there are so many times of them."""
_TIMEOUT_S: Final = 1800


@dataclass(frozen=True, slots=True)
class Measured:
    """One recogniser on this machine."""

    name: str
    """As in settings."""
    load_s: float
    """Seconds until it can hear."""
    megabytes: int
    """Memory it takes, beyond what the program takes without it."""
    p50: int
    """Milliseconds from the end of speech to the text, the median."""
    p95: int
    """The same, of the slowest in twenty."""
    percent: float
    """Wrong characters of a hundred."""
    n: int
    """Recordings."""
    own: bool
    """On the station's own recordings; else on the shipped, synthetic ones."""


def choose(name: str, settings: Path, root: Path) -> None:
    """Use a recogniser, and remember the one before. Raises UsageError or ModelProblem."""
    was = models.used(settings)
    models.use(name, settings, root)
    if was != name:
        (root / BEFORE).write_text(was, "utf-8")


def before(root: Path) -> str:
    """The recogniser used before. Raises UsageError where there was none."""
    try:
        return (root / BEFORE).read_text("utf-8").strip()
    except FileNotFoundError:
        raise UsageError(words()["no_before"]) from None


def kept(root: Path = MODELS) -> dict[str, Measured]:
    """What was measured here, by name."""
    try:
        told = json.loads((root / MEASURED).read_text("utf-8"))
        return {name: Measured(**each) for name, each in told.items()}
    except (OSError, ValueError, TypeError):
        return {}


def trial(names: Sequence[str], on: Path | None, root: Path, console: Console) -> bool:
    """Measure recognisers one after the other and tell; False where one could not be."""
    said = words()
    ready = [each.name for each in models.installed(root) if each.state == "ready"]
    chosen = list(names) or [name for name in ready if known(name).language == "zh"]
    if not chosen:
        console.print(said["nothing_installed"])
        return False
    well = True
    for name in chosen:
        console.print(said["measuring"].format(name=name), highlight=False)
        try:
            found = measured(name, on, root)
        except (ModelProblem, UsageError) as error:
            console.print(said["unmeasured"].format(name=name, reason=error), highlight=False)
            well = False
            continue
        _keep(found, root)
        console.print(told_of(found), highlight=False)
        if not found.own:
            console.print(said["not_elders"], style="yellow", highlight=False)
    return well


def told_of(found: Measured) -> str:
    """A measurement in a sentence."""
    said = words()
    source = said["own" if found.own else "synthetic"]
    return str(said["measured"].format(**asdict(found), source=source))


def _keep(found: Measured, root: Path) -> None:
    everything = {name: asdict(each) for name, each in kept(root).items()}
    everything[found.name] = asdict(found)
    fresh = root / f"{MEASURED}.new"
    fresh.write_text(json.dumps(everything, indent=1), "utf-8")
    fresh.replace(root / MEASURED)


def measured(name: str, on: Path | None, root: Path) -> Measured:
    """Measure one in a process of its own. Raises ModelProblem."""
    known(name)
    command = [sys.executable, "-m", "linli.model_trial", name, str(root), str(on or "")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_S)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise ModelProblem(lines[-1] if lines else f"exit code {done.returncode}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return Measured(**told)


def measure(name: str, root: Path, on: Path | None) -> Measured:
    """Load it, hear every recording, and tell. Raises UsageError, ModelProblem or VoicesError."""
    from voices.audio import read

    from .evaluate import recordings
    from .score import character_errors

    found = (
        list(_shipped())
        if on is None
        else [(read(each.path), each.text) for each in recordings(on)[0]]
    )
    before_it = psutil.Process().memory_info().rss
    began = time.perf_counter()
    recognizer = models.open_recognizer(name, root)
    _heard(recognizer, found[0][0])
    load_s = time.perf_counter() - began
    waits: list[float] = []
    wrong = length = 0
    while len(waits) < min(ENOUGH, 2 * len(found)):
        first = not waits
        for pcm, text in found:
            heard, seconds = _heard(recognizer, pcm)
            waits.append(seconds * 1000)
            if first:
                errors = character_errors(text, heard)
                wrong, length = wrong + errors.wrong, length + errors.length
    rss = psutil.Process().memory_info().rss
    return Measured(
        name,
        round(load_s, 1),
        round((rss - before_it) / 1e6),
        round(statistics.median(waits)),
        round(sorted(waits)[int(len(waits) * 0.95)]),
        round(100 * wrong / max(length, 1), 1),
        len(found),
        on is not None,
    )


def _heard(recognizer: Any, pcm: Any) -> tuple[str, float]:
    """The text, and how long it took after the last sound."""
    stream = recognizer.open("kiosk")
    try:
        stream.feed(pcm)
        began = time.perf_counter()
        return stream.finish().text, time.perf_counter() - began
    finally:
        stream.close()


def _shipped() -> Iterator[tuple[Any, str]]:
    """What the sample callers say first, and what that is in writing."""
    from .samples import PAUSE, Caller
    from .samples import load as callers

    for sample in callers():
        said = Caller(sample).answer("service")
        if said:
            yield said[1], said[0].replace(PAUSE, "")


if __name__ == "__main__":
    chosen, folder, recorded = sys.argv[1:4]
    print(json.dumps(asdict(measure(chosen, Path(folder), Path(recorded) if recorded else None))))
