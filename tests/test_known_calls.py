"""Calls that are going on are known by both of their ids, until they end."""

from __future__ import annotations

import pytest

from ivr.events import CallCame, CallEnded, Reached
from ivr.known_calls import KnownCall, KnownCalls

CAME = CallCame("1.1", "13912345678", "100", "media-1", "call", "")
ELDER = KnownCall("1.1", "PJSIP/101-00000001", "13912345678")


@pytest.fixture
def calls() -> KnownCalls:
    made = KnownCalls()
    made.happened(CAME, ELDER.channel)
    return made


def test_a_call_is_known_by_its_id_and_by_that_of_its_media(calls: KnownCalls) -> None:
    assert calls.get("1.1") == calls.get("media-1") == ELDER
    assert calls.channel("media-1") == ELDER.channel
    assert calls.channel("1.2") == "1.2"


def test_who_went_is_forgotten_by_every_id_and_nobody_else(calls: KnownCalls) -> None:
    calls.happened(Reached("2.1", "102", "owed-1"), "PJSIP/102-00000002")
    calls.happened(CallCame("1.1", ELDER.number, "", "media-2", "family", ""), ELDER.channel)
    calls.happened(CallEnded("1.1", ELDER.number, "end"), ELDER.channel)
    assert [calls.get(name) for name in ("1.1", "media-1", "media-2")] == [None] * 3
    assert calls.channel("2.1") == "PJSIP/102-00000002"
    calls.forget()
    assert calls.get("2.1") is None


@pytest.mark.parametrize("channel", ["", "PJSIP/101\r\nAction: Hangup", "/^PJSIP/", "PJSIP/1 2"])
def test_what_is_no_channels_name_is_not_remembered(channel: str) -> None:
    calls = KnownCalls()
    calls.happened(CAME, channel)
    assert calls.get("1.1") is None
