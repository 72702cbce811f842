"""Asterisk's control connection: who may speak through it, and what can be said."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from typing import Self, TextIO

import pytest
from telephone import Line, telephone_line

from ivr.errors import SwitchError
from ivr.manager import Manager, clean


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line() as running:
        yield running


class Dying:
    """An exchange that lets Linli log in and is gone at the next thing it is told."""

    def __init__(self) -> None:
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                visitor, _ = self._door.accept()
                with visitor, visitor.makefile("rw", encoding="ascii", newline="") as wire:
                    self._let_in(wire)

    def _let_in(self, wire: TextIO) -> None:
        with suppress(OSError):
            wire.write("Asterisk Call Manager/11.0.0\r\n")
            wire.flush()
            told: dict[str, str] = {}
            while (line := wire.readline()).strip():
                name, _, value = line.strip().partition(": ")
                told[name] = value
            if told:
                wire.write(f"Response: Success\r\nActionID: {told['ActionID']}\r\n\r\n")
                wire.flush()
                wire.readline()


def manager_of(line: Line, *, password: str = "") -> Manager:
    """One that is not started yet; what it is told interests nobody."""
    port, right = line.settings.phone.manager_port, line.passwords.manager
    heeded = (lambda _: None, lambda *_: None)
    return Manager(port, password or right, *heeded, again_s=1, answer_s=5)


def test_a_wrong_password_and_a_stranger_at_the_door_are_no_connection(line: Line) -> None:
    refused = manager_of(line, password="wrong")  # noqa: S106
    refused.start()
    assert not refused.wait(1)
    refused.stop()
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            while True:
                try:
                    visitor, _ = door.accept()
                except OSError:
                    return
                with visitor, suppress(OSError):
                    visitor.sendall(b"220 mail.example ESMTP\r\n")
                    visitor.recv(1000)

        threading.Thread(target=answer, daemon=True).start()
        manager = Manager(
            door.getsockname()[1], "x", lambda _: None, lambda *_: None, again_s=0.1, answer_s=0.5
        )
        manager.start()
        assert not manager.wait(2)
        manager.stop()


def test_a_connection_lost_amid_an_action_is_told_as_that_and_at_once() -> None:
    with Dying() as exchange:
        heeded = (lambda _: None, lambda *_: None)
        manager = Manager(exchange.port, "x", *heeded, again_s=60, answer_s=60)
        manager.start()
        assert manager.wait(20)
        with pytest.raises(SwitchError, match="cannot be told to Setvar: the connection was lost"):
            manager.ask("Setvar", {"Channel": "x"})
        manager.stop()


@pytest.mark.parametrize(
    ("action", "keys", "told"),
    [
        ("Command", {"Command": "core show version"}, "Permission denied"),
        ("GetConfig", {"Filename": "manager.conf"}, "Permission denied"),
        ("UpdateConfig", {"SrcFilename": "x"}, "Permission denied"),
        (
            "Originate",
            {"Channel": "Local/s@linli-out", "Application": "System", "Data": "touch /tmp/x"},
            "Forbidden",
        ),
        ("Setvar", {"Variable": "SHELL(id)", "Value": "x"}, "."),
    ],
)
def test_linli_itself_may_only_direct_calls(
    line: Line, action: str, keys: dict[str, object], told: str
) -> None:
    manager = manager_of(line)
    manager.start()
    assert manager.wait(10)
    with pytest.raises(SwitchError, match=told):
        manager.ask(action, keys)
    manager.stop()


def test_no_value_begins_a_line_of_its_own(line: Line) -> None:
    evil = "x\r\n\r\nAction: Hangup\r\nChannel: all\0\x0b\u2028Event: UserEvent"
    assert len(clean(evil).splitlines()) == 1
    manager = manager_of(line)
    manager.start()
    assert manager.wait(10)
    with pytest.raises(SwitchError, match="No such channel"):
        manager.ask("Setvar", {"Channel": "PJSIP/x", "Variable": "V", "Value": evil})
    assert manager.ask("Ping")["Ping"] == "Pong"
    manager.stop()
