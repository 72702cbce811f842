"""A turn of a talk as the screen shows it: what was filed becomes a card of words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from intents.conversation.defaults import Surroundings
from intents.conversation.dialogue import load_dialogues
from intents.conversation.facts import StationFacts
from intents.conversation.wording import Wording
from kiosk.turned import Card, Known, Turned
from station.residents import Resident
from station.settings import Settings

from .photos import photos_of
from .session import Filed, Session, Turn
from .wiring import station_facts

_OUTCOMES: Final = {"new": "created", "changed": "changed", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Cards:
    """Puts one elder's requests into words."""

    wording: Wording
    """For this elder, here and now."""
    providers: Mapping[str, str]
    """Intent → who fulfils it, as the station has set it."""

    @classmethod
    def of(
        cls,
        settings: Settings,
        resident: Resident | None,
        now: datetime,
        facts: StationFacts | None = None,
    ) -> Self:
        """For a resident, or for somebody unknown."""
        known = resident.facts() if resident else {}
        around = Surroundings("kiosk", now, known, facts or station_facts(settings))
        return cls(Wording(around), {each.intent: each.provider for each in settings.services})

    def turned(self, session: Session, turn: Turn) -> Turned:
        """The turn with its words; a request that only went to staff gives no card."""
        alarms = [filed.number for filed in turn.filed if filed.status == "emergency"]
        return Turned(
            say=turn.say,
            ask=turn.ask,
            summary=session.summary,
            slots=dict(session.taken),
            cards=tuple(self.card(filed) for filed in turn.filed if filed.status in _OUTCOMES),
            alarm=(alarms[-1] if alarms else "") if turn.alerts else None,
            connect=turn.connect is not None,
            ended=turn.outcome is not None,
            final=turn.final,
        )

    def card(self, filed: Filed) -> Card:
        """One request: what, when, who does it."""
        dialogue = load_dialogues()[filed.intent]
        fields = self.wording.fields(dialogue, filed.slots)
        facts = (
            ("what", self.wording.thing(dialogue, filed.slots) or dialogue.name),
            ("when", fields.get("when", "")),
            ("who", self.providers.get(filed.intent, dialogue.fulfilled_by)),
        )
        outcome = _OUTCOMES[filed.status]
        shown = tuple((name, words) for name, words in facts if words)
        return Card(filed.number, outcome, filed.intent, shown)  # type: ignore[arg-type]


def known_of(settings: Settings, resident: Resident) -> Known:
    """What the screen offers of a resident for touching; reads their contacts' photos."""
    contacts = {each.relation: each.name for each in resident.contacts}
    photos = photos_of(settings.kiosk.photos, resident)
    return Known(resident.card or "", resident.address, contacts, photos)
