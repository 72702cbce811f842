"""The numbers that bind, from `assets/limits.yaml`."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).resolve().parent.parent / "assets" / "limits.yaml"


@lru_cache(maxsize=1)
def limits() -> dict[str, Any]:
    """Groups (kiosk, phone, line, speech, …) of named numbers."""
    loaded: dict[str, Any] = yaml.safe_load(PATH.read_text("utf-8"))
    return loaded


def limit(name: str) -> Any:
    """One number by its dotted name, e.g. `phone.answer_s`. Raises KeyError."""
    value: Any = limits()
    for part in name.split("."):
        value = value[part]
    return value
