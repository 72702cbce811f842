"""A short answer is judged while it is still waited whether more of it comes."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from linli.early import LONGEST_S, Early
from voices.answers import Verdict
from voices.types import Pcm

YES = Verdict("yes", "decided", 0.9)
SOUND: Pcm = np.zeros(16_000, np.float32)


def test_the_verdict_is_there_when_the_turn_ends() -> None:
    early = Early(lambda _: YES, waits=True)
    early.begin(SOUND, 1.0, 1.5)
    assert early.decided
    assert early.of(1.5) is YES


def test_who_went_on_is_judged_anew() -> None:
    early = Early(lambda _: YES, waits=True)
    early.begin(SOUND, 1.0, 1.5)
    assert early.of(2.5) is None
    early.forget()
    assert not early.decided
    assert early.of(1.5) is None


def test_long_speech_is_no_short_answer() -> None:
    early = Early(lambda _: YES, waits=True)
    early.begin(SOUND, 1.0, 1.1 + LONGEST_S)
    assert not early.decided
    assert early.of(1.1 + LONGEST_S) is None


def test_what_cannot_be_told_is_not_decided() -> None:
    early = Early(lambda _: Verdict(None, "unsure"), waits=True)
    early.begin(SOUND, 1.0, 1.5)
    assert not early.decided
    assert early.of(1.5) == Verdict(None, "unsure")


def test_nobody_waits_for_a_verdict_but_who_needs_it() -> None:
    let = threading.Event()

    def slow(_: Pcm) -> Verdict:
        let.wait(30)
        return YES

    early = Early(slow)
    early.begin(SOUND, 1.0, 1.5)
    assert not early.decided
    let.set()
    assert early.of(1.5) is YES
    assert early.decided


def test_a_judge_that_breaks_is_told_to_who_asks_for_the_verdict() -> None:
    def broken(_: Pcm) -> Verdict:
        raise OSError("the model is gone")

    early = Early(broken, waits=True)
    early.begin(SOUND, 1.0, 1.5)
    assert not early.decided
    with pytest.raises(OSError, match="gone"):
        early.of(1.5)
