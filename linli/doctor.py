"""What stands between this station and its elders, and how to mend it.

`diagnose` looks and changes nothing; `report` prints what it found in Chinese.
All words are in `assets/text/doctor.yaml`.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml
from rich.console import Console
from rich.text import Text

from ivr.tree import Tree
from station.errors import StationError
from station.settings import Settings

from . import catalogue, weights
from .models import installed
from .paths import ASSETS, ROOT, SOURCE

Level: TypeAlias = Literal["ok", "warn", "bad"]

WORDS = ASSETS / "text" / "doctor.yaml"
RUN_LOCK = SOURCE / "requirements" / "run.txt"
APT_LIST = SOURCE / "requirements" / "apt.txt"

PYTHONS = ((3, 11), (3, 14))
"""The first Python that will do, and the first that will not."""

LOW_DISK = 2_000_000_000
"""Bytes free below which somebody should look."""
NO_DISK = 300_000_000
"""Bytes free below which requests may soon not be kept."""

DEFAULT_RECOGNISER = "whisper"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    area: str
    """What it concerns, in Chinese."""
    level: Level
    """`ok`, `warn` (works, with a limit) or `bad` (mend it before opening)."""
    what: str
    """What was found, in Chinese."""
    fix: str = ""
    """What to do, in Chinese; empty where there is nothing to do."""


@cache
def words() -> Mapping[str, Any]:
    """Everything the doctor says, from `assets/text/doctor.yaml`."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


def finding(level: Level, key: str, **values: object) -> Finding:
    """A finding in the words of the data file; `key` is area.case."""
    text = words()["findings"][key]
    area = words()["areas"][key.partition(".")[0]]
    return Finding(area, level, text["what"].format(**values), text["fix"].format(**values))


def diagnose(root: Path = ROOT, settings_path: Path | None = None) -> list[Finding]:
    """Look at everything a station at `root` needs; never raises for what it finds.

    `settings_path` is the station.toml to check, by default the one in `root`,
    or the shipped example where there is none.
    """
    own = root / "station.toml"
    chosen = settings_path or (own if own.exists() else None)
    from .doctor_learn import taught
    from .doctor_phone import phone
    from .doctor_selftest import tried

    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        python,
        packages,
        system,
        lambda: weight_files(root / "models"),
        lambda: settings(chosen, own),
        lambda: recogniser(chosen, root / "models"),
        accuracy,
        lambda: taught(chosen, root),
        audio,
        lambda: disk(root),
        lambda: storage(root / "var"),
        lambda: phone(chosen, root, Tree(root / "models" / "asterisk")),
        lambda: tried(chosen, root),
    )
    return [found for look in looks for found in look()]


def python(version: tuple[int, ...] = sys.version_info[:3]) -> Iterator[Finding]:
    """Is this a Python that all packages are built for?"""
    will_do = PYTHONS[0] <= version[:2] < PYTHONS[1]
    shown = ".".join(map(str, version))
    yield finding("ok" if will_do else "bad", f"python.{'ok' if will_do else 'bad'}", version=shown)


def locked(lock: Path) -> dict[str, str]:
    """Package name → the exact version of a lock."""
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock.read_text("utf-8"), re.MULTILINE)
    return dict(pins)


def packages(lock: Path = RUN_LOCK) -> Iterator[Finding]:
    """Are the packages here, in the very versions of the lock?"""
    if not lock.exists():
        yield finding("warn", "packages.unknown", path=lock)
        return
    pins = locked(lock)
    here = {name: _version(name) for name in pins}
    missing = [name for name, version in here.items() if version is None]
    other = [
        words()["other_version"].format(name=name, here=here[name], pin=pin)
        for name, pin in pins.items()
        if here[name] not in {None, pin}
    ]
    if missing:
        yield finding("bad", "packages.bad", names=" ".join(missing))
    if other:
        yield finding("warn", "packages.warn", names=" ".join(other))
    if not missing and not other:
        yield finding("ok", "packages.ok", count=len(pins))


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def system(wanted: Path = APT_LIST) -> Iterator[Finding]:
    """Are the Debian packages here? Says nothing where there is no dpkg or no list."""
    if shutil.which("dpkg-query") is None or not wanted.exists():
        return
    lines = (line.partition("#")[0].strip() for line in wanted.read_text("utf-8").splitlines())
    names = [name for name in lines if name]
    missing = [name for name in names if not _has_package(name)]
    if missing:
        yield finding("warn", "system.warn", names=" ".join(missing))
    else:
        yield finding("ok", "system.ok", count=len(names))


def _has_package(name: str) -> bool:
    asked = subprocess.run(
        ["dpkg-query", "-W", "-f", "${Status}", name], capture_output=True, text=True, check=False
    )
    return "ok installed" in asked.stdout


def weight_files(models: Path) -> Iterator[Finding]:
    """Is every file of the embedded models what it must be, byte by byte?"""
    wrong = weights.problems(deep=True, models=models)
    for error in wrong:
        case = "missing" if error.found == "missing" else "damaged"
        yield finding(
            "bad",
            f"weights.{case}",
            path=error.path,
            expected=error.expected,
            found=error.found,
            mend=error.mend,
        )
    if not wrong:
        yield finding("ok", "weights.ok", count=len(catalogue.load().files()))


def settings(path: Path | None, own: Path) -> Iterator[Finding]:
    """Can the settings be read, and are they the station's own (`path`) or the example (None)?"""
    try:
        Settings.load(path)
    except StationError as error:
        yield finding("bad", "settings.bad", reason=error)
    else:
        case = "ok" if path else "default"
        yield finding("ok" if path else "warn", f"settings.{case}", path=path or own)


def recogniser(path: Path | None, models: Path) -> Iterator[Finding]:
    """Which ears are in use, and are they whole?"""
    try:
        name = Settings.load(path).speech.recognizer
    except StationError:
        return  # said already
    known = {each.name: each for each in installed(models, deep=True)}
    if name not in known:
        yield finding("bad", "recogniser.unknown", name=name, known=" ".join(known))
    elif known[name].state == "absent":
        yield finding("bad", "recogniser.absent", name=name)
    elif known[name].state == "damaged":
        yield finding("bad", "recogniser.damaged", name=name, fault=known[name].faults[0])
    elif name == DEFAULT_RECOGNISER:
        yield finding("warn", "recogniser.default", name=name)
    else:
        yield finding("ok", "recogniser.other", name=name)


def accuracy() -> Iterator[Finding]:
    """What the published figures rest on: said every time, plainly."""
    yield finding("warn", "accuracy.warn")


def audio() -> Iterator[Finding]:
    """Is there a microphone, and a loudspeaker?"""
    try:
        import sounddevice
    except OSError:
        yield finding("warn", "audio.no_library")
        return
    devices = [dict(entry) for entry in sounddevice.query_devices()]
    inputs = [str(device["name"]) for device in devices if device["max_input_channels"]]
    outputs = [str(device["name"]) for device in devices if device["max_output_channels"]]
    if inputs and outputs:
        yield finding("ok", "audio.ok", input=inputs[0], output=outputs[0])
    if not inputs:
        yield finding("warn", "audio.no_input")
    if not outputs:
        yield finding("warn", "audio.no_output")


def disk(root: Path) -> Iterator[Finding]:
    """Will recordings and requests still fit?"""
    free = shutil.disk_usage(existing(root)).free
    level: Level = "bad" if free < NO_DISK else "warn" if free < LOW_DISK else "ok"
    yield finding(level, f"disk.{level}", path=root, free=_size(free), wanted=_size(LOW_DISK))


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    return next(folder for folder in (path, *path.absolute().parents) if folder.exists())


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB"


def storage(var: Path) -> Iterator[Finding]:
    """Can requests be written, all the way to the disk?"""
    try:
        var.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=var) as file:
            file.write(b"linli")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        yield finding("bad", "storage.bad", path=var, reason=error.strerror or error)
    else:
        yield finding("ok", "storage.ok", path=var)


_LOOKS: Mapping[Level, str] = {"ok": "green", "warn": "yellow", "bad": "bold red"}


def report(settings_path: Path | None = None, console: Console | None = None) -> bool:
    """Print what was found and what to do, in Chinese; True when nothing is bad."""
    return shown(diagnose(settings_path=settings_path), console or Console(highlight=False))


def shown(findings: Sequence[Finding], console: Console) -> bool:
    """Print findings, each with what to do, and what they come to; True when nothing is bad."""
    for found in findings:
        level = words()["levels"][found.level]
        line = Text(f"{level}  ", _LOOKS[found.level]).append(
            f"{found.area}　{found.what}", "default"
        )
        console.print(line, soft_wrap=True)
        if found.fix:
            console.print(Text(f"      → {found.fix}", "dim"), soft_wrap=True)
    count = Counter(found.level for found in findings)
    worst: Level = "bad" if count["bad"] else "warn" if count["warn"] else "ok"
    summary = words()["summary"][worst].format(warn=count["warn"], bad=count["bad"])
    console.print(Text(f"\n{summary}", _LOOKS[worst]))
    return not count["bad"]
