"""Conversations: what was heard and answered is kept beside the requests it led to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from station.clock import BEIJING
from station.ledger import Ledger
from station.listing import Filter
from station.requests import FiledRequest
from station.utterances import Conversation, Utterance

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)

SAID = Utterance(
    "c1",
    1,
    NOW,
    "heard",
    "我要叫车",
    ("我要教车", "我要叫菜"),
    0.83,
    "",
    "service",
    ("您要到哪里？",),
    "2026/11/23/c1-001.ogg",
    {"text_ready": 640.0, "decode": 410.5},
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def test_an_utterance_comes_back_as_it_was_kept(ledger: Ledger) -> None:
    ledger.add_utterance(SAID)
    assert ledger.utterances("c1") == (SAID,)


def test_utterances_stand_in_the_order_they_were_said(ledger: Ledger) -> None:
    for n in (2, 1, 3):
        ledger.add_utterance(replace(SAID, n=n))
    assert [utterance.n for utterance in ledger.utterances("c1")] == [1, 2, 3]


def test_a_reopened_turn_replaces_the_one_cut_short(ledger: Ledger) -> None:
    ledger.add_utterance(SAID)
    whole = replace(SAID, text="我要叫车去医院", alternatives=())
    ledger.add_utterance(whole)
    assert ledger.utterances("c1") == (whole,)


def test_an_utterance_begins_its_conversation(ledger: Ledger) -> None:
    ledger.add_utterance(SAID, channel="phone")
    begun = ledger.conversation("c1")
    assert begun == Conversation("c1", "phone", NOW)


def test_a_conversation_is_brought_up_to_date(ledger: Ledger) -> None:
    begun = Conversation("c1", "phone", NOW, phone="13812345678")
    ledger.keep_conversation(begun)
    ended = replace(begun, consent=False, ended=NOW + timedelta(minutes=2), outcome="created")
    ledger.keep_conversation(ended)
    assert ledger.conversation("c1") == ended
    assert ledger.conversation("c2") is None


def test_requests_are_found_by_their_conversation(ledger: Ledger) -> None:
    ledger.add_utterance(SAID)
    number = ledger.file(FiledRequest("taxi", conversation="c1")).number
    ledger.file(FiledRequest("taxi", conversation="c2"))
    assert [r.number for r in ledger.requests(Filter(conversation="c1"))] == [number]
    assert ledger.conversation("c2") is not None


def test_a_moment_without_an_offset_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="give an aware datetime"):
        ledger.add_utterance(replace(SAID, at=datetime(2026, 11, 23)))
    assert ledger.utterances("c1") == ()
