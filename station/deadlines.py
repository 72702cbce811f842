"""Deadlines: within how many minutes a request wants an answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def answer_minutes(intent: str, priority: str, limits: Mapping[str, Any]) -> int:
    """Minutes by the group `console` of the numbers that bind."""
    if priority != "ordinary":
        return int(limits["urgent_min"])
    return int(limits["taxi_min" if intent == "taxi" else "ordinary_min"])
