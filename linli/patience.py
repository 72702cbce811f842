"""Waiting for what does not come, a text or a voice: the caller is told, then gets a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .limits import limit

Late: TypeAlias = Literal["", "hold_on", "lost"]
"""In time, late enough to ask for patience, or so late that a person is wanted."""


@dataclass(slots=True)
class Patience:
    """How long one thing has been waited for; seconds of one clock are handed in."""

    since: float | None = None
    """From when on."""
    told: bool = False
    """The caller was asked to wait."""

    def late(self, now: float, *, waiting: bool) -> Late:
        """How late it is; `hold_on` is said once."""
        if not waiting:
            self.since, self.told = None, False
            return ""
        if self.since is None:
            self.since = now
        if now - self.since > limit("phone.lost_s"):
            return "lost"
        if now - self.since > limit("phone.hold_on_s") and not self.told:
            self.told = True
            return "hold_on"
        return ""


@dataclass(slots=True)
class Waits:
    """What one call waits for: the text of what was said, the voice of what is to be said."""

    _text: Patience = field(default_factory=Patience)
    _voice: Patience = field(default_factory=Patience)

    def late(self, now: float, *, text: bool, voice: bool) -> Late:
        """How late it is, where a text or a voice is due now."""
        late = self._text.late(now, waiting=text)
        return "lost" if self._voice.late(now, waiting=voice) == "lost" else late

    def answered(self) -> None:
        """The text has come."""
        self._text = Patience()
