"""Asterisk's control connection (AMI), kept up: logged in, watched, taken up again.

asterisk-ami does the talking. What it does not mind is minded here: its listener
thread ends without a word when a callback raises, when the first line is foreign
or when its socket times out; nothing is escaped; a closed socket does not wake
its reader; its futures cannot be waited for safely. So every callback is guarded,
answers are matched by our own ids, values are cleaned, and a ping tells whether
anybody is still there.
"""

from __future__ import annotations

import itertools
import re
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final, TypeAlias

import structlog
from asterisk.ami import AMIClient
from asterisk.ami.action import Action

from .errors import SwitchError

log = structlog.get_logger(__name__)

USER: Final = "linli"
PING_S: Final = 5.0
"""Seconds between two looks whether Asterisk still answers."""
_LONGEST: Final = 200
_LINE_ENDS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")

Answer: TypeAlias = dict[str, str]
"""An answer's keys; `Response` among them."""


def clean(value: object) -> str:
    """A value that stays one value: whoever chose it cannot begin a new line with it."""
    return _LINE_ENDS.sub(" ", str(value))[:_LONGEST]


class _Client(AMIClient):  # type: ignore[misc]
    """The library's client, whose listener tells of every end."""

    def listen(self) -> None:
        try:
            super().listen()
        except Exception as error:  # noqa: BLE001 - whatever it is, the connection is over
            self._fire_on_disconnect(error=error)

    def hang_up(self) -> None:
        """Close the socket in a way that wakes its reader."""
        if self.finished is not None:
            self.finished.set()
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()


class Manager:
    """One connection, kept up by a thread of its own from `start` to `stop`."""

    def __init__(
        self,
        port: int,
        password: str,
        on_event: Callable[[Mapping[str, str]], None],
        on_connection: Callable[[bool, str], None],
        *,
        again_s: float,
        answer_s: float,
    ) -> None:
        self._port, self._password = port, password
        self._on_event, self._on_connection = on_event, on_connection
        self._again_s, self._answer_s = again_s, answer_s
        self._ids = itertools.count(1)
        self._answers: dict[str, _Waiting] = {}
        self._lock = threading.Lock()
        self._client: _Client | None = None
        self._up = threading.Event()
        self._lost = threading.Event()
        self._stopping = threading.Event()
        self._reason = ""
        self._thread = threading.Thread(target=self._run, name="linli-manager", daemon=True)

    @property
    def connected(self) -> bool:
        """Whether Asterisk can be told what to do."""
        return self._up.is_set()

    def start(self) -> None:
        """Begin to connect; returns at once."""
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until connected."""
        return self._up.wait(seconds)

    def stop(self) -> None:
        """Log off and end the thread."""
        self._stopping.set()
        self._lost.set()
        if self._thread.is_alive():
            self._thread.join(self._answer_s)

    def ask(
        self,
        name: str,
        keys: Mapping[str, object] | None = None,
        variables: Mapping[str, object] | None = None,
        *,
        action_id: str = "",
    ) -> Answer:
        """Do an action; its answer. Raises SwitchError when refused, late or not connected.

        `action_id` comes back in the events that belong to the action.
        """
        if not self.connected:
            raise SwitchError(f"Asterisk cannot be told to {name}: {self._reason or 'not there'}")
        return self._ask(name, keys or {}, variables or {}, action_id)

    # --- the thread -----------------------------------------------------------------------------

    def _run(self) -> None:
        told = ""
        while not self._stopping.is_set():
            self._lost.clear()
            try:
                self._connect()
            except (SwitchError, OSError) as error:
                self._reason = str(error)
                if self._reason != told:
                    told = self._reason
                    log.warning("asterisk_not_reached", port=self._port, reason=told)
                self._close()
                self._stopping.wait(self._again_s)
                continue
            told = ""
            self._tell(up=True, reason="")
            self._watch()
            self._up.clear()
            self._close()
            if not self._stopping.is_set():
                self._tell(up=False, reason=self._reason)
                self._stopping.wait(self._again_s)

    def _connect(self) -> None:
        # The library would wait for ever for a door that nobody opens.
        socket.create_connection(("127.0.0.1", self._port), self._answer_s).close()
        client = _Client("127.0.0.1", self._port, timeout=None)
        client.add_listener(
            on_response=self._responded,
            on_event=self._happened,
            on_disconnect=self._disconnected,
        )
        self._client = client
        client.connect()
        self._ask("Login", {"Username": USER, "Secret": self._password}, {})
        self._up.set()

    def _watch(self) -> None:
        """Until the connection is lost: is anybody still there?"""
        while not self._lost.wait(PING_S):
            try:
                self._ask("Ping", {}, {})
            except SwitchError as error:
                self._reason = str(error)
                return

    def _close(self) -> None:
        if self._client is not None:
            self._client.hang_up()
            self._client = None
        with self._lock:
            waiting, self._answers = list(self._answers.values()), {}
        for each in waiting:
            each.done.set()

    def _tell(self, *, up: bool, reason: str) -> None:
        try:
            self._on_connection(up, reason)
        except Exception as error:
            log.critical("listener_broke", reason=f"{type(error).__name__}: {error}", exc_info=True)

    # --- actions --------------------------------------------------------------------------------

    def _ask(
        self,
        name: str,
        keys: Mapping[str, object],
        variables: Mapping[str, object],
        action_id: str = "",
    ) -> Answer:
        client = self._client
        if client is None:
            raise SwitchError(f"Asterisk cannot be told to {name}: it is not there")
        action_id = action_id or f"linli-{next(self._ids)}"
        waiting = _Waiting()
        with self._lock:
            self._answers[action_id] = waiting
        packed = {key: clean(value) for key, value in keys.items()} | {"ActionID": action_id}
        # Asterisk takes a comma in a variable for the beginning of the next one.
        named = {key: clean(value).replace(",", " ") for key, value in variables.items()}
        try:
            client.send(Action(name, packed, named))
        except OSError as error:
            self._lost.set()
            raise SwitchError(f"Asterisk cannot be told to {name}: {error.strerror}") from error
        in_time = waiting.done.wait(self._answer_s)
        with self._lock:
            self._answers.pop(action_id, None)
        if waiting.answer is None and in_time:
            why = self._reason or "the connection was closed"
            raise SwitchError(f"Asterisk cannot be told to {name}: {why}")
        if waiting.answer is None:
            raise SwitchError(f"Asterisk did not answer to {name} in {self._answer_s:.0f} s")
        if waiting.answer.get("Response", "").lower() == "error":
            why = waiting.answer.get("Message", "no reason given")
            raise SwitchError(f"Asterisk refuses to {name}: {why}")
        return waiting.answer

    # --- what the listener's thread brings: nothing in here may raise -----------------------------

    def _responded(self, source: Any, response: Any) -> None:
        del source
        with self._lock:
            waiting = self._answers.get(str(response.keys.get("ActionID", "")))
        if waiting is not None:
            waiting.answer = {**response.keys, "Response": str(response.status)}
            waiting.done.set()

    def _happened(self, source: Any, event: Any) -> None:
        del source
        try:
            self._on_event({"Event": str(event.name), **event.keys})
        except Exception as error:
            log.critical("listener_broke", reason=f"{type(error).__name__}: {error}", exc_info=True)

    def _disconnected(self, source: Any, error: Any = None) -> None:
        if source is self._client:
            self._reason = f"the connection was lost ({type(error).__name__})"
            self._lost.set()


class _Waiting:
    """One action whose answer is on its way."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.answer: Answer | None = None
