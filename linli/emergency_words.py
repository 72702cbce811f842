"""What is said in an emergency: one reviewed file of sentences, changed by the station alone.

`assets/text/emergency.yaml`; a station's own file (`alarm.words`) takes the place of the
sentences it has. No sentence may promise an ambulance, the police or the fire brigade.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from intents.conversation.spoken import load_words
from station.errors import SettingsError
from station.requests import Request
from station.settings import Settings
from station.words import told_value, words

from .paths import ASSETS

WORDS: Final = ASSETS / "text" / "emergency.yaml"


@cache
def load(own: Path | None = None) -> Mapping[str, Any]:
    """All sentences, a station's own ones in the place of the shipped ones.

    Raises SettingsError for a file that cannot be read and for a promise nobody can keep.
    """
    shipped = _read(WORDS)
    if own is None:
        return shipped
    changed = _read(own)
    unknown = sorted(set(changed) - set(shipped))
    if unknown:
        raise SettingsError(f"{own}: {unknown[0]}: unknown here: see {WORDS.name}", path=own)
    whole = {
        name: {**value, **changed.get(name, {})}
        if isinstance(value, dict)
        else changed.get(name, value)
        for name, value in shipped.items()
    }
    for sentence in promises(whole, shipped["never"]):
        raise SettingsError(
            f"{own}: {sentence!r} promises what Linli cannot know: say only who is being called",
            path=own,
        )
    return whole


def _read(path: Path) -> dict[str, Any]:
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"{path}: cannot be read ({error}): mend it", path=path) from error
    if not isinstance(loaded, dict):
        raise SettingsError(f"{path}: is no table of sentences: copy {WORDS.name}", path=path)
    return loaded


def promises(told: Mapping[str, Any], never: list[str]) -> Iterator[str]:
    """Sentences that promise what nobody can keep."""
    for name, value in told.items():
        if name not in {"never", "reviewed", "kinds"}:
            yield from (text for text in _texts(value) if any(re.search(n, text) for n in never))


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for each in value.values() if isinstance(value, dict) else value or ():  # type: ignore[attr-defined]
        if not isinstance(value, str):
            yield from _texts(each)


def told(settings: Settings, request: Request, address: str) -> tuple[str, ...]:
    """What somebody is told who is rung about an alarm; `address` is where its person lives."""
    return tuple(
        each.format(**_facts(settings, request, address)) for each in _of(settings)["told"]
    )


def rescue(settings: Settings, request: Request, address: str) -> tuple[str, tuple[str, ...]]:
    """Which number is rung outside (empty: none is set), and what is said there."""
    said = _of(settings)
    which = said["kinds"].get(str(request.slots.get("kind")), "medical")
    number = str(getattr(settings.alarm.rescue, which))
    facts = _facts(settings, request, address)
    return number, tuple(each.format(**facts) for each in said["rescue"][which])


def _of(settings: Settings) -> Mapping[str, Any]:
    return load(settings.alarm.words)


def _facts(settings: Settings, request: Request, address: str) -> dict[str, str]:
    said, station = _of(settings), settings.station
    number, digits = settings.phone.trunk.number or "", load_words().data["digits"]
    kind = request.slots.get("kind")
    place = request.slots.get("place") or request.slots.get("address")
    at_home = address if request.channel != "kiosk" else station.name
    return {
        "who": request.resident_name or str(said["somebody"]),
        "what": told_value(kind) if kind else str(words()["intents"]["emergency"]),
        "where": str(place or at_home or said["somewhere"]),
        "station": station.name,
        "phone": "".join(digits[int(each)] for each in number if each.isdigit()),
    }
