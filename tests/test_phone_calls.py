"""Real calls through a real Asterisk: what callers hear, and what the ledger holds afterwards.

They ring four at a time, as they do at a station, and one of the two processes that hear is
killed meanwhile; the tests only look at what came of it.
"""

from __future__ import annotations

import itertools
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pytest
from house import CallerOnLine, House, house
from own_ears import clip

from intents.conversation.prompts import load_prompts
from intents.words.pinyin import sound
from ivr.events import AlertHeard, Helped
from linli.samples import Caller, Sample
from station.requests import Request
from voices.types import RATE, Pcm

OPENING_S = 12
"""More than the greeting takes, before anybody has been silent too long."""
STRANGER = "13800001111"
APPOINTMENT = "h01-zf_xiaobei"
"""我想挂明天上午的内科号。"""


@dataclass
class Story:
    """What came of one call."""

    caller: CallerOnLine
    sound: Pcm
    requests: list[Request]
    rung: list[bool]
    """Whether a person was rung, each time: True when urgently."""
    noted: dict[str, float]
    """Seconds into the recording at which something happened."""

    @cached_property
    def heard(self) -> str:
        """What the caller heard, recognised."""
        return self.caller.heard()


Act = Callable[[CallerOnLine, dict[str, float]], None]


def whole_request(caller: CallerOnLine, _: dict[str, float]) -> None:
    caller.talk()
    caller.hang_up()


def by_key(caller: CallerOnLine, _: dict[str, float]) -> None:
    """A stranger: asks by voice, agrees by key, is asked who they are."""
    caller.talk(before="confirm")
    caller.press("1")
    caller.asked("caller")
    lives = Caller(caller.house.samples["06-emergency"]).answer("place")
    caller.say(lives[1] if lives else clip(APPOINTMENT))
    caller.asked("service")
    caller.hang_up()


def into_the_greeting(caller: CallerOnLine, noted: dict[str, float]) -> None:
    time.sleep(1.5)
    noted["speaks"] = seconds(caller)
    caller.say(clip(APPOINTMENT))
    noted["spoke"] = seconds(caller)
    caller.asked()
    caller.hang_up()


def in_mid_sentence(caller: CallerOnLine, _: dict[str, float]) -> None:
    caller.asked("service")
    caller.say(clip(APPOINTMENT)[: -RATE // 4])
    caller.hang_up()


def emergency(caller: CallerOnLine, _: dict[str, float]) -> None:
    """Nobody is there at first: Linli stays with the caller until somebody answers."""
    caller.asked("service")
    caller.answer("service")
    caller.asked("place")
    caller.answer("place")
    caller.asked_again()
    with caller.house.line.outside(hangup_after=2, patient=True, longest=90) as helper:
        caller.finish(90)
        helper.finish()


def says_nothing(caller: CallerOnLine, _: dict[str, float]) -> None:
    caller.finish(90)


def zero(caller: CallerOnLine, _: dict[str, float]) -> None:
    time.sleep(1.0)
    caller.press("0")
    caller.finish(60)


def seconds(caller: CallerOnLine) -> float:
    """Seconds into the recording."""
    return time.monotonic() - caller.begun


CALLS: dict[str, tuple[str, Act, dict[str, str]]] = {
    # The only one of the first four that rings a person: whoever is there comes to this caller.
    "emergency": ("06-emergency", emergency, {"number": "13800004444"}),
    "voice": ("01-appointment", whole_request, {"extension": "101"}),
    "wideband": ("04-taxi", whole_request, {"extension": "102", "codec": "G722/16000/1"}),
    "greeting": ("04-taxi", into_the_greeting, {"number": "13800002222"}),
    "keys": ("04-taxi", by_key, {"number": STRANGER}),
    "mid-sentence": ("04-taxi", in_mid_sentence, {"number": "13800003333"}),
    "silence": ("04-taxi", says_nothing, {"number": "13800005555"}),
    "zero": ("04-taxi", zero, {"number": "13800006666"}),
}
AT_ONCE = 4
LATER = "[alarm]\nnext_s = 600\nall_s = 900\n"
"""Here whoever is rung is put through to the caller; the alarm by itself rings nobody yet."""


@pytest.fixture(scope="module", name="home")
def fixture_home() -> Iterator[House]:
    with house(more=LATER) as home:
        yield home


@pytest.fixture(scope="module", name="stories")
def fixture_stories(home: House) -> dict[str, Story]:
    """All calls, made four at a time; meanwhile an ear dies."""
    told: dict[str, Story] = {}
    waiting = iter(CALLS.items())
    while wave := list(itertools.islice(waiting, AT_ONCE)):
        last = len(told) + len(wave) == len(CALLS)
        with ThreadPoolExecutor(AT_ONCE) as callers:
            going: dict[str, Future[Story]] = {}
            for name, (sample, act, how) in wave:
                going[name] = callers.submit(_story, home, home.samples[sample], act, how)
                time.sleep(0.7)
            if last:
                time.sleep(6)
                os.kill(home.pool.pids[0], signal.SIGKILL)
            told |= {name: future.result() for name, future in going.items()}
    return told


def _story(home: House, sample: Sample, act: Act, how: dict[str, str]) -> Story:
    noted: dict[str, float] = {}
    caller = home.caller(replace(sample, resident=None), **how)
    act(caller, noted)
    call = caller.call.call_id
    requests = home.requests(caller.number)
    return Story(caller, caller.sound(), requests, home.rung_for(call), noted)


def alike(text: str, heard: str) -> bool:
    """Whether at least every other pair of syllables of a text is found in what was heard."""
    wanted, there = sound(re.sub(r"\W", "", text)), " ".join(sound(re.sub(r"\W", "", heard)))
    pairs = [" ".join(wanted[at : at + 2]) for at in range(len(wanted) - 1)]
    return sum(pair in there for pair in pairs) >= len(pairs) / 2


def loudness(pcm: Pcm, begin: float, end: float) -> list[float]:
    """RMS of every 20 ms between two seconds of a recording."""
    cut = pcm[round(begin * RATE) : round(end * RATE)]
    frames = cut[: len(cut) // 320 * 320].reshape(-1, 320)
    return [float(rms) for rms in np.sqrt((frames**2).mean(axis=1))]


def only(requests: list[Request]) -> Request:
    assert len(requests) == 1
    return requests[0]


def test_every_caller_is_greeted_told_of_the_recording_and_asked_what_it_is(
    stories: dict[str, Story],
) -> None:
    """How soon, `linli/bench/phone.py` measures, and `test_prompts.py` how long it takes to say."""
    for name in ("voice", "wideband", "silence"):
        opening = stories[name].caller.heard(first=OPENING_S)
        assert any(alike(way, opening) for way in load_prompts().variants("greet_phone")), opening


def test_a_whole_request_by_voice_is_filed_for_the_resident_and_promised(
    stories: dict[str, Story],
) -> None:
    request = only(stories["voice"].requests)
    assert (request.intent, request.resident_name) == ("appointment", "张桂英")
    assert request.slots["department"] == "骨科"
    assert (request.kind, request.unfinished) == ("request", False)


def test_wideband_works_alike(stories: dict[str, Story]) -> None:
    story = stories["wideband"]
    assert story.caller.told["rtp"]["codec"] == "G722"
    request = only(story.requests)
    assert (request.intent, request.slots["time"]) == ("taxi", "08:00")


def test_a_stranger_agrees_by_key_is_asked_who_they_are_and_can_be_called_back(
    stories: dict[str, Story],
) -> None:
    request = only(stories["keys"].requests)
    assert (request.intent, request.resident, request.phone) == ("taxi", None, STRANGER)
    assert request.slots["caller"]
    assert alike("怎么称呼您", stories["keys"].heard)


def test_who_speaks_into_the_greeting_silences_it_and_is_understood(
    stories: dict[str, Story],
) -> None:
    story = stories["greeting"]
    speaks, spoke = story.noted["speaks"], story.noted["spoke"]
    assert max(loudness(story.sound, speaks - 0.8, speaks)) > 0.01
    assert max(loudness(story.sound, spoke - 0.5, spoke)) < 0.01
    assert max(loudness(stories["voice"].sound, spoke - 1, spoke + 1)) > 0.01  # left to itself
    assert [request.intent for request in story.requests] == ["appointment"]
    assert story.requests[0].unfinished


def test_whoever_hangs_up_in_mid_sentence_is_called_back_about_what_they_wanted(
    stories: dict[str, Story],
) -> None:
    request = only(stories["mid-sentence"].requests)
    assert (request.intent, request.unfinished) == ("appointment", True)
    assert request.phone == "13800003333"


def test_an_emergency_stands_in_the_ledger_and_a_person_is_rung_urgently(
    stories: dict[str, Story],
) -> None:
    story = stories["emergency"]
    assert [request.kind for request in story.requests] == ["emergency"]
    assert all(story.rung)
    assert alike("叫人电话别挂", story.heard) or alike("叫人别挂电话", story.heard)


def test_until_somebody_answers_linli_stays_asks_and_passes_on_what_is_said(
    home: House, stories: dict[str, Story]
) -> None:
    story = stories["emergency"]
    said = Caller(home.samples["06-emergency"]).answer("place")
    assert said is not None
    assert alike(said[0], only(story.requests).note)
    call = story.caller.call.call_id
    assert Helped(call) in home.events
    assert not any(isinstance(event, AlertHeard) for event in home.events)


def test_after_the_third_silence_a_person_is_rung(stories: dict[str, Story]) -> None:
    story = stories["silence"]
    assert story.rung == [False]
    assert alike("您说人工就行", story.heard)


def test_a_zero_in_the_greeting_rings_a_person_at_once(stories: dict[str, Story]) -> None:
    story = stories["zero"]
    assert story.rung == [False]
    promises = ("马上给您找人", "转给工作人员", "请别挂", "请稍等")
    assert any(alike(promise, story.heard) for promise in promises)


def test_nobody_noticed_that_an_ear_had_died(home: House, stories: dict[str, Story]) -> None:
    assert len(stories) == len(CALLS)
    assert home.pool.replaced >= 1
    assert len(home.pool.pids) == 2


def test_what_callers_said_is_recorded_utterance_by_utterance(
    home: House, stories: dict[str, Story]
) -> None:
    conversation = only(stories["voice"].requests).conversation
    kept = home.ledger.utterances(conversation or "")
    assert (kept[0].kind, bool(kept[0].text)) == ("heard", True)
    folder = home.station.settings.data.recordings
    assert all((folder / str(each.audio)).is_file() for each in kept if each.audio)
    assert any(each.audio for each in kept)
