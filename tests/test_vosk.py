"""The Vosk ears, on a real model: a Korean one, because the registries have no Chinese one.

Which words are heard is asserted with a grammar: the clips are synthetic, and without
a grammar a general model makes something else of them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voices.audio import read
from voices.errors import AudioUnreadable, ModelUnusable, VoicesError
from voices.readings import joined, reading_list, told
from voices.types import RATE, Pcm
from voices.vosk import Vosk, VoskStream

MODEL = Path(__file__).parent.parent / "models/vosk-ko"
CLIPS = Path(__file__).parent / "data/korean"
GRAMMAR = ["전화", "병원", "아니요", "안녕하세요", "감사합니다", "내일", "오늘", "점심", "저녁"]
SAID = sorted(clip.stem for clip in CLIPS.glob("*.ogg"))


@pytest.fixture(scope="module")
def open_ears() -> Vosk:
    return Vosk(MODEL, name="vosk-ko")


@pytest.fixture(scope="module")
def ears(open_ears: Vosk) -> Vosk:
    return open_ears.listening_for(GRAMMAR)


@pytest.fixture
def stream(ears: Vosk) -> Iterator[VoskStream]:
    stream = ears.open()
    yield stream
    stream.close()


def spoken(text: str, *, before: float = 0.5, after: float = 1.2) -> Pcm:
    """A clip between two silences, seconds each."""
    silence = np.zeros(int(before * RATE), np.float32), np.zeros(int(after * RATE), np.float32)
    return np.concatenate([silence[0], read(CLIPS / f"{text}.ogg"), silence[1]])


def wait_for(seen: object, limit: float = 30.0) -> bool:
    """Wait until the decoding thread has come so far that `seen()` is true."""
    assert callable(seen)
    end = time.monotonic() + limit
    while not seen() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(seen())


@pytest.mark.parametrize("text", SAID)
def test_the_words_that_were_spoken_are_heard(stream: VoskStream, text: str) -> None:
    stream.feed(spoken(text))
    assert stream.finish().text == text


def test_every_word_carries_its_time_in_the_turn_and_how_sure_it_is(stream: VoskStream) -> None:
    stream.feed(spoken("내일 병원", before=1.0))
    first, second = stream.finish().words
    assert (first.text, second.text) == ("내일", "병원")
    assert 0.9 < first.start < first.end <= second.start < second.end < 3.0
    assert 0.0 < first.confidence <= 1.0


def test_words_are_timed_from_the_beginning_of_their_own_turn(stream: VoskStream) -> None:
    starts = []
    for _ in range(2):
        stream.feed(spoken("전화"))
        starts.append(stream.finish().words[0].start)
    assert starts[0] == pytest.approx(starts[1], abs=0.1)


def test_a_partial_text_is_there_before_the_speaker_has_finished(stream: VoskStream) -> None:
    audio = spoken("내일 병원")
    stream.feed(audio[: int(1.5 * RATE)])
    assert wait_for(lambda: stream.partial().startswith("내일"))
    stream.feed(audio[int(1.5 * RATE) :])
    assert stream.finish().text == "내일 병원"


def test_feeding_returns_while_the_decoding_still_runs(stream: VoskStream) -> None:
    stream.feed(np.concatenate([spoken("감사합니다")] * 3))
    assert stream.partial() == ""
    assert stream.finish().text == "감사합니다 감사합니다 감사합니다"


def test_sentences_that_vosk_closes_by_itself_are_gathered_until_the_turn_ends(
    stream: VoskStream,
) -> None:
    stream.feed(spoken("전화", after=2.0))
    assert wait_for(lambda: stream.ended_at is not None)
    stream.feed(spoken("병원", after=0.2))
    heard = stream.finish()
    assert heard.text == "전화 병원"
    assert heard.words[1].start > heard.words[0].end + 1.5


def test_the_end_of_a_sentence_is_void_once_somebody_speaks_on(stream: VoskStream) -> None:
    stream.feed(spoken("전화", after=2.0))
    assert wait_for(lambda: stream.ended_at is not None)
    stream.feed(spoken("감사합니다", before=0.0, after=0.0))
    assert wait_for(lambda: stream.ended_at is None)


@pytest.mark.parametrize("kind", ["silence", "white noise", "a hum", "a knock"])
def test_what_is_no_speech_gives_no_text_and_says_why(stream: VoskStream, kind: str) -> None:
    random = np.random.default_rng(7)
    time_ = np.arange(3 * RATE) / RATE
    audio = {
        "silence": np.zeros(3 * RATE),
        "white noise": 0.1 * random.standard_normal(3 * RATE),
        "a hum": 0.3 * np.sin(2 * np.pi * 100 * time_),
        "a knock": np.exp(-((time_ - 1) ** 2) * 2e4) * random.standard_normal(3 * RATE),
    }[kind].astype(np.float32)
    stream.feed(audio)
    heard = stream.finish()
    assert (heard.text, heard.confidence, heard.words) == ("", 0.0, ())
    assert heard.guard == "voiced"
    assert stream.partial() == ""


def test_without_its_guard_the_same_noise_would_have_been_a_word(ears: Vosk) -> None:
    """The guard is what keeps noise from speaking: a grammar must choose something."""
    noise = 0.1 * np.random.default_rng(7).standard_normal(3 * RATE).astype(np.float32)
    decoder = ears.decoder()
    raw = (noise * 32768).astype("<i2").tobytes()
    words = decoder.Result() if decoder.AcceptWaveform(raw) else decoder.FinalResult()
    assert any(word in words for word in GRAMMAR)


def test_a_model_made_for_8_khz_is_told_its_own_rate_and_given_audio_at_it(
    ears: Vosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The Korean model takes any rate, if only it is the true one."""
    monkeypatch.setattr(ears, "rate", 8_000)
    stream = ears.open("phone")
    stream.feed(spoken("아니요"))
    assert stream.finish().text == "아니요"
    stream.close()


def test_without_a_grammar_other_readings_stand_beside_the_best_and_lower_its_confidence(
    open_ears: Vosk,
) -> None:
    stream = open_ears.open()
    stream.feed(spoken("안녕하세요"))
    heard = stream.finish()
    stream.close()
    assert heard.text
    assert 1 <= len(heard.alternatives) <= 3
    assert heard.text not in heard.alternatives
    assert 0.3 < heard.confidence < 1.0
    assert all(0.4 < word.start < word.end < 2.2 for word in heard.words)


def test_a_grammar_word_the_model_does_not_know_is_named(open_ears: Vosk) -> None:
    with pytest.raises(VoicesError, match="does not know 뷁뷁뷁"):
        open_ears.listening_for(["전화", "뷁뷁뷁"])


def test_a_folder_that_is_no_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelUnusable, match=r"am/final\.mdl.*linli models repair"):
        Vosk(tmp_path)


@pytest.mark.parametrize("part", ["am/final.mdl", "graph/HCLr.fst"])
def test_a_model_cut_off_half_way_is_refused_when_it_is_loaded(tmp_path: Path, part: str) -> None:
    for file in MODEL.rglob("*"):
        place = tmp_path / file.relative_to(MODEL)
        if file.is_dir():
            place.mkdir(exist_ok=True)
        elif str(file.relative_to(MODEL)) == part:
            place.write_bytes(file.read_bytes()[:100_000])
        else:
            place.symlink_to(file)
    with pytest.raises(ModelUnusable, match="incomplete or damaged"):
        Vosk(tmp_path)


def test_integers_are_refused_before_they_become_noise(stream: VoskStream) -> None:
    with pytest.raises(AudioUnreadable, match="int16"):
        stream.feed((spoken("전화") * 32767).astype(np.int16))  # type: ignore[arg-type]


class TestReadings:
    """How Vosk's own result becomes a transcript, on results as Vosk writes them."""

    RESULT = {  # noqa: RUF012
        "alternatives": [
            {
                "confidence": 100.0,
                "text": "我 要 挂号",
                "result": [
                    {"word": "我", "start": 0.0, "end": 0.2},
                    {"word": "要", "start": 0.2, "end": 0.4},
                    {"word": "挂号", "start": 0.4, "end": 0.9},
                ],
            },
            {
                "confidence": 100.0,
                "text": "我 要 掛 號",
                "result": [
                    {"word": "我", "start": 0.0, "end": 0.2},
                    {"word": "要", "start": 0.2, "end": 0.4},
                    {"word": "掛", "start": 0.4, "end": 0.6},
                    {"word": "號", "start": 0.6, "end": 0.9},
                ],
            },
        ]
    }

    def test_chinese_loses_its_spaces_and_its_traditional_characters(self) -> None:
        assert joined(["我 要 掛號", "[unk] OK 好 的"]) == "我要挂号 OK 好的"

    def test_a_word_is_as_sure_as_the_readings_that_have_it(self) -> None:
        best = reading_list(self.RESULT)[0]
        assert [word.confidence for word in best.words] == [1.0, 1.0, 0.5]

    def test_a_reading_that_comes_to_the_same_text_is_no_alternative(self) -> None:
        heard = told([reading_list(self.RESULT)], "", 1.0)
        assert (heard.text, heard.alternatives) == ("我要挂号", ())

    def test_nothing_heard_is_an_empty_transcript(self) -> None:
        assert reading_list({"alternatives": [{"confidence": 70.0, "text": ""}]}) == []
        assert told([], "", 1.0).guard == "empty"
