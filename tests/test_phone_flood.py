"""More calls than Linli takes, all at once: everybody hears something, nothing promised is lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from house import House, house

from ivr.loopback import CARRIER
from linli.bench.crowd import Crowd, Ringer
from linli.limits import limit, limits
from station.callbacks import waiting

CALLS = 24
TALKS = 6
"""So many Linli takes in this test."""
SILENT_S = 12.0
"""Linli itself waits 8 s for an answer; whoever hears nothing for longer was left alone."""


@pytest.fixture(scope="module", name="home")
def fixture_home() -> Iterator[House]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(limits()["line"], "talks_at_most", TALKS)
        with house() as home:
            yield home


async def flood(home: House) -> tuple[list[Ringer], list[str], float]:
    """Everybody rings, some want a person; gives the callers, who wanted one, and the end."""
    phone = home.line.settings.phone
    crowd = Crowd(("127.0.0.1", phone.sip_port), line="03765550000", address=CARRIER)
    await crowd.open(phone.trunk.port)
    callers = [await crowd.ring(f"1390000{number:04d}") for number in range(CALLS)]
    await asyncio.sleep(12)
    wanted = [each.number for each in list(home.phone.lines)][:2]
    for each in callers:
        if each.number in wanted:
            each.press("0")
    await asyncio.sleep(12)
    end = crowd.now()
    await crowd.close()
    return callers, wanted, end


def test_in_a_flood_nobody_is_left_in_silence_and_nothing_promised_is_lost(home: House) -> None:
    callers, wanted, end = asyncio.run(flood(home))
    assert wanted
    assert not [each.code for each in callers if each.state == "refused"]
    assert max(each.longest_silence(end) for each in callers) < SILENT_S
    asked = {each.phone for each in home.ledger.requests() if each.intent == "operator"}
    assert set(wanted) <= asked
    rung_back = {each.phone for each in waiting(home.ledger.store)}
    assert len(rung_back) >= CALLS - TALKS - limit("line.knocking_at_most")
    caller = home.caller("04-taxi")  # and Linli is there for the next one
    caller.asked("service")
    caller.hang_up()
