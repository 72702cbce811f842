"""What do they want? Pure: text and a clock in, understanding and the next turn out."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from intents.engine import Engine
    from intents.errors import DataError, IntentError
    from intents.types import Guess, Intent, Understanding

__all__ = ["HOME", "DataError", "Engine", "Guess", "Intent", "IntentError", "Understanding"]

HOME = Path(__file__).parent
"""Where the data files of this room lie."""

_LIES_IN = {
    "DataError": "errors",
    "Engine": "engine",
    "Guess": "types",
    "Intent": "types",
    "IntentError": "errors",
    "Understanding": "types",
}
"""Where each name lies. The engine is heavy, and a screen that only draws has no use for it."""


def __getattr__(name: str) -> Any:
    """A name of this room, imported when it is first asked for."""
    if name not in _LIES_IN:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LIES_IN[name]}"), name)
