"""The engine: text and clock in, understanding out. Deterministic, offline, a few milliseconds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from intents.pipeline import Pipeline
from intents.services import Service
from intents.types import Understanding

HOME = Path(__file__).parent


class Engine:
    """Understands what elders ask for; see the module for its ways in."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._pipeline = pipeline

    @classmethod
    def load(
        cls,
        directory: Path | None = None,
        *,
        region: str = "xinyang",
        extra: Mapping[str, Sequence[str]] | None = None,
    ) -> Engine:
        """Read the data files.

        `region` weights the accent (xinyang, bazhong, northern); `extra` adds a station's own
        names to lists (e.g. `{"hospitals": [...], "dishes": [...], "places": [...]}`).
        Raises DataError with file and line when a file cannot be used.
        """
        return cls(Pipeline.load(directory or HOME, region, extra or {}))

    @property
    def intents(self) -> Sequence[str]:
        """The names of all intents."""
        return tuple(self._pipeline.services)

    @property
    def services(self) -> Mapping[str, Service]:
        """What each service wants to know, by intent."""
        return self._pipeline.services

    def understand(self, text: str, now: datetime) -> Understanding:
        """What one utterance means; any text, never raises."""
        return self._pipeline.understand(text, now)

    def extract(
        self, text: str, now: datetime, intent: str, asked: str | None = None
    ) -> dict[str, Any]:
        """The slots of `intent` found in a follow-up answer; `asked` is the slot it answers."""
        return self._pipeline.extract(text, now, intent, asked)

    def correction(
        self, text: str, now: datetime, intent: str, current: Mapping[str, Any]
    ) -> dict[str, Any] | None:
        """Only the slots that change (不是两份，是三份); None when nothing is corrected."""
        return self._pipeline.correction(text, now, intent, current)

    def polarity(self, text: str) -> Literal["yes", "no"] | None:
        """Yes, no, or neither; a no with a new value is a no."""
        return self._pipeline.polarity(text)

    def emergency(self, text: str) -> tuple[str, str] | None:
        """Kind and the words that raised it; cheap enough for partial text."""
        return self._pipeline.emergency(text)

    def completeness(
        self, text: str, intent: str | None = None
    ) -> Literal["complete", "unfinished", "unknown"]:
        """Whether an elder seems to have finished speaking."""
        return self._pipeline.completeness(text, intent)

    def canonical(self, list_name: str, surface: str) -> str | None:
        """The standard word of a list for what was said; None when the list has none."""
        return self._pipeline.canonical(list_name, surface)

    def vocabulary(self, list_name: str) -> Sequence[str]:
        """The standard words of a list; empty for an unknown list."""
        return self._pipeline.vocabulary(list_name)
