"""What every recogniser must do alike: one set of tests for all of them.

The weights differ (Whisper's and Vosk's are real, SenseVoice's and Paraformer's are
tiny ones the real library runs), so only what the contract in `voices/types.py`
promises is asserted, and never what was understood.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from tiny_onnx import tones, write_paraformer, write_sense_voice

from linli.paths import ASSETS, MODELS
from voices.audio import phone, read
from voices.errors import VoicesError
from voices.sherpa import Sherpa
from voices.types import RATE, Channel, Pcm, Recognizer, RecognizerStream, Transcript
from voices.vosk import Vosk
from voices.whisper import Whisper

KOREAN = Path(__file__).parent / "data/korean/감사합니다.ogg"
CHINESE = min((ASSETS / "clips/hearing").glob("*-zf_xiaobei.ogg"), key=lambda p: p.stat().st_size)
WORDS = ["감사합니다", "안녕하세요", "병원", "전화"]
ENGINES = ["whisper", "vosk", "sense_voice", "paraformer"]
ODD = [1, 2, 3, 37, 480, 511, 512, 513, 1_600, 9_999]


@pytest.fixture(scope="module", params=ENGINES)
def ears(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Recognizer:
    folder = tmp_path_factory.mktemp("models")
    if request.param == "whisper":
        return Whisper(MODELS / "whisper-base")
    if request.param == "vosk":
        return Vosk(MODELS / "vosk-ko", grammar=WORDS)
    if request.param == "sense_voice":
        return Sherpa(write_sense_voice(folder), family="sense_voice")
    return Sherpa(write_paraformer(folder), family="paraformer")


@pytest.fixture
def stream(ears: Recognizer) -> Iterator[RecognizerStream]:
    stream = ears.open()
    yield stream
    stream.close()


@pytest.fixture(scope="module")
def speech(ears: Recognizer) -> Pcm:
    """Somebody speaks what this engine knows; the tiny ones hear tones high above the voice."""
    if ears.name == "whisper":
        return np.pad(read(CHINESE), RATE // 2)
    if ears.name == "vosk":
        return np.pad(read(KOREAN), (RATE // 2, RATE))
    voice = phone(read(KOREAN))
    high = tones("去医院")
    length = max(len(voice), len(high))
    both = 0.5 * np.pad(voice, (0, length - len(voice))) + np.pad(high, (0, length - len(high)))
    return np.pad(both, RATE // 20).astype(np.float32)


def in_pieces(pcm: Pcm, sizes: list[int]) -> Iterator[Pcm]:
    place = 0
    while place < len(pcm):
        size = sizes[place % len(sizes)]
        yield pcm[place : place + size]
        place += size


def heard(stream: RecognizerStream, pcm: Pcm, *, sizes: list[int] | None = None) -> Transcript:
    for piece in in_pieces(pcm, sizes or [1_600]):
        stream.feed(piece)
    return stream.finish()


def is_whole(transcript: Transcript) -> bool:
    """What holds of every transcript, whatever was said."""
    text = transcript.text
    return (
        0.0 <= transcript.confidence <= 1.0
        and (transcript.confidence > 0) == bool(text)
        and bool(transcript.guard) == (not text)
        and text not in transcript.alternatives
        and transcript.decode_ms >= 0
        and all(0 <= w.start <= w.end and 0 <= w.confidence <= 1 for w in transcript.words)
    )


def test_speech_gives_a_text(stream: RecognizerStream, speech: Pcm) -> None:
    transcript = heard(stream, speech)
    assert transcript.text
    assert is_whole(transcript)


def test_it_does_not_matter_in_which_pieces_the_audio_comes(ears: Recognizer, speech: Pcm) -> None:
    texts = set()
    for sizes in ([1_600], ODD, [len(speech)]):
        stream = ears.open()
        texts.add(heard(stream, speech, sizes=sizes).text)
        stream.close()
    assert len(texts) == 1


def test_a_second_finish_finds_nothing_more(stream: RecognizerStream, speech: Pcm) -> None:
    heard(stream, speech)
    again = stream.finish()
    assert (again.text, again.confidence, again.words) == ("", 0.0, ())
    assert again.guard


def test_a_stream_hears_one_turn_after_the_other(stream: RecognizerStream, speech: Pcm) -> None:
    first = heard(stream, speech)
    assert heard(stream, np.zeros(RATE, np.float32)).text == ""
    assert heard(stream, speech).text == first.text


def test_a_stream_that_was_fed_nothing_has_nothing_to_tell(stream: RecognizerStream) -> None:
    stream.feed(np.zeros(0, np.float32))
    assert stream.partial() == ""
    transcript = stream.finish()
    assert transcript.text == ""
    assert is_whole(transcript)


@pytest.mark.parametrize("samples", [1, 100, 800, 3_000])
def test_a_crumb_of_audio_does_no_harm(stream: RecognizerStream, samples: int) -> None:
    stream.feed(np.full(samples, 0.1, np.float32))
    assert is_whole(stream.finish())


@pytest.mark.parametrize("channel", ["kiosk", "phone"])
def test_silence_is_no_text(ears: Recognizer, channel: Channel) -> None:
    stream = ears.open(channel)
    transcript = heard(stream, np.zeros(3 * RATE, np.float32))
    assert (transcript.text, stream.partial()) == ("", "")
    assert is_whole(transcript)
    stream.close()


def test_turns_open_at_once_do_not_mix(ears: Recognizer, speech: Pcm) -> None:
    alone = ears.open()
    expected = heard(alone, speech).text
    alone.close()
    got: dict[int, str] = {}

    def talk(who: int, pcm: Pcm) -> None:
        stream = ears.open()
        got[who] = heard(stream, pcm).text
        stream.close()

    quiet = np.zeros(len(speech), np.float32)
    threads = [
        threading.Thread(target=talk, args=(who, pcm))
        for who, pcm in enumerate([speech, quiet, speech])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == {0: expected, 1: "", 2: expected}


def test_a_caller_in_no_hurry_can_wait_for_the_newest_partial_text(
    stream: RecognizerStream, speech: Pcm
) -> None:
    for piece in in_pieces(speech, [4_800]):
        stream.feed(piece)
    stream.pause()
    stream.settle()  # type: ignore[attr-defined]
    assert stream.partial()
    assert stream.partial() == stream.finish().text


def test_a_pause_changes_nothing_of_the_text(ears: Recognizer, speech: Pcm) -> None:
    straight, paused = ears.open(), ears.open()
    expected = heard(straight, speech).text
    paused.feed(speech)
    paused.pause()
    paused.pause()
    paused.feed(np.zeros(RATE // 2, np.float32))
    assert paused.finish().text == expected
    straight.close()
    paused.close()


def test_going_on_after_a_pause_keeps_what_was_said_before(
    stream: RecognizerStream, speech: Pcm
) -> None:
    stream.feed(speech)
    stream.pause()
    stream.resume()
    stream.resume()
    stream.feed(np.zeros(RATE // 2, np.float32))
    assert stream.finish().text


def test_closing_while_decoding_returns_at_once_and_harms_nobody(
    ears: Recognizer, speech: Pcm
) -> None:
    other = ears.open()
    other.feed(speech)
    for _ in range(5):
        hasty = ears.open()
        hasty.feed(speech)
        hasty.pause()
        hasty.close()
    assert other.finish().text
    other.close()


def test_closing_sets_free_whoever_waits_for_the_text(ears: Recognizer, speech: Pcm) -> None:
    stream = ears.open()
    stream.feed(np.concatenate([speech] * 3))
    done = threading.Event()

    def wait() -> None:
        stream.finish()
        done.set()

    thread = threading.Thread(target=wait, daemon=True)
    thread.start()
    time.sleep(0.05)
    stream.close()
    assert done.wait(60)


def test_closing_twice_is_closing_once(ears: Recognizer) -> None:
    stream = ears.open()
    stream.close()
    stream.close()


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_samples_that_are_no_numbers_do_not_spoil_the_rest(
    ears: Recognizer, speech: Pcm, bad: float
) -> None:
    spoilt = speech.copy()
    spoilt[: RATE // 10 : 7] = bad
    stream = ears.open()
    transcript = heard(stream, spoilt)
    assert transcript.text
    assert is_whole(transcript)
    stream.close()


@pytest.mark.parametrize("dtype", [np.int16, np.float32])
def test_16_bit_samples_are_refused_instead_of_heard_as_noise(
    stream: RecognizerStream, speech: Pcm, dtype: type
) -> None:
    """Of type int16, and as floats up to 32767, as a careless conversion makes them."""
    raw: npt.NDArray[np.generic] = (speech * 32_767).astype(dtype)
    with pytest.raises(VoicesError, match=r"32768|float32"):
        stream.feed(raw)  # type: ignore[arg-type]


def test_two_channels_in_one_array_are_refused(stream: RecognizerStream, speech: Pcm) -> None:
    with pytest.raises(VoicesError, match="one channel"):
        stream.feed(np.stack([speech, speech]))
