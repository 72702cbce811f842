"""The ledger as a session's desk: effects of a conversation written down for the staff."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from intents.types import Alert, Chose, Event, File, Heard, HungUp, Noise, Pressed, Silence
from station.errors import LedgerError, RecordingError
from station.ledger import Ledger
from station.merging import standing
from station.recordings import Recordings
from station.requests import FiledRequest, Kind
from station.residents import Contact, Resident
from station.utterances import Conversation, Utterance
from station.words import told_by
from voices.events import TurnEnded
from voices.types import RATE, Channel

from .session import Turn

log = structlog.get_logger(__name__)

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
    """Writes one conversation's effects into `ledger`, and its sound into `recordings`.

    The greeting says that there is a recording; an elder who does not want it
    (不录音) is served all the same, and what was kept of this talk is removed.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        channel: Channel,
        now: Callable[[], datetime],
        resident: Resident | None = None,
        phone: str = "",
        by: Contact | None = None,
        recordings: Recordings | None = None,
    ) -> None:
        self.ledger = ledger
        self.recordings = recordings
        self.channel = channel
        self.resident = resident
        self.phone = phone
        self.by = by
        self.conversation = uuid.uuid4().hex
        self._now = now
        self._utterances = 0
        self._alarm: str | None = None
        self._asked = ""
        self._summary = ""
        self._consent = resident is None or not resident.unrecorded
        self._kept: list[Path] = []
        self._sound: TurnEnded | None = None
        self._delay_ms = 0.0
        self._began = now()
        self._unsettled: Callable[[], None] | None = None
        self._keep_conversation()

    def listened(self, sound: TurnEnded | None, delay_ms: float = 0.0) -> None:
        """The sound behind the next event, and how long after its end the answer came."""
        self.settle()
        self._sound, self._delay_ms = sound, delay_ms

    def _keep_conversation(self) -> None:
        """Filing a request begins its conversation anyway: a full disk must not end the talk."""
        resident = self.resident.id if self.resident else None
        kept = Conversation(
            self.conversation,
            self.channel,
            self._began,
            resident,
            self.phone,
            consent=self._consent,
        )
        try:
            self.ledger.keep_conversation(kept)
        except LedgerError as error:
            log.warning("conversation_not_kept", code=error.code)

    def write(self, effect: File, target: str | None) -> str:
        """File, change or cancel; durable when it returns. Raises LedgerError."""
        self.settle()
        if effect.status == "emergency" and self._alarm is not None:
            return self._more_of_the_alarm(effect)
        if target is not None:  # staff may have merged it while the elder still talks of it
            target = standing(self.ledger.store, self.ledger.request(target)).number
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
        """Keep what came in and what was answered, with `settle` or with what comes next."""
        self.settle()
        self._unsettled = partial(self._keep, event, turn, self._now())

    def settle(self) -> None:
        """Write down what was put off; a transcript that cannot be kept ends no call.

        An elder is answered first: to pack the sound of four seconds takes a tenth of one.
        """
        unsettled, self._unsettled = self._unsettled, None
        try:
            if unsettled is not None:
                unsettled()
        except Exception as error:  # noqa: BLE001 - the elder is still on the line
            log.warning("utterance_not_kept", reason=type(error).__name__)

    def _keep(self, event: Event, turn: Turn, now: datetime) -> None:
        self._utterances += 1
        if any(adjust.what == "unrecorded" for adjust in turn.adjust):
            self._withdraw()
        sound, self._sound = self._sound, None
        heard = event if isinstance(event, Heard) else None
        self.ledger.add_utterance(
            Utterance(
                self.conversation,
                self._utterances,
                now,
                _EVENTS[type(event)],  # type: ignore[arg-type]
                text=_text(event),
                alternatives=heard.alternatives if heard else (),
                confidence=heard.confidence if heard else 0.0,
                asked=self._asked,
                said=turn.say,
                audio=self._recorded(sound),
                timing=_timing(sound, self._delay_ms),
            ),
            channel=self.channel,
        )
        self._asked = turn.ask.slot if turn.ask else ""
        if self._asked == "confirm":
            self._summary = "".join(turn.say)

    def _recorded(self, sound: TurnEnded | None) -> str | None:
        """A recording that cannot be kept costs nothing but the recording."""
        if sound is None or self.recordings is None:
            return None
        try:
            path = self.recordings.save(
                self.conversation,
                self._utterances,
                sound.audio,
                RATE,
                consent=self._consent,
                at=self._now(),
            )
        except RecordingError as error:
            log.warning("recording_not_kept", code=error.code)
            return None
        if path is None:
            return None
        self._kept.append(path)
        return str(path)

    def _withdraw(self) -> None:
        """No recording of this talk: neither from now on nor of what was said before."""
        self._consent = False
        self._keep_conversation()
        for path in self._kept:
            if self.recordings is not None:
                (self.recordings.folder / path).unlink(missing_ok=True)
        self._kept.clear()

    def _filed(self, effect: File) -> FiledRequest:
        return FiledRequest(
            intent=effect.intent,
            slots=effect.slots,
            channel=self.channel,
            resident=self.resident.id if self.resident else None,
            phone=self.phone,
            note=told_by(self.by) if self.by else "",
            kind=_KINDS.get(effect.status, "request"),
            priority=effect.priority,
            unfinished=effect.unfinished,
            summary=self._summary,
            conversation=self.conversation,
            created=self._now(),
        )


def _text(event: Event) -> str:
    if isinstance(event, Heard):
        return event.text
    if isinstance(event, Chose):
        return f"{event.slot}={event.value}"
    return event.key if isinstance(event, Pressed) else ""


def _timing(sound: TurnEnded | None, delay_ms: float) -> dict[str, float]:
    if sound is None:
        return {}
    return {
        "decode": round(sound.transcript.decode_ms, 1),
        "silence": round(sound.silence * 1000),
        "answer": round(delay_ms),
    }
