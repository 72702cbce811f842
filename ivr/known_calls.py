"""The calls that are going on: by the id of the call, or by the id its AudioSocket shows."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from typing import Final

from .events import CallCame, CallEnded, Reached, SwitchEvent
from .recent import Recent

_REMEMBERED: Final = 2000


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A call that is going on."""

    call: str
    """Its id."""
    channel: str
    """The caller's channel, as Asterisk names it."""
    number: str
    """Who calls, or is called; empty when withheld."""


class KnownCalls:
    """Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: Recent[str, KnownCall] = Recent(_REMEMBERED)

    def get(self, call_id: str) -> KnownCall | None:
        """A call by either of its ids; None where we did not see it come."""
        with self._lock:
            return self._calls.get(call_id)

    def channel(self, call_id: str) -> str:
        """The channel's name; the call's own id will do where we did not see it come."""
        known = self.get(call_id)
        return known.channel if known else call_id

    def happened(self, event: SwitchEvent, channel: str) -> None:
        """Remember who came and forget who went; `channel` is where it happened."""
        if not re.fullmatch(r"[\w/@.;:-]+", channel):
            return
        with self._lock:
            match event:
                case CallCame(call=call, media=media, number=number):
                    known = KnownCall(call, channel, number)
                    for name in filter(None, (call, media)):
                        self._calls[name] = known
                case Reached(call=call, number=number):
                    self._calls[call] = KnownCall(call, channel, number)
                case CallEnded(call=call):
                    for name in [each for each, one in self._calls.items() if one.call == call]:
                        del self._calls[name]

    def forget(self) -> None:
        """The connection is lost: what goes on now is not known."""
        with self._lock:
            self._calls.clear()
