"""The telephone exchange as Linli directs it: who gets a caller next, whom to ring, what happened.

Every method may be called on any thread. Those a live call depends on
(`set_next`, `transfer`, `hang_up`, `alarm`, `to_family`) never raise: they say
whether it worked, and if not the dialplan does what is safe. A call is named by
its id (`call_id` of the media leg) or by the id its AudioSocket shows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, Self, TypeAlias

import structlog

from .errors import PhoneError, SwitchError
from .events import Connection, SwitchEvent, event_of
from .known_calls import KnownCalls
from .manager import Manager
from .numbers import Numbers
from .ringer import Ringer

log = structlog.get_logger(__name__)

Next: TypeAlias = Literal["operator", "message", "end"]
"""What the dialplan does when Linli's leg ends."""


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
        self._calls = KnownCalls()
        self._manager = Manager(
            port,
            password,
            self._happened,
            self._connection,
            again_s=float(limits["reconnect_s"]),
            answer_s=float(limits["answer_wait_s"]),
        )
        self.ringer = Ringer(self._manager, numbers, limits, own)
        """Makes calls."""

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
        channel = self._calls.channel(call_id)
        done = not urgent or self._done(
            "Setvar", Channel=channel, Variable="LINLI_URGENT", Value="1"
        )
        return self._done("Setvar", Channel=channel, Variable="LINLI_NEXT", Value=what) and done

    def transfer(self, call_id: str, *, urgent: bool = False) -> bool:
        """Give the caller to a person now, whatever is being said."""
        channel = self._calls.channel(call_id)
        if urgent:
            self._done("Setvar", Channel=channel, Variable="LINLI_URGENT", Value="1")
        return self._redirect(channel, "linli-person")

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
        channel = self._calls.channel(call_id)
        if not self._done("Setvar", Channel=channel, Variable="LINLI_DIAL", Value=way):
            return False
        return self._redirect(channel, "linli-family")

    def settled(self, call_id: str) -> bool:
        """Tell somebody who hears of an alarm that another has taken it meanwhile."""
        return self._redirect(self._calls.channel(call_id), "linli-escalation-settled")

    def hang_up(self, call_id: str) -> bool:
        """End the call."""
        return self._done("Hangup", Channel=self._calls.channel(call_id), Cause="16")

    def alarm(self, call_id: str) -> bool:
        """Ring everybody who is rung in an emergency while the caller stays with Linli."""
        if self._alert is None:
            return False
        return bool(self.ringer.alert(self._urgent, self._alert, task=f"alarm-{call_id}"))

    def fetch(self, call_id: str) -> bool:
        """Ring the same people and put who answers through to the caller, who stays with Linli.

        Returns at once; `Helped` tells when, `OperatorMissed` that nobody answered.
        """
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

    def _done(
        self, action: str, variables: Mapping[str, str] | None = None, /, **keys: object
    ) -> bool:
        try:
            self._manager.ask(action, keys, variables)
        except SwitchError as error:
            log.warning("switch_did_not", action=action, reason=str(error))
            return False
        return True

    # --- what Asterisk tells ----------------------------------------------------------------------

    def _connection(self, up: bool, reason: str) -> None:
        log.info("asterisk_connected" if up else "asterisk_lost", reason=reason)
        if not up:
            self._calls.forget()
            self.ringer.lost()
        self._tell(Connection(up, reason))

    def _happened(self, keys: Mapping[str, str]) -> None:
        if keys.get("Event") == "OriginateResponse":
            self.ringer.heard(keys)
            return
        event = event_of(keys)
        if event is None:
            return
        self._calls.happened(event, str(keys.get("Channel", "")))
        self._tell(event)

    def _tell(self, event: SwitchEvent) -> None:
        try:
            self._listener(event)
        except Exception as error:
            log.critical("listener_broke", reason=f"{type(error).__name__}: {error}", exc_info=True)
