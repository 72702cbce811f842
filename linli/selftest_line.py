"""The self-test's call: Linli rings itself, says a sentence and listens for an answer."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from intents.engine import Engine
from ivr.errors import PhoneError
from ivr.folders import Folders
from ivr.own_call import ring
from ivr.passwords import Passwords
from station import own_talks
from station.checks import BY, Check
from station.ledger import Ledger
from station.settings import Settings

from .clips import CLIPS, load
from .limits import limits
from .phone_sounds import write_pcm
from .selftest_words import found, words

CLIP: Final = "status.3-zf_xiaoxiao"
"""A question that files nothing: has it come through yet?"""
INTENT: Final = "status"
_NAME: Final = "selftest"
_SETTLES_S: Final = 20.0
"""Seconds Linli may take to write a call down that has ended."""
_LOOK_S: Final = 0.25
_LOUD: Final = 0.01
"""Root mean square of a second in which somebody speaks, of full scale."""


def line(settings: Settings, ledger: Ledger, engine: Engine) -> Check:
    """A real call through Asterisk to Linli and back. Nothing of it stays in the ledger."""
    folders = Folders(settings.phone.folder.absolute())
    if not settings.phone.enabled or not folders.conf.exists():
        return found("line", "off")
    try:
        password = Passwords.read(folders.root).manager
    except PhoneError:
        return found("line", "no_switch")
    clock = time.monotonic()
    said = folders.missed / f"{_NAME}.wav"
    said.unlink(missing_ok=True)
    try:
        case = _called(settings, ledger, engine, password, said)
    finally:
        said.unlink(missing_ok=True)
        own_talks.remove(ledger, settings.kept_recordings(), BY, words()["names"]["line"])
    return found("line", case, seconds=round(time.monotonic() - clock))


def _called(settings: Settings, ledger: Ledger, engine: Engine, password: str, said: Path) -> str:
    """What became of the call: the case in the words of the file."""
    numbers, began = limits()["line"], ledger.now()
    way = ring(
        settings.phone.manager_port,
        password,
        numbers,
        number=own_talks.NUMBER,
        sentence=_sentence(Folders(settings.phone.folder.absolute())),
        said=said,
    )
    heard = _heard(ledger, began) if way == "over" else None
    if not heard:
        nobody = "no_answer" if way == "over" else way
        return nobody if heard is None else "deaf"
    if not any(engine.understand(text, began).first.name == INTENT for text in heard):
        return "misheard"
    return "ok" if speaks(said, float(numbers["selftest_speaks_s"])) else "mute"


def _sentence(folders: Folders) -> Path:
    """The caller's sentence, as Asterisk plays it; a path without its ending."""
    clip = next(each for each in load(CLIPS / "requests" / "manifest.json") if each.id == CLIP)
    path = folders.notices / _NAME
    write_pcm(path, clip.pcm())
    return path


def _heard(ledger: Ledger, began: datetime) -> tuple[str, ...] | None:
    """What was heard, as soon as there is something; Linli writes while the call goes on."""
    until = time.monotonic() + _SETTLES_S
    while not (heard := own_talks.heard(ledger, began)) and time.monotonic() < until:
        if heard is None and time.monotonic() > until - _SETTLES_S / 2:
            break
        time.sleep(_LOOK_S)
    return heard


def speaks(path: Path, after: float) -> bool:
    """Whether somebody speaks in a recording later than `after` seconds from its beginning."""
    try:
        pcm, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError):
        return False
    rest = pcm[int(after * rate) :, 0]
    seconds = [rest[at : at + rate] for at in range(0, len(rest) - rate + 1, rate)]
    return any(float(np.sqrt(np.mean(each**2))) > _LOUD for each in seconds)
