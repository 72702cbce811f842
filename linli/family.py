"""A resident on the telephone is put through to their family (给家人打电话).

The promise to ring is spoken only where it can be kept: the number stands in the register, and
may be rung. Whoever does not answer gives the resident back to Linli; the request then stays
with staff, and one that was answered is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from ivr.events import CallCame, FamilyEnded, SwitchEvent
from ivr.office_events import FamilyThrough
from ivr.recent import Recent
from station import handling
from station.ledger import Ledger
from station.listing import Filter
from station.requests import Request
from station.residents import Contact, Resident, phone_key

from .clerk import Clerk
from .phone_sounds import words
from .session import Turn
from .switchboard import Switchboard

log = structlog.get_logger(__name__)

INTENT: Final = "call_family"
_EVERY_S: Final = 60.0
_LATELY: Final = timedelta(minutes=10)
"""A request that led to a call is no older."""
_REMEMBERED: Final = 500


def number_of(contacts: Iterable[Contact], wanted: str) -> str:
    """The number of who is wanted, by kinship, name or what they are called; empty: not known."""
    known = [each for each in contacts if each.phone and wanted]
    exact = [each for each in known if wanted in {each.relation, each.name, each.nick, *each.words}]
    near = [
        each
        for each in known
        if each.relation and (wanted in each.relation or each.relation in wanted)
    ]
    found = exact or near
    return found[0].phone if exact or len(near) == 1 else ""


@dataclass(slots=True)
class Family:
    """Of one call: whom it is to be put through to."""

    call_id: str
    """As the exchange knows this call."""
    switch: Switchboard
    """The exchange."""
    resident: Resident | None
    """Who calls."""
    number: str = ""
    """Whom to ring once the promise is spoken; empty: nobody."""

    def told(self, turn: Turn) -> Turn:
        """The turn as it is to be spoken."""
        self.number = ""
        wanted = next((f for f in turn.filed if f.intent == INTENT and f.status == "new"), None)
        if wanted is None or turn.alerts:
            return turn
        contact = str(wanted.slots.get("contact", ""))
        number = number_of(self.resident.contacts if self.resident else (), contact)
        if not (number and self.switch.reaches(number)):
            cannot = tuple(each.format(contact=contact) for each in words()["family"]["cannot"])
            asked = turn.say[-1:] if turn.ask is not None else ()
            return replace(turn, say=(*cannot, *asked))
        self.number = number
        # What else there may be is asked when they come back.
        said = turn.say[:-1] if turn.ask is not None and len(turn.say) > 1 else turn.say
        return replace(turn, say=said, ask=None)

    def back(self, turn: Turn) -> Turn:
        """The opening of a call that nobody of the family took: no greeting once more."""
        return replace(turn, say=tuple(words()["family"]["nobody"]))

    def put_through(self) -> bool:
        """Ring them now; False when the exchange did not do it."""
        return self.switch.to_family(self.call_id, self.number)


class FamilyClerk(Clerk):
    """Writes down what became of such calls."""

    def __init__(self, ledger: Ledger, clock: Callable[[], datetime]) -> None:
        super().__init__("family", every_s=_EVERY_S)
        self._ledger, self._clock = ledger, clock
        self._numbers: Recent[str, str] = Recent(_REMEMBERED)

    def wants(self, event: SwitchEvent) -> bool:
        """Families that answered, or did not; who is behind a call is remembered at once."""
        if isinstance(event, CallCame):
            self._numbers[event.call] = event.number
        return isinstance(event, FamilyThrough | FamilyEnded)

    def round(self) -> None:
        """Nothing to look for."""

    def happened(self, event: SwitchEvent) -> None:
        """They talk, or nobody answered."""
        said = words()["family"]
        match event:
            case FamilyThrough(call=call):
                if request := self._request(call):
                    handling.accept(self._ledger, request.number, by="linli")
                    self._ledger.advance(request.number, "done", by="linli", note=said["through"])
            case FamilyEnded(call=call, answered=False):
                if request := self._request(call):
                    self._ledger.remark(request.number, said["unanswered"], by="linli")
            case _:
                pass

    def _request(self, call: str) -> Request | None:
        """What the caller has just asked for."""
        number = phone_key(self._numbers.get(call, ""))
        if not number:
            return None
        ids = {each.id for each in self._ledger.residents_by_phone(number)}
        since = self._clock() - _LATELY
        new = self._ledger.requests(Filter(status=("new",), intent=INTENT))
        mine = [
            each
            for each in new
            if each.created >= since and (each.resident in ids or phone_key(each.phone) == number)
        ]
        return mine[-1] if mine else None
