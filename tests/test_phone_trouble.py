"""What goes wrong in the middle of a call: a caller hears a person or a clear sentence, always.

Real calls through a real Asterisk; what hangs is stopped or stuck for real.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from house import CallerOnLine, House, house
from own_ears import clip
from patience import until
from test_phone_calls import APPOINTMENT, alike


@dataclass
class Trouble:
    """What came of the callers of one bad day."""

    hung: CallerOnLine
    """Whose thread hung while it thought."""
    unheard: CallerOnLine
    """Who spoke when all that hears was stopped."""
    well_meanwhile: bool
    """Whether Linli held itself for well while the other call could still be served."""


@pytest.fixture(scope="module", name="home")
def fixture_home() -> Iterator[House]:
    with house() as home:
        yield home


def ring(home: House, **how: str) -> CallerOnLine:
    caller = home.caller(replace(home.samples["04-taxi"], resident=None), **how)
    caller.asked("service")
    return caller


@pytest.fixture(scope="module", name="trouble")
def fixture_trouble(home: House) -> Trouble:
    """A thread that hangs, and then ears that do; both callers wait at the same time."""
    released = threading.Event()
    hung = ring(home, number="13800001111")
    unheard = ring(home, number="13800002222")
    hung.call.call.session.receive = lambda _: released.wait(120)  # type: ignore[assignment, method-assign, return-value]
    hung.press("5")
    for pid in home.pool.pids:
        os.kill(pid, signal.SIGSTOP)
    unheard.say(clip(APPOINTMENT))
    until(lambda: hung.call.quiet_s > 1)
    well = home.phone.well
    for each in (hung, unheard):
        until(lambda caller=each: home.rung_for(caller.call.call_id))  # type: ignore[misc]
    released.set()
    for each in (hung, unheard):
        each.hang_up()
    return Trouble(hung, unheard, well)


def test_a_call_whose_thread_hangs_hears_a_clear_sentence_and_a_person_is_rung(
    home: House, trouble: Trouble
) -> None:
    assert home.rung_for(trouble.hung.call.call_id) == [False]
    assert alike("我给您找个人", trouble.hung.heard()) or alike("给您找人", trouble.hung.heard())
    assert trouble.well_meanwhile
    until(lambda: home.phone.well)  # the thread comes back: nothing hangs any more


def test_a_caller_whom_nothing_hears_is_asked_to_wait_and_then_given_to_a_person(
    home: House, trouble: Trouble
) -> None:
    assert home.rung_for(trouble.unheard.call.call_id) == [False]
    heard = trouble.unheard.heard()
    assert alike("我给您找个人", heard) or alike("给您找人", heard)
    until(lambda: home.pool.replaced >= 1)


def test_when_asterisk_restarts_what_was_begun_is_filed_and_new_calls_need_no_restart_of_linli(
    home: House, trouble: Trouble
) -> None:
    del trouble  # its ears have been replaced
    caller = ring(home, number="13800003333")
    caller.say(clip(APPOINTMENT))
    caller.asked()
    home.line.server.kill()
    until(lambda: caller.over)
    with caller.phone:
        caller.phone.close()
    (request,) = home.requests("13800003333")
    assert (request.intent, request.unfinished) == ("appointment", True)
    home.line.server.start()
    again = ring(home, number="13800003333")
    again.press("0")
    until(lambda: home.rung_for(again.call.call_id))
    again.hang_up()
