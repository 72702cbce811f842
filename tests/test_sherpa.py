"""The SenseVoice and Paraformer ears: the real sherpa-onnx on models of a few kilobytes.

The tiny models hear high tones as characters (see `tiny_onnx.py`). The tones are mixed
over real speech that has nothing so high, because where nobody speaks no text is given.
"""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tiny_onnx import tones, write_paraformer, write_sense_voice

from voices.audio import phone, read
from voices.errors import AudioUnreadable, ModelUnusable
from voices.sherpa import UNGRADED, Sherpa, SherpaStream
from voices.types import RATE, Pcm

SPEECH = next(iter(sorted((Path(__file__).parent / "data/korean").glob("감사합니다.ogg"))))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_sense_voice(tmp_path_factory.mktemp("models") / "sensevoice")


@pytest.fixture(scope="module")
def ears(folder: Path) -> Sherpa:
    return Sherpa(folder, family="sense_voice")


@pytest.fixture
def stream(ears: Sherpa) -> Iterator[SherpaStream]:
    stream = ears.open()
    yield stream
    stream.close()


def spoken(text: str) -> Pcm:
    """Somebody speaks over a telephone, and high above it `text` can be heard."""
    high = tones(text)
    voice = np.tile(phone(read(SPEECH)), 1 + len(high) // RATE)[: len(high)]
    return (0.5 * voice + high).astype(np.float32)


def silence(seconds: float) -> Pcm:
    return np.zeros(int(seconds * RATE), np.float32)


def wait_for(seen: Callable[[], bool], limit: float = 30.0) -> bool:
    """Wait until the reading thread has come so far that `seen()` is true."""
    end = time.monotonic() + limit
    while not seen() and time.monotonic() < end:
        time.sleep(0.005)
    return seen()


@pytest.mark.parametrize("text", ["送", "去医院", "送我去医院"])
def test_what_is_said_is_read(stream: SherpaStream, text: str) -> None:
    stream.feed(spoken(text))
    heard = stream.finish()
    assert (heard.text, heard.guard, heard.confidence) == (text, "", UNGRADED)
    assert heard.decode_ms > 0


def test_every_character_carries_its_time_in_the_turn(stream: SherpaStream) -> None:
    stream.feed(spoken("去医院"))
    words = stream.finish().words
    assert [word.text for word in words] == ["去", "医", "院"]
    assert [word.start for word in words] == pytest.approx([0.15, 0.7, 1.25], abs=0.1)
    assert all(word.start < word.end for word in words)


def test_chinese_is_asked_for(ears: Sherpa) -> None:
    """The tiny model answers with the language it was asked for, as SenseVoice does."""
    heard = ears._model.create_stream()
    heard.accept_waveform(RATE, tones("送"))
    ears._model.decode_stream(heard)
    assert heard.result.lang == "<|zh|>"


def test_a_partial_text_is_there_before_the_speaker_has_finished(stream: SherpaStream) -> None:
    audio = spoken("送我去医院")
    stream.feed(audio[: int(1.6 * RATE)])
    assert wait_for(lambda: stream.partial() == "送我去")
    stream.feed(audio[int(1.6 * RATE) :])
    assert stream.finish().text == "送我去医院"


def test_the_text_is_ready_before_the_turn_ends(stream: SherpaStream) -> None:
    stream.feed(spoken("去医院"))
    stream.pause()
    begun = stream._job
    assert begun is not None
    assert wait_for(begun.done)
    stream.feed(silence(0.8))
    assert stream.finish().text == "去医院"
    assert stream._job is None


def test_what_was_begun_in_a_pause_is_void_when_speech_goes_on(stream: SherpaStream) -> None:
    stream.feed(spoken("送我"))
    stream.pause()
    stream.resume()
    stream.feed(spoken("去医院"))
    assert stream.finish().text == "送我去医院"


def test_speech_after_a_pause_that_nobody_called_off_is_read_all_the_same(
    stream: SherpaStream,
) -> None:
    stream.feed(spoken("送我"))
    stream.pause()
    stream.feed(spoken("去医院"))
    assert stream.finish().text == "送我去医院"


def test_a_turn_longer_than_the_model_takes_is_cut_at_a_quiet_place(stream: SherpaStream) -> None:
    said = ["送我去", "医院", "去我", "院送", "我送医", "去院我", "医去送"]
    for text in said:
        stream.feed(np.concatenate([spoken(text), silence(3.5)]))
    heard = stream.finish()
    assert heard.text == "".join(said)
    starts = [word.start for word in heard.words]
    assert starts == sorted(starts)
    assert starts[-1] > 28


@pytest.mark.parametrize("kind", ["silence", "white noise", "tones nobody speaks"])
def test_what_is_no_speech_gives_no_text_and_says_why(stream: SherpaStream, kind: str) -> None:
    audio = {
        "silence": silence(2),
        "white noise": 0.1 * np.random.default_rng(3).standard_normal(2 * RATE),
        "tones nobody speaks": tones("去医院"),
    }[kind].astype(np.float32)
    stream.feed(audio)
    heard = stream.finish()
    assert (heard.text, heard.guard, heard.words) == ("", "voiced", ())
    assert stream.partial() == ""


def test_without_its_guard_the_same_tones_would_have_been_a_text(ears: Sherpa) -> None:
    assert ears.read(tones("去医院")).text == "去医院"


@pytest.mark.parametrize("samples", [1, 100, 399, 4_000])
def test_a_crumb_of_audio_is_read_without_harm(ears: Sherpa, samples: int) -> None:
    assert ears.read(np.zeros(samples, np.float32)).text == ""


def test_turns_open_at_once_do_not_mix(ears: Sherpa) -> None:
    said = ["送", "我", "去医院", "医院"]
    heard: dict[str, str] = {}

    def talk(text: str) -> None:
        stream = ears.open()
        for place in range(0, len(audio := spoken(text)), 800):
            stream.feed(audio[place : place + 800])
        heard[text] = stream.finish().text
        stream.close()

    threads = [threading.Thread(target=talk, args=(text,)) for text in said]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert heard == {text: text for text in said}


def test_paraformer_is_read_by_the_same_ears(tmp_path: Path) -> None:
    ears = Sherpa(write_paraformer(tmp_path), family="paraformer")
    stream = ears.open("phone")
    stream.feed(spoken("去医院"))
    heard = stream.finish()
    stream.close()
    assert (ears.name, heard.text) == ("paraformer", "去医院")
    assert heard.words == ()


def test_integers_are_refused_before_they_become_noise(stream: SherpaStream) -> None:
    with pytest.raises(AudioUnreadable, match="from_pcm16"):
        stream.feed((spoken("送") * 32767).astype(np.float32))


def broken(folder: Path, kind: str) -> Path:
    """The tiny model, broken in one way."""
    write_sense_voice(folder)
    model, tokens = folder / "model.int8.onnx", folder / "tokens.txt"
    whole, lines = model.read_bytes(), tokens.read_text("utf-8").splitlines(keepends=True)
    if kind == "no model":
        model.unlink()
    elif kind == "an empty model":
        model.write_bytes(b"")
    elif kind == "half a model":
        model.write_bytes(whole[: len(whole) // 2])
    elif kind == "a page of the web instead":
        model.write_bytes(b"<html>404</html>" * 500)
    elif kind == "a damaged head":
        model.write_bytes(b"\xff" * 64 + whole[64:])
    elif kind == "a model of another family":
        write_paraformer(folder)
        tokens.write_text("".join(lines), "utf-8")
    elif kind == "no tokens":
        tokens.unlink()
    elif kind == "few tokens":
        tokens.write_text("".join(lines[:4]), "utf-8")
    elif kind == "tokens that are none":
        tokens.write_text("not a list of tokens\n", "utf-8")
    return folder


@pytest.mark.parametrize(
    "kind",
    [
        *("no model", "an empty model", "half a model", "a page of the web instead"),
        *("a damaged head", "a model of another family"),
        *("no tokens", "few tokens", "tokens that are none"),
    ],
)
def test_a_broken_model_is_named_with_what_to_do(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ModelUnusable, match=r"linli models repair"):
        Sherpa(broken(tmp_path, kind), family="sense_voice")


def test_the_library_itself_would_have_ended_the_process(tmp_path: Path) -> None:
    """Why files are looked at first; if this ever fails, the looking can go."""
    folder = broken(tmp_path, "a model of another family")
    program = (
        "import sys, sherpa_onnx; "
        "sherpa_onnx.OfflineRecognizer.from_sense_voice(model=sys.argv[1], tokens=sys.argv[2]); "
        "print('loaded')"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            program,
            str(folder / "model.int8.onnx"),
            str(folder / "tokens.txt"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 255
    assert "Traceback" not in done.stderr
