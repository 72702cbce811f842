"""What the console says; the sentences stand in `assets/text/console.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from station.dispatch_words import words as dispatch_words
from station.errors import LedgerError, StationError
from station.lockout import LockedOut
from station.words import WORDS
from station.words import words as station_words


@cache
def told() -> Mapping[str, Any]:
    """All words of the console, by group."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.with_name("console.yaml").read_text("utf-8"))
    return {**loaded, "dialects": station_words()["dialects"]}


def intent(name: str) -> str:
    """A service as staff call it."""
    return str(station_words()["intents"].get(name, name))


def trouble(error: StationError) -> str:
    """What somebody is told when something could not be done, and what they may do."""
    said = told()["troubles"]
    if isinstance(error, LockedOut):
        return str(said["locked"]).format(when=f"{error.until:%H:%M}")
    if error.code.startswith("password") and error.code not in said:
        return str(said["password"])
    known = (
        said.get(error.code)
        or station_words()["troubles"].get(error.code)
        or dispatch_words()["troubles"].get(error.code)
    )
    kept = station_words()["spooled"] if isinstance(error, LedgerError) and error.spooled else ""
    return f"{known or said['ours']}{kept}"
