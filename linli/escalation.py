"""An alarm nobody has confirmed is passed on, by telephone, until somebody takes it.

It works from the ledger alone: alarms of the kiosk and of the telephone, whether a console is
open or not; whoever was told is written down before it rings, so that a restart goes on from
there. Who presses 1 has taken it, as on the console; then all other telephones fall silent.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from ivr.alarm_order import Person, name_of, step_at, whom
from ivr.errors import PhoneError, SwitchError
from ivr.events import AlertHeard, CallCame, OperatorAnswered, OperatorRinging, SwitchEvent
from ivr.numbers import digits, masked
from ivr.office_events import AlarmOver, AlarmTaken, AlarmUp
from ivr.recent import Recent
from ivr.switch import Switch
from station import alarm_calls, handling
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import Request
from station.settings import Settings

from . import emergency_words
from .clerk import Clerk
from .limits import limit
from .outbound import Render

log = structlog.get_logger(__name__)

EVERY_S: Final = 0.5
"""Seconds between two looks at what nobody has confirmed."""
REMEMBERED: Final = 500
"""Calls of which something is remembered."""
RESCUE_STEP: Final = 10_000
"""Steps of calls to a number outside are counted from here."""


@dataclass(slots=True)
class _Ring:
    """One telephone that rings, or whose owner listens."""

    request: Request
    row: int
    person: Person
    call: str
    outside: bool
    up: bool = False


class Escalation(Clerk):
    """Passes alarms on; state lies in the ledger."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        switch: Switch,
        *,
        render: Render,
        folder: Path,
        general: Path,
        clock: Callable[[], datetime],
    ) -> None:
        super().__init__("alarms", every_s=EVERY_S)
        self._settings, self._ledger, self._switch = settings, ledger, switch
        self._render, self._folder, self._general, self._clock = render, folder, general, clock
        self._rings: dict[str, _Ring] = {}
        self._lock = threading.Lock()
        self._numbers: Recent[str, str] = Recent(REMEMBERED)
        self._urgent: Recent[str, bool] = Recent(REMEMBERED)
        self._settled: Recent[str, bool] = Recent(REMEMBERED)
        self._unreachable = False

    def wants(self, event: SwitchEvent) -> bool:
        """What is told of alarms; whose call it is about is remembered at once."""
        match event:
            case CallCame(call=call, number=number):
                self._numbers[call] = number
                return False
            case OperatorRinging(call=call, urgent=urgent):
                if urgent:
                    self._urgent[call] = True
                return False
            case _:
                return isinstance(
                    event, AlarmUp | AlarmTaken | AlarmOver | AlertHeard | OperatorAnswered
                )

    def begin(self) -> None:
        """What rang when the line died rings again."""
        alarm_calls.abandon(self._ledger.store, self._clock())

    # --- whom to ring ---------------------------------------------------------------------------

    def round(self) -> None:
        """Ring whoever's turn it is, and let those be who ring for nothing any more."""
        now = self._clock()
        young = timedelta(hours=limit("office.alarm_hours"))
        waiting = [each for each in handling.alarms(self._ledger) if now - each.created < young]
        self._settle({each.id for each in waiting})
        for request in waiting:
            self._pass_on(request, now)

    def _pass_on(self, request: Request, now: datetime) -> None:
        age = max(0.0, (now - request.created).total_seconds())
        step = step_at(age, self._settings.alarm)
        # Whoever raised it by telephone is being put through to the same people just now.
        ours = step > 0 or request.channel != "phone"
        if not self._switch.connected:
            if not self._unreachable:
                log.critical("alarm_cannot_ring", request=request.number, reason="no Asterisk")
            self._unreachable = True
            return
        self._unreachable = False
        store = self._ledger.store
        if ours and not alarm_calls.rung(store, request.id, step):
            people = [(each.name, each.phone) for each in whom(self._settings, step, now)]
            for call in alarm_calls.ring(store, request.id, step, people, now):
                self._ring(request, call.id, Person(call.name, call.phone), outside=False)
        if age >= self._settings.alarm.rescue.after_s:
            self._rescue(request, step, now)

    def _rescue(self, request: Request, step: int, now: datetime) -> None:
        """Ring 120, 119 or 110 where the station has set that up, until somebody there answers."""
        number, _ = emergency_words.rescue(self._settings, request, "")
        if not number:
            return
        told = alarm_calls.of_request(self._ledger.store, request.id)
        before = [each for each in told if each.step >= RESCUE_STEP]
        if any(each.outcome in {"", "heard", "taken"} for each in before):
            return
        store = self._ledger.store
        row = alarm_calls.ring(store, request.id, RESCUE_STEP + step, [(number, number)], now)
        for call in row:
            self._ring(request, call.id, Person(number, number), outside=True)

    # --- ringing --------------------------------------------------------------------------------

    def _ring(self, request: Request, row: int, person: Person, *, outside: bool) -> None:
        ring = _Ring(request, row, person, f"alarm-{row}-{secrets.token_hex(4)}", outside)
        with self._lock:
            self._rings[ring.call] = ring
        log.warning("alarm_rings", request=request.number, number=masked(person.phone))
        threading.Thread(target=self._make, args=(ring,), name=ring.call, daemon=True).start()

    def _make(self, ring: _Ring) -> None:
        """Ring one; on a thread of its own."""
        notice = self._spoken(ring)
        if ring.call not in self._rings:
            return  # confirmed meanwhile
        try:
            outcome = self._switch.ringer.ring(
                ring.person.phone,
                notice=notice,
                task=ring.call,
                context="linli-escalation",
                call_id=ring.call,
            )
        except SwitchError as error:
            log.critical("alarm_not_rung", number=masked(ring.person.phone), reason=str(error))
            outcome = "failed"
        if outcome != "answered":
            self.safely(partial(self._over, ring, outcome))

    def _spoken(self, ring: _Ring) -> Path:
        """What they are told; the general words where their own are not there in time."""
        path = self._folder / f"alarm-{ring.row}"
        done = threading.Event()

        def speak() -> None:
            try:
                self._render(self._words(ring), path)
                done.set()
            except (PhoneError, OSError, ValueError) as error:
                log.critical("alarm_words_not_spoken", reason=f"{type(error).__name__}: {error}")

        threading.Thread(target=speak, name="alarm-words", daemon=True).start()
        return path if done.wait(limit("office.alarm_words_s")) else self._general

    def _words(self, ring: _Ring) -> tuple[str, ...]:
        request = ring.request
        known = self._ledger.resident(request.resident) if request.resident else None
        address = known.address if known else ""
        if ring.outside:
            return emergency_words.rescue(self._settings, request, address)[1]
        return emergency_words.told(self._settings, request, address)

    def _over(self, ring: _Ring, outcome: str) -> None:
        with self._lock:
            self._rings.pop(ring.call, None)
        alarm_calls.end(self._ledger.store, ring.row, outcome, self._clock())
        for path in self._folder.glob(f"alarm-{ring.row}.*"):
            path.unlink(missing_ok=True)

    # --- what came of it --------------------------------------------------------------------------

    def happened(self, event: SwitchEvent) -> None:
        """Somebody has answered, taken it, or heard enough."""
        match event:
            case AlarmUp(task, _):
                if ring := self._rings.get(task):
                    ring.up = True
                elif task in self._settled and not self._switch.settled(task):
                    self._switch.hang_up(task)  # it began to ring just as another took it
            case AlarmTaken(task, _):
                if ring := self._rings.get(task):
                    self._taken(ring)
                    self._over(ring, "taken")
            case AlarmOver(task, _):
                if ring := self._rings.get(task):
                    self._over(ring, "heard")
            case AlertHeard(task, number, taken=True):
                self._confirm_call(task.removeprefix("alarm-"), number)
            case OperatorAnswered(call, desk) if call in self._urgent:
                extension = desk.removeprefix("PJSIP/")
                # Outside a machine may have answered: there only the key counts.
                if extension in {each.extension for each in self._settings.operators}:
                    self._confirm_call(call, extension)
            case _:
                pass

    def _taken(self, ring: _Ring) -> None:
        """Who is told outside takes nothing off us: staff still have to go."""
        if not ring.outside:
            self._confirm(ring.request.number, ring.person.name)

    def _confirm_call(self, call: str, phone: str) -> None:
        """Somebody talks with the caller, or has taken their alarm: all alarms of that number."""
        number = digits(self._numbers.get(call, ""))
        residents = {each.id for each in self._ledger.residents_by_phone(number)} if number else ()
        for each in handling.alarms(self._ledger):
            if number and (digits(each.phone) == number or each.resident in residents):
                self._confirm(each.number, name_of(self._settings, phone))

    def _confirm(self, number: str, by: str) -> None:
        handling.acknowledge(self._ledger, number, by=by)
        log.warning("alarm_taken", request=number)

    def _settle(self, waiting: set[int]) -> None:
        """Alarms that somebody has confirmed, or taken back, ring nobody any more."""
        with self._lock:
            idle = [each for each in self._rings.values() if each.request.id not in waiting]
        for ring in idle:
            if ring.outside and ring.up:
                continue  # whoever takes down an address is not hung up on
            self._settled[ring.call] = True
            # Written down before it falls silent: silence itself would count as a failure.
            try:
                self._over(ring, "settled")
            except LedgerError as error:
                log.error("alarm_call_not_settled", code=error.code)  # noqa: TRY400 - no trace
            if not (ring.up and self._switch.settled(ring.call)):
                self._switch.hang_up(ring.call)
