"""The telephone exchange as Linli directs it: who gets a caller next, whom to ring, what happened.

Every method may be called on any thread. Those a live call depends on
(`set_next`, `transfer`, `hang_up`, `alarm`, `to_family`) never raise: they say
whether it worked, and if not the dialplan does what is safe. A call is named by
its id (`call_id` of the media leg) or by the id its AudioSocket shows.
"""

from __future__ import annotations

import re
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, Self, TypeAlias

import structlog

from .errors import PhoneError, SwitchError
from .events import CallCame, CallEnded, Connection, Reached, SwitchEvent, event_of
from .manager import Manager
from .numbers import Numbers, digits, masked

log = structlog.get_logger(__name__)

Next: TypeAlias = Literal["operator", "message", "end"]
"""What the dialplan does when Linli's leg ends."""

Outcome: TypeAlias = Literal["answered", "no_answer", "refused", "failed"]
"""What became of a call we made.

`refused`: the number may not be rung; `failed`: it is busy, not logged in, or
the carrier could not, which Asterisk does not tell apart.
"""

_NO_ANSWER: Final = "3"
"""How Asterisk says that it only rang."""

_REMEMBERED: Final = 2000


@dataclass(frozen=True, slots=True)
class _Known:
    """A call that is going on."""

    call: str
    channel: str
    number: str


class Switch:
    """Asterisk, directed; `start` begins to connect and `stop` lets go.

    `limits` is the group `line` of the numbers that bind; `urgent` are the numbers rung
    in an emergency, each told the sound `alert`; `own` is the number shown to those we
    ring; `listener` is told everything that happens, on a thread of the
    switch: it must not wait for the switch.
    """

    def __init__(
        self,
        port: int,
        password: str,
        numbers: Numbers,
        limits: Mapping[str, Any],
        listener: Callable[[SwitchEvent], None] = lambda _: None,
        *,
        urgent: Iterable[str] = (),
        alert: Path | None = None,
        own: str = "",
    ) -> None:
        self._numbers, self._limits, self._listener = numbers, limits, listener
        self._urgent = tuple(urgent)
        self._alert = alert
        self._shown = {"CallerID": f"<{digits(own)}>"} if digits(own) else {}
        self._lock = threading.Lock()
        self._calls: OrderedDict[str, _Known] = OrderedDict()
        self._originated: dict[str, _Origin] = {}
        self._manager = Manager(
            port,
            password,
            self._happened,
            self._connection,
            again_s=float(limits["reconnect_s"]),
            answer_s=float(limits["answer_wait_s"]),
        )

    @property
    def connected(self) -> bool:
        """Whether Asterisk can be told anything now."""
        return self._manager.connected

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._manager.start()

    def wait(self, seconds: float) -> bool:
        """Wait until connected; False when it takes longer."""
        return self._manager.wait(seconds)

    def stop(self) -> None:
        """Let go; calls go on without us."""
        self._manager.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # --- a live call ----------------------------------------------------------------------------

    def set_next(self, call_id: str, what: Next, *, urgent: bool = False) -> bool:
        """What happens to the caller when Linli's leg ends; said before it ends."""
        channel = self._channel(call_id)
        done = not urgent or self._done(
            "Setvar", Channel=channel, Variable="LINLI_URGENT", Value="1"
        )
        return self._done("Setvar", Channel=channel, Variable="LINLI_NEXT", Value=what) and done

    def transfer(self, call_id: str, *, urgent: bool = False) -> bool:
        """Give the caller to a person now, whatever is being said."""
        channel = self._channel(call_id)
        if urgent:
            self._done("Setvar", Channel=channel, Variable="LINLI_URGENT", Value="1")
        return self._redirect(channel, "linli-person")

    def to_message(self, call_id: str) -> bool:
        """Let the caller hear when somebody will call back, and leave a message."""
        return self._redirect(self._channel(call_id), "linli-message")

    def reaches(self, number: str) -> bool:
        """Whether a number may and can be rung from here."""
        return self._numbers.reaches(number)

    def to_family(self, call_id: str, number: str) -> bool:
        """Put the caller through to somebody; when nobody answers they come back to Linli."""
        try:
            way = self._numbers.channel(number)
        except PhoneError as error:
            log.warning("family_not_rung", reason=str(error))
            return False
        channel = self._channel(call_id)
        if not self._done("Setvar", Channel=channel, Variable="LINLI_DIAL", Value=way):
            return False
        return self._redirect(channel, "linli-family")

    def settled(self, call_id: str) -> bool:
        """Tell somebody who hears of an alarm that another has taken it meanwhile."""
        return self._redirect(self._channel(call_id), "linli-escalation-settled")

    def hang_up(self, call_id: str) -> bool:
        """End the call."""
        return self._done("Hangup", Channel=self._channel(call_id), Cause="16")

    def alarm(self, call_id: str) -> bool:
        """Ring everybody who is rung in an emergency while the caller stays with Linli."""
        if self._alert is None:
            return False
        return bool(self.dial_alert(self._urgent, self._alert, task=f"alarm-{call_id}"))

    def fetch(self, call_id: str) -> bool:
        """Ring the same people and put who answers through to the caller, who stays with Linli.

        Returns at once; `Helped` tells when, `OperatorMissed` that nobody answered.
        """
        with self._lock:
            known = self._calls.get(call_id)
        if known is None or self._alert is None or not self._urgent:
            return False
        urgent = {"Channel": known.channel, "Variable": "LINLI_URGENT", "Value": "1"}
        keys = {"Channel": "Local/ring@linli-help", "Context": "linli-help", "Exten": "take"}
        keys |= {"Timeout": str(int(float(self._limits["ring_s"]) * 1000)), "Priority": "1"}
        keys |= {"Async": "true", "CallerID": f"<{known.number}>"}
        variables = {
            "__LINLI_CALL": known.call,
            "__LINLI_NUMBER": known.number,
            "LINLI_WHERE": known.channel,
            "LINLI_TASK": f"alarm-{known.call}",
            "LINLI_NOTICE": str(self._alert.with_suffix("")),
        }
        return self._done("Setvar", **urgent) and self._done("Originate", variables, **keys)

    def _redirect(self, channel: str, context: str) -> bool:
        return self._done("Redirect", Channel=channel, Context=context, Exten="s", Priority="1")

    def _channel(self, call_id: str) -> str:
        """The channel's name; the call's own id will do where we did not see it come."""
        with self._lock:
            known = self._calls.get(call_id)
        return known.channel if known else call_id

    def _done(
        self, action: str, variables: Mapping[str, str] | None = None, /, **keys: object
    ) -> bool:
        try:
            self._manager.ask(action, keys, variables)
        except SwitchError as error:
            log.warning("switch_did_not", action=action, reason=str(error))
            return False
        return True

    # --- calls that we make -----------------------------------------------------------------------

    def originate(
        self,
        number: str,
        *,
        notice: Path | None = None,
        task: str = "",
        context: str = "linli-out",
        variables: Mapping[str, str] | None = None,
        call_id: str = "",
    ) -> Outcome:
        """Ring a number and wait until it is answered or not (at most `line.ring_s`).

        Who answers hears `notice` (a sound file, its ending left out) and then
        talks with Linli. `call_id` names the call from its first ring on. Raises SwitchError
        when Asterisk cannot be told.
        """
        ours = call_id or uuid.uuid4().hex
        try:
            way = self._numbers.channel(number)
        except PhoneError as error:
            log.warning("number_not_rung", reason=str(error))
            return "refused"
        own = {
            "LINLI_NUMBER": digits(number),
            "__LINLI_CALLER": digits(number),
            "LINLI_TASK": task,
            "LINLI_NOTICE": str(notice.with_suffix("")) if notice else "",
        }
        origin = _Origin()
        with self._lock:
            self._originated[ours] = origin
        ring_s = float(self._limits["ring_s"])
        keys = {
            "Channel": way,
            "Context": context,
            "Exten": "s",
            "Priority": "1",
            "Timeout": str(int(ring_s * 1000)),
            "Async": "true",
            "ChannelId": ours,
            **self._shown,
        }
        begun = time.monotonic()
        try:
            self._manager.ask("Originate", keys, {**own, **(variables or {})}, action_id=ours)
            origin.done.wait(ring_s + float(self._limits["answer_wait_s"]))
        finally:
            with self._lock:
                self._originated.pop(ours, None)
        took = round(time.monotonic() - begun, 1)
        log.info("number_rung", number=masked(number), outcome=origin.outcome, seconds=took)
        return origin.outcome

    def dial_alert(self, numbers: Iterable[str], notice: Path, *, task: str) -> int:
        """Ring all these at once, each told `notice` until 1 is pressed; how many are being rung.

        Returns at once and never raises; `AlertHeard` tells who has heard it.
        """
        rung = 0
        for number in numbers:
            try:
                way = self._numbers.channel(number)
            except PhoneError as error:
                log.warning("number_not_rung", reason=str(error))
                continue
            keys = {
                "Channel": way,
                "Context": "linli-alert",
                "Exten": "s",
                "Priority": "1",
                "Timeout": str(int(float(self._limits["ring_s"]) * 1000)),
                "Async": "true",
                **self._shown,
            }
            variables = {
                "LINLI_NUMBER": digits(number),
                "LINLI_TASK": task,
                "LINLI_NOTICE": str(notice.with_suffix("")),
            }
            try:
                self._manager.ask("Originate", keys, variables)
            except SwitchError as error:
                log.critical("alert_not_rung", number=masked(number), reason=str(error))
            else:
                rung += 1
        return rung

    def call_from_desk(self, desk: str, number: str, *, task: str = "") -> Outcome:
        """A member of staff calls somebody: their telephone rings first. Raises SwitchError."""
        try:
            way = self._numbers.channel(number)
        except PhoneError as error:
            log.warning("number_not_rung", reason=str(error))
            return "refused"
        return self.originate(
            desk,
            task=task,
            context="linli-desk-calls",
            variables={"LINLI_DIAL": way, "LINLI_NUMBER": digits(number)},
        )

    # --- what Asterisk tells ----------------------------------------------------------------------

    def _connection(self, up: bool, reason: str) -> None:
        log.info("asterisk_connected" if up else "asterisk_lost", reason=reason)
        with self._lock:
            waiting = list(self._originated.values())
            if not up:
                self._calls.clear()
        if not up:
            for origin in waiting:
                origin.done.set()
        self._tell(Connection(up, reason))

    def _happened(self, keys: Mapping[str, str]) -> None:
        if keys.get("Event") == "OriginateResponse":
            self._rung(keys)
            return
        event = event_of(keys)
        if event is None:
            return
        self._remember(event, str(keys.get("Channel", "")))
        self._tell(event)

    def _rung(self, keys: Mapping[str, str]) -> None:
        with self._lock:
            origin = self._originated.get(str(keys.get("ActionID", "")))
        if origin is not None:
            if str(keys.get("Response", "")).lower() == "success":
                origin.outcome = "answered"
            elif str(keys.get("Reason", "")) == _NO_ANSWER:
                origin.outcome = "no_answer"
            origin.done.set()

    def _remember(self, event: SwitchEvent, channel: str) -> None:
        if not re.fullmatch(r"[\w/@.;:-]+", channel):
            return
        with self._lock:
            match event:
                case CallCame(call=call, media=media, number=number):
                    known = _Known(call, channel, number)
                    for name in filter(None, (call, media)):
                        self._calls[name] = known
                    while len(self._calls) > _REMEMBERED:
                        self._calls.popitem(last=False)
                case Reached(call=call, number=number):
                    self._calls[call] = _Known(call, channel, number)
                case CallEnded(call=call):
                    for name in [each for each, one in self._calls.items() if one.call == call]:
                        del self._calls[name]

    def _tell(self, event: SwitchEvent) -> None:
        try:
            self._listener(event)
        except Exception as error:
            log.critical("listener_broke", reason=f"{type(error).__name__}: {error}", exc_info=True)


class _Origin:
    """A call of ours that rings."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.outcome: Outcome = "failed"
