"""What the self-test says, from `assets/text/selftest.yaml`, and a check in those words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import yaml

from station.checks import Check, State

from .paths import ASSETS

WORDS: Final = ASSETS / "text" / "selftest.yaml"
_FINE: Final[Mapping[str, State]] = {
    "ok": "ok",
    "new": "skipped",
    "few": "skipped",
    "off": "skipped",
}


@cache
def words() -> Mapping[str, Any]:
    """All of the file."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


def found(name: str, case: str, **values: object) -> Check:
    """A check that ended in `case`, one of those under its name in the file."""
    text = words()[name][case]
    return Check(
        name, _FINE.get(case, "bad"), text["what"].format(**values), text["fix"].format(**values)
    )


def broken(name: str, error: Exception) -> Check:
    """A check that could not even be made: that is a failure, too."""
    reason = f"{type(error).__name__}: {error}"[:300]
    text = words()["broken"]
    what = text["what"].format(name=words()["names"][name], reason=reason)
    return Check(name, "bad", what, text["fix"])
