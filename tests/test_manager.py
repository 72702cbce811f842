"""Asterisk's control connection: who may speak through it, and what can be said."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest
from telephone import Line, telephone_line

from ivr.errors import SwitchError
from ivr.manager import Manager, clean


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line() as running:
        yield running


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
