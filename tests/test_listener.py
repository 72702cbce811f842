"""Turns: waited for, ended, reopened; what is no speech is no turn."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from own_ears import Scripted, clip, silence, whisper

from linli.score import syllable_errors
from voices.listener import (
    Heard,
    Listener,
    NoiseHeard,
    PartialText,
    Reopened,
    SpeechStarted,
    StartTimeout,
    TurnEnded,
)
from voices.noise import noises
from voices.turn import Completeness, Kind
from voices.types import Pcm

TAXI = "h08-zf_xiaoxiao"
SYRUP = "h17-zf_xiaobei"


def listen(
    recognizer: Scripted,
    *pieces: Pcm,
    kind: Kind = "open",
    completeness: Completeness | None = None,
    size: int = 1_000,
) -> list[Heard]:
    listener = Listener(recognizer, completeness=completeness, wait=True)
    listener.expect(kind)
    pcm = np.concatenate(pieces)
    events = [
        event
        for start in range(0, len(pcm), size)
        for event in listener.feed(pcm[start : start + size])
    ]
    listener.close()
    return events


def ended(events: list[Heard]) -> list[TurnEnded]:
    return [event for event in events if isinstance(event, TurnEnded)]


def names(events: list[Heard]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_a_turn_has_a_beginning_a_text_and_an_end() -> None:
    events = listen(Scripted(["叫车"]), silence(1), clip(TAXI), silence(3))
    assert names(events) == ["SpeechStarted", "PartialText", "TurnEnded"]
    (turn,) = ended(events)
    assert turn.transcript.text == "叫车"
    assert turn.speech_start == pytest.approx(1.1, abs=0.25)
    assert turn.speech_end == pytest.approx(1 + len(clip(TAXI)) / 16_000, abs=0.4)
    assert turn.silence == pytest.approx(1.5, abs=0.04)
    assert turn.reopens == 0
    # The audio is the turn: a second look at it finds the speech, whole, with a little silence.
    assert len(turn.audio) / 16_000 == pytest.approx(
        turn.speech_end - turn.speech_start + 0.8, abs=0.1
    )


@pytest.mark.parametrize("size", [160, 512, 1_600, 50_000])
def test_the_size_of_the_pieces_changes_nothing(size: int) -> None:
    pieces = silence(1), clip(TAXI), silence(1.2), clip(SYRUP), silence(3)
    usual = ended(listen(Scripted(["叫车"]), *pieces))
    (turn,) = ended(listen(Scripted(["叫车"]), *pieces, size=size))
    assert (turn.speech_start, turn.speech_end) == (usual[0].speech_start, usual[0].speech_end)
    assert np.array_equal(turn.audio, usual[0].audio)


@pytest.mark.parametrize(
    ("kind", "text", "verdict", "waited"),
    [
        ("open", "我要叫车去人民医院", "unknown", 1.5),
        ("open", "我要叫车去人民医院", "complete", 1.3),
        ("open", "我要叫车去人民医院", "enough", 1.3),
        ("open", "我要叫车去人民医院", "unfinished", 2.5),
        ("open", "我要叫车送我去", "complete", 2.5),
        ("open", "我摔了起不来", "pressing", 0.8),
        ("address", "我摔了起不来", "pressing", 0.8),
        ("address", "和平路十八号", "unknown", 2.5),
        ("number", "一三八零零六七", "unknown", 3.0),
        ("yes_no", "对", "complete", 0.8),
    ],
)
def test_the_wait_depends_on_what_was_said_and_asked(
    kind: Kind, text: str, verdict: str, waited: float
) -> None:
    events = listen(
        Scripted([text]),
        silence(0.5),
        clip(TAXI),
        silence(4),
        kind=kind,
        completeness=lambda _: verdict,  # type: ignore[arg-type,return-value]
    )
    assert ended(events)[0].silence == pytest.approx(waited, abs=0.04)


def test_a_pause_in_mid_sentence_is_waited_for() -> None:
    events = listen(
        Scripted(["叫车"]), silence(0.5), clip(TAXI), silence(1.2), clip(SYRUP), silence(3)
    )
    (turn,) = ended(events)
    assert turn.reopens == 0
    assert turn.speech_end - turn.speech_start > 5


@pytest.mark.parametrize("pause", [1.12, 1.14, 1.16])
def test_who_goes_on_at_the_last_moment_is_not_cut_off(pause: float) -> None:
    """A syllable that has just begun, and is no voice yet by itself, counts already."""
    sound = (silence(0.5), clip(TAXI), silence(pause), clip(TAXI), silence(4))
    events = listen(Scripted(["叫车"]), *sound, completeness=lambda _: "complete")
    assert len(ended(events)) == 1


def test_decoding_begins_in_every_pause_and_is_void_when_speech_goes_on() -> None:
    ears = Scripted(["叫车"])
    listen(ears, silence(0.5), clip(TAXI), silence(1.2), clip(TAXI), silence(3))
    calls = [call for call in ears.calls if call in ("pause", "resume", "finish")]
    assert calls == ["pause", "resume", "pause", "finish"]


def test_a_turn_ended_too_early_is_reopened_and_merged() -> None:
    events = listen(
        Scripted(["我要叫车", "去人民医院"]),
        silence(0.5),
        clip(TAXI),
        silence(2.0),
        clip(SYRUP),
        silence(4),
    )
    assert names(events) == [
        "SpeechStarted", "PartialText", "TurnEnded",
        "Reopened", "PartialText", "TurnEnded",
    ]  # fmt: skip
    first, second = ended(events)
    assert second.transcript.text == "我要叫车，去人民医院"
    assert (second.reopens, second.speech_start) == (1, first.speech_start)
    assert len(second.audio) > len(first.audio) + len(clip(SYRUP))


def test_speech_that_begins_later_is_a_new_turn() -> None:
    events = listen(
        Scripted(["我要叫车", "送药"]),
        silence(0.5),
        clip(TAXI),
        silence(3.5),
        clip(SYRUP),
        silence(4),
    )
    assert [turn.transcript.text for turn in ended(events)] == ["我要叫车", "送药"]
    assert not any(isinstance(event, Reopened) for event in events)


def test_noise_after_a_turn_does_not_change_what_was_said() -> None:
    events = listen(
        Scripted(["我要叫车"]), silence(0.5), clip(TAXI), silence(2.0), clip(SYRUP), silence(4)
    )
    assert [turn.transcript.text for turn in ended(events)] == ["我要叫车", "我要叫车"]


def test_voice_without_believable_words_is_noise_with_its_audio() -> None:
    (_, noise) = listen(Scripted([]), silence(0.5), clip(TAXI), silence(3))
    assert isinstance(noise, NoiseHeard)
    assert noise.guard == "logprob"
    assert len(noise.audio) > len(clip(TAXI)) / 2


@pytest.mark.parametrize(("kind", "seconds"), [("open", 8.0), ("number", 12.0)])
def test_silence_after_a_question_is_told_once(kind: Kind, seconds: float) -> None:
    events = listen(Scripted([]), silence(30), kind=kind)
    assert names(events) == ["StartTimeout"]
    assert isinstance(events[0], StartTimeout)
    assert events[0].at == pytest.approx(seconds, abs=0.04)


def test_thinking_time_begins_when_the_question_has_been_spoken() -> None:
    listener = Listener(Scripted([]), wait=True)
    listener.expect("open", after=3.0)
    assert listener.feed(silence(10.9)) == []
    assert names(listener.feed(silence(0.2))) == ["StartTimeout"]
    listener.close()


def test_an_answer_into_the_question_counts_for_that_question() -> None:
    listener = Listener(Scripted(["对"]), completeness=lambda _: "complete", wait=True)
    listener.expect("open")
    listener.feed(np.concatenate([silence(0.5), clip(TAXI)]))
    listener.expect("yes_no")
    (turn,) = ended(listener.feed(silence(3)))
    assert (turn.kind, turn.silence) == ("yes_no", pytest.approx(0.8, abs=0.04))
    assert listener.feed(silence(20)) == []
    listener.close()


def test_a_turn_without_end_is_cut_after_twenty_seconds() -> None:
    speech = np.tile(clip(TAXI), 12)
    first, *_ = ended(listen(Scripted(["一", "二"]), speech, silence(3)))
    assert first.cut
    assert first.speech_end - first.speech_start == pytest.approx(20, abs=0.5)


def test_what_the_machine_says_itself_is_not_heard() -> None:
    listener = Listener(Scripted(["您好"]), wait=True)
    listener.muted = True
    assert listener.feed(np.concatenate([clip(TAXI), silence(3)])) == []
    listener.muted = False
    assert names(listener.feed(np.concatenate([clip(TAXI), silence(3)])))[-1] == "TurnEnded"
    listener.close()


def test_a_turn_ends_by_the_clock_when_audio_stays_away() -> None:
    now = [0.0]
    listener = Listener(Scripted(["叫车"]), clock=lambda: now[0])
    listener.feed(np.concatenate([silence(0.5), clip(TAXI), silence(0.1)]))
    assert listener.speaking
    now[0] += 0.2
    listener.tick()
    assert listener.speaking, "a late piece is no silence"
    happened: list[Heard] = []
    for _ in range(20):
        now[0] += 0.4
        happened += listener.tick()
    listener.close()
    happened += listener.tick()
    assert ended(happened)[0].transcript.text == "叫车"


def test_feeding_and_asking_from_two_threads_loses_no_turn() -> None:
    listener = Listener(Scripted(["一", "二", "三"]), wait=True)
    events: list[Heard] = []
    pcm = np.concatenate([np.concatenate([clip(TAXI), silence(4)])] * 3)
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            listener.tick()
            listener.expect("open")

    asking = threading.Thread(target=ask)
    asking.start()
    for start in range(0, len(pcm), 800):
        events += listener.feed(pcm[start : start + 800])
    stop.set()
    asking.join()
    listener.close()
    assert [turn.transcript.text for turn in ended(events)] == ["一", "二", "三"]


def test_the_real_recogniser_hears_a_turn_with_a_pause() -> None:
    listener = Listener(whisper(), wait=True)
    events = listener.feed(np.concatenate([clip(TAXI), silence(1.2), clip(SYRUP), silence(2)]))
    listener.close()
    (turn,) = ended(events)
    said = "我要叫一辆车去人民医院咳嗽糖浆送一瓶来"
    assert syllable_errors(said, turn.transcript.text).wrong <= 4
    assert isinstance(events[0], SpeechStarted)
    assert any(isinstance(event, PartialText) for event in events)


@pytest.mark.parametrize("noise", list(noises(each=1)), ids=lambda noise: noise.kind)
def test_no_text_comes_from_noise(noise: object) -> None:
    listener = Listener(whisper(), wait=True)
    events = listener.feed(np.concatenate([noise.pcm, silence(2)]))  # type: ignore[attr-defined]
    listener.close()
    assert not any(isinstance(event, TurnEnded | PartialText) for event in events)
