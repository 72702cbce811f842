"""`linli phone serve` as a station runs it: a process that may be killed at any moment."""

from __future__ import annotations

import os
import queue
import resource
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

import pytest
from patience import until
from telephone import Line, running, serving, telephone_line

from ivr.events import CallEnded, OperatorRinging, SwitchEvent
from linli.exchange import make_switch
from linli.heart import Heart
from linli.limits import limit
from linli.part import Part, keep
from linli.phone_serve import doors_of
from linli.units import UNITS
from station.ledger import Ledger
from station.settings import Settings


@pytest.fixture(scope="module", name="line")
def fixture_line() -> Iterator[Line]:
    with telephone_line() as line:
        yield line


@contextmanager
def kept_up(line: Line) -> Iterator[Part]:
    """The server as `linli phone run` keeps it, once it takes calls."""
    part, stop = Part(line.serve, silent_s=limit("line.silent_s")), Event()
    keeper = Thread(target=keep, args=([part], stop))
    keeper.start()
    try:
        takes_calls(line)
        yield part
    finally:
        stop.set()
        keeper.join(20)


def takes_calls(line: Line) -> None:
    """Wait until somebody listens at the door."""

    def open_door() -> bool:
        with suppress(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", line.settings.phone.media_port)).close()
            return True
        return False

    until(open_door)


@contextmanager
def watching(line: Line) -> Iterator[Callable[[type[SwitchEvent]], SwitchEvent]]:
    """Gives a way to wait for what Asterisk tells."""
    news: queue.SimpleQueue[SwitchEvent] = queue.SimpleQueue()

    def wait_for(kind: type[SwitchEvent]) -> SwitchEvent:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            event = news.get(timeout=max(0.01, end - time.monotonic()))
            if isinstance(event, kind):
                return event
        raise AssertionError(f"no {kind.__name__} came")

    with make_switch(line.settings, line.passwords, news.put) as switch:
        assert switch.wait(10)
        yield wait_for


def children(pid: int) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=True
    )
    return [int(each) for each in found.stdout.split()]


def test_whoever_talks_while_the_server_is_killed_is_given_to_a_person(line: Line) -> None:
    with serving(line) as server, watching(line) as wait_for, line.phone("101") as phone:
        phone.wait_for("answered")
        ears = children(server.pid)
        server.send_signal(signal.SIGKILL)
        assert isinstance(wait_for(OperatorRinging), OperatorRinging)
        phone.order("hangup")
        assert isinstance(wait_for(CallEnded), CallEnded)
    assert ears
    until(lambda: not any(running(pid) for pid in ears), 20)  # none outlives its server


def test_a_server_told_to_stop_gives_its_callers_to_a_person_and_ends_well(line: Line) -> None:
    with serving(line) as server, watching(line) as wait_for:
        with line.phone("101") as phone:
            phone.wait_for("answered")
            os.kill(server.pid, signal.SIGTERM)
            assert isinstance(wait_for(OperatorRinging), OperatorRinging)
        assert server.wait(30) == 0


def test_a_server_that_hangs_is_ended_its_caller_given_to_a_person_and_the_next_one_served(
    line: Line,
) -> None:
    with kept_up(line) as part, watching(line) as wait_for:
        with line.phone("101") as phone:
            phone.wait_for("answered")
            hung = part.pid
            os.kill(hung or 0, signal.SIGSTOP)
            assert isinstance(wait_for(OperatorRinging), OperatorRinging)
        until(lambda: part.pid not in {None, hung})
        assert not running(hung)
        takes_calls(line)
        with line.phone("102") as phone:
            phone.wait_for("answered")


def test_with_a_full_disk_callers_reach_a_person_and_afterwards_everything_is_kept_again(
    line: Line, tmp_path: Path
) -> None:
    with kept_up(line) as part, watching(line) as wait_for:
        pid = part.pid or 0
        _, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, most))  # not one byte more
        for key, urgent in (("0", False), ("9", True)):
            heard = tmp_path / f"{key}.wav"
            with line.phone("101", keys=key, keys_after=2, record=heard) as phone:
                ringing = wait_for(OperatorRinging)
                assert isinstance(ringing, OperatorRinging)
                assert ringing.urgent is urgent
                phone.order("hangup")
                phone.finish()
            assert isinstance(wait_for(CallEnded), CallEnded)
        assert part.pid == pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (most, most))
        with line.phone("102", keys="0", keys_after=2) as phone:
            wait_for(OperatorRinging)
            phone.order("hangup")
            phone.finish()
    with Ledger.open(line.settings.data.ledger, spool=line.settings.data.spool) as ledger:
        assert "03765550602" in {each.phone for each in ledger.requests()}


def test_systemd_ends_it_as_soon_as_we_would() -> None:
    unit = (UNITS / "linli-line.service").read_text("utf-8")
    assert f"WatchdogSec={limit('line.silent_s')}\n" in unit
    assert "Type=notify\n" in unit


def test_systemd_is_told_that_the_line_is_open_and_lives(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.settimeout(5)
        Heart(manager=str(tmp_path / "notify")).beat("line")
        assert systemd.recv(100) == b"READY=1\nWATCHDOG=1"


def test_asterisk_finds_the_server_where_its_settings_say(line: Line) -> None:
    doors = doors_of(line.settings, line.passwords)
    assert (doors.port, doors.plain_port) == (line.settings.phone.media_port, None)
    plain = line.settings.phone.model_copy(update={"media": "audiosocket"})
    moved: Settings = line.settings.model_copy(update={"phone": plain})
    assert doors_of(moved, line.passwords).plain_port == line.settings.phone.media_port + 1
