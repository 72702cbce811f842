"""The ears that come with Linli, on real audio and the real model."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from own_ears import clip, silence, whisper

from linli.clips import CLIPS, load
from linli.paths import MODELS
from linli.score import syllable_errors
from voices.audio import phone
from voices.errors import ModelUnusable
from voices.language import Language
from voices.types import Pcm, Transcript
from voices.whisper import Tuning, Whisper, simplified

TAXI = "我要叫一辆车去人民医院。"
TAXI_CLIP = "h08-zf_xiaoxiao"
COUGH_SYRUP = "咳嗽糖浆送一瓶来。"
COUGH_SYRUP_CLIP = "h17-zf_xiaobei"


def hear(pcm: Pcm) -> Transcript:
    stream = whisper().open()
    stream.feed(pcm)
    return stream.finish()


def words(text: str) -> str:
    """Without punctuation: which mark ends a reading differs between processors."""
    return "".join(filter(str.isalnum, text))


@pytest.mark.parametrize("path", [lambda pcm: pcm, phone], ids=["clean", "telephone"])
def test_a_sentence_is_heard(path: object) -> None:
    heard = hear(path(clip(TAXI_CLIP)))  # type: ignore[operator]
    assert syllable_errors(TAXI, heard.text).wrong <= 1
    assert heard.confidence > 0.5
    assert heard.text not in heard.alternatives
    assert heard.decode_ms > 0
    assert heard.guard == ""


def test_decoding_begun_at_the_pause_gives_the_same_text() -> None:
    stream = whisper().open()
    stream.feed(clip(TAXI_CLIP))
    stream.pause()
    stream.settle()
    early = stream.partial()
    stream.feed(silence(1.5))
    assert stream.finish().text == early == hear(clip(TAXI_CLIP)).text


def test_speech_that_goes_on_voids_what_was_begun() -> None:
    stream = whisper().open()
    stream.feed(clip(TAXI_CLIP))
    stream.pause()
    stream.feed(silence(1.2))
    stream.resume()
    stream.feed(clip(COUGH_SYRUP_CLIP))
    assert syllable_errors(TAXI + COUGH_SYRUP, stream.finish().text).wrong <= 4


def test_a_finished_stream_starts_anew() -> None:
    stream = whisper().open()
    stream.feed(clip(TAXI_CLIP))
    stream.finish()
    stream.feed(clip(COUGH_SYRUP_CLIP))
    assert syllable_errors(COUGH_SYRUP, stream.finish().text).wrong <= 2
    assert stream.finish() == Transcript("", guard="empty")


def test_a_long_turn_is_decoded_in_pieces_and_loses_nothing() -> None:
    piecewise = Whisper(MODELS / "whisper-base", tuning=Tuning(partial_every=0, split=2.0))
    stream = piecewise.open()
    stream.feed(clip(TAXI_CLIP))
    stream.pause()
    stream.feed(silence(1.0))
    stream.resume()
    stream.feed(clip(COUGH_SYRUP_CLIP))
    assert syllable_errors(TAXI + COUGH_SYRUP, stream.finish().text).wrong <= 3


def test_half_a_minute_without_a_pause_is_cut_where_it_is_quiet() -> None:
    spoken = [c for c in load(CLIPS / "hearing" / "manifest.json") if c.voice == "zf_xiaoxiao"][
        3:14
    ]
    stream = whisper().open()
    for one in spoken:
        stream.feed(np.concatenate([one.pcm(), silence(0.15)]))
    assert sum(one.seconds for one in spoken) > 32
    said = "".join(one.text for one in spoken)
    errors = syllable_errors(said, stream.finish().text)
    assert errors.wrong < 0.2 * errors.length


def test_partial_text_grows_while_one_speaks() -> None:
    eager = Whisper(MODELS / "whisper-base", tuning=Tuning(partial_every=0.5))
    stream = eager.open()
    assert stream.partial() == ""
    stream.feed(clip(TAXI_CLIP)[: 2 * 16_000])
    stream.settle()
    first = stream.partial()
    assert syllable_errors("我要叫一辆车", first).wrong < 6
    assert syllable_errors(TAXI, stream.finish().text).wrong > 0
    stream.close()


def test_of_what_sounds_alike_what_people_say_is_believed() -> None:
    by_sound = hear(clip(COUGH_SYRUP_CLIP))
    other = next(t for t in by_sound.alternatives if words(t) != words(by_sound.text))
    biased = Whisper(
        MODELS / "whisper-base",
        tuning=Tuning(partial_every=0, readings=whisper().tuning.beam, sense=5.0, exchange=99.0),
        language=Language([other] * 50),
    )
    stream = biased.open()
    stream.feed(clip(COUGH_SYRUP_CLIP))
    heard = stream.finish()
    assert (words(heard.text), heard.confidence) == (words(other), by_sound.confidence)
    assert words(by_sound.text) in map(words, heard.alternatives)


def test_punctuation_alone_is_no_reading_however_likely_people_say_nothing() -> None:
    readings = whisper()._likeliest(["。", "对", "对", "兑。"], [-0.1, -1.0, -1.5, -2.0])
    assert readings == ["对", "兑。"]
    assert whisper()._likeliest(["。"], [-0.1]) == [""]


@pytest.mark.parametrize("seconds", [0.0, 0.05, 3.0])
def test_silence_gives_no_text(seconds: float) -> None:
    heard = hear(silence(seconds))
    assert heard.text == ""
    assert heard.guard
    assert heard.confidence == 0


def test_two_streams_do_not_mix() -> None:
    texts: dict[str, str] = {}

    def call(name: str) -> None:
        texts[name] = hear(clip(name)).text

    calls = [threading.Thread(target=call, args=(name,)) for name in (TAXI_CLIP, COUGH_SYRUP_CLIP)]
    for thread in calls:
        thread.start()
    for thread in calls:
        thread.join()
    assert syllable_errors(TAXI, texts[TAXI_CLIP]).wrong <= 1
    assert syllable_errors(COUGH_SYRUP, texts[COUGH_SYRUP_CLIP]).wrong <= 2


def test_half_a_character_is_left_out() -> None:
    tokens = whisper().tokenizer.encode("听漏了", add_special_tokens=False).ids
    halves = [[*tokens[:at], *tokens[at + 1 :]] for at in range(len(tokens))]
    broken = [
        ids for ids in halves if "\N{REPLACEMENT CHARACTER}" in whisper().tokenizer.decode(ids)
    ]
    assert broken
    for ids in broken:
        assert "\N{REPLACEMENT CHARACTER}" not in whisper()._text(ids)


def test_traditional_characters_become_simplified() -> None:
    assert simplified("掛號內科") == "挂号内科"


def test_a_missing_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(
        ModelUnusable, match=r"model\.bin: the speech model is missing; run scripts/setup"
    ):
        Whisper(tmp_path)


def test_a_damaged_model_is_named_with_what_to_do(tmp_path: Path) -> None:
    for name in ("config.json", "tokenizer.json", "vocabulary.txt"):
        shutil.copy(MODELS / "whisper-base" / name, tmp_path)
    with (MODELS / "whisper-base" / "model.bin").open("rb") as whole:
        (tmp_path / "model.bin").write_bytes(whole.read(1_000_000))
    with pytest.raises(ModelUnusable, match=r"damaged .*run scripts/setup") as caught:
        Whisper(tmp_path)
    assert str(tmp_path) in str(caught.value)
