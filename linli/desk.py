"""The ledger as a session's desk: effects of a conversation written down for the staff."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Final

from intents.types import Alert, Chose, Event, File, Heard, HungUp, Noise, Pressed, Silence
from station.ledger import Ledger
from station.requests import FiledRequest, Kind
from station.residents import Resident
from station.utterances import Conversation, Utterance
from voices.types import Channel

from .session import Turn

_KINDS: Final[dict[str, Kind]] = {"handed_over": "handed_over", "emergency": "emergency"}

_EVENTS: Final = {
    Heard: "heard",
    Chose: "chose",
    Pressed: "pressed",
    Silence: "silence",
    Noise: "noise",
    HungUp: "hung_up",
}


class LedgerDesk:
    """Writes one conversation's effects into `ledger`."""

    def __init__(
        self,
        ledger: Ledger,
        *,
        channel: Channel,
        now: Callable[[], datetime],
        resident: Resident | None = None,
        phone: str = "",
    ) -> None:
        self.ledger = ledger
        self.channel = channel
        self.resident = resident
        self.phone = phone
        self.conversation = uuid.uuid4().hex
        self._now = now
        self._utterances = 0
        self._alarm: str | None = None
        self._asked = ""
        ledger.keep_conversation(
            Conversation(
                self.conversation, channel, now(), resident.id if resident else None, phone
            )
        )

    def write(self, effect: File, target: str | None) -> str:
        """File, change or cancel; durable when it returns. Raises LedgerError."""
        if effect.status == "emergency" and self._alarm is not None:
            return self._more_of_the_alarm(effect)
        if target is not None and effect.status == "cancelled":
            return self.ledger.cancel(target, by="elder").number
        if target is not None and effect.status == "changed":
            return self.ledger.change(target, by="elder", slots=effect.slots).number
        return self.ledger.file(self._filed(effect)).number

    def alarm(self, effect: Alert) -> None:
        """An emergency stands in the ledger before the elder is told that help is called."""
        slots = {"kind": effect.kind}
        if self._alarm is not None:
            self.ledger.change(self._alarm, by="elder", slots=slots)
            return
        filed = self._filed(File("emergency", slots, "emergency", None, "emergency"))
        self._alarm = self.ledger.file(filed).number

    def _more_of_the_alarm(self, effect: File) -> str:
        """What is known meanwhile joins the alarm that stands in the ledger already."""
        slots = dict(effect.slots)
        note = slots.pop("note", "")
        return self.ledger.change(self._alarm or "", by="elder", slots=slots, note=note).number

    def heard(self, event: Event, turn: Turn) -> None:
        """Keep what came in and what was answered."""
        self._utterances += 1
        heard = event if isinstance(event, Heard) else None
        self.ledger.add_utterance(
            Utterance(
                self.conversation,
                self._utterances,
                self._now(),
                _EVENTS[type(event)],  # type: ignore[arg-type]
                text=_text(event),
                alternatives=heard.alternatives if heard else (),
                confidence=heard.confidence if heard else 0.0,
                asked=self._asked,
                said=turn.say,
            ),
            channel=self.channel,
        )
        self._asked = turn.ask.slot if turn.ask else ""

    def _filed(self, effect: File) -> FiledRequest:
        return FiledRequest(
            intent=effect.intent,
            slots=effect.slots,
            channel=self.channel,
            resident=self.resident.id if self.resident else None,
            phone=self.phone,
            kind=_KINDS.get(effect.status, "request"),
            priority=effect.priority,
            unfinished=effect.unfinished,
            conversation=self.conversation,
            created=self._now(),
        )


def _text(event: Event) -> str:
    if isinstance(event, Heard):
        return event.text
    if isinstance(event, Chose):
        return f"{event.slot}={event.value}"
    return event.key if isinstance(event, Pressed) else ""
