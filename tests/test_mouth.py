"""The mouth: recorded first, composed next, rendered behind the scenes; nobody waits."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from own_mouth import RATE, Voice, small_pack, tone

from voices.cache import SpeechCache
from voices.compose import BROUGHT, parts
from voices.mouth import Mouth
from voices.pack import Pack
from voices.stretch import slower


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return Pack(
        small_pack(
            tmp_path_factory.mktemp("pack"),
            sentence=["您要办什么事？"],
            fragment=["您是要", "帮您", "挂", "对不对", "从", "到", "记下了"],
            word=["明天", "上午", "明天上午", "骨科", "人民医院", "饺子", "家", "两份"],
        )
    )


@pytest.fixture
def voice() -> Voice:
    return Voice()


@pytest.fixture
def mouth(pack: Pack, voice: Voice, tmp_path: Path) -> Iterator[Mouth]:
    cache = SpeechCache(tmp_path / "kept", maker="tones")
    mouth = Mouth(pack, voice, cache=cache, rest=0.0)
    yield mouth
    voice.allowed.set()
    mouth.close()


def texts(sentence: str, pack: Pack) -> list[tuple[str, bool]]:
    return [(part.text, part.known) for part in parts(sentence, pack)]


class TestComposing:
    """A sentence is cut where few characters are missing and few joins are heard."""

    def test_the_longest_pieces_are_taken(self, pack: Pack) -> None:
        assert texts("帮您明天上午挂骨科，对不对？", pack) == [
            ("帮您", True),
            ("明天上午", True),
            ("挂", True),
            ("骨科", True),
            ("对不对", True),
        ]

    def test_an_unknown_name_is_said_in_one_breath(self, pack: Pack) -> None:
        assert texts("帮您两份羊肉饺子，对不对？", pack) == [
            ("帮您", True),
            ("两份", True),
            ("羊肉饺子", False),
            ("对不对", True),
        ]
        assert ("饺子", True) not in texts("帮您羊肉饺子", pack)

    def test_a_word_is_not_torn_out_of_a_longer_name(self, pack: Pack) -> None:
        assert texts("到刘家湾", pack) == [("到", True), ("刘家湾", False)]

    def test_marks_become_pauses_and_words_in_a_row_hardly_any(self, pack: Pack) -> None:
        found = parts("明天，骨科。帮您挂", pack)
        assert [part.text for part in found] == ["明天", "骨科", "帮您", "挂"]
        comma, stop, join, end = (part.pause for part in found)
        assert comma + BROUGHT >= 0.3
        assert stop + BROUGHT >= 0.6
        assert 0 < join < comma
        assert end == 0

    def test_between_options_there_is_time_to_think(self, pack: Pack) -> None:
        comma = parts("明天，骨科", pack)[0].pause
        last_option = parts("明天，还是骨科", pack)[0].pause
        listed = parts("明天、骨科", pack)[0].pause
        assert last_option == listed >= comma + 0.2

    @pytest.mark.parametrize("text", ["", "。", "，？！", "   "])
    def test_nothing_to_say_has_no_parts(self, pack: Pack, text: str) -> None:
        assert parts(text, pack) == []

    def test_every_character_is_said_once(self, pack: Pack) -> None:
        sentence = "您是要明天上午从家到人民医院，挂刘大夫骨科，对不对？"
        spoken = "".join(part.text for part in parts(sentence, pack))
        assert spoken == "".join(c for c in sentence if c not in "，？")


def test_a_recorded_sentence_is_taken_whole(mouth: Mouth, voice: Voice) -> None:
    speech = mouth.say("您要办什么事？")
    assert speech.source == "pack"
    assert voice.asked == []


def test_known_pieces_are_composed_without_asking_the_engine_to_hurry(pack: Pack) -> None:
    silent = Voice(allowed=False)
    mouth = Mouth(pack, silent, rest=0.0)
    speech = mouth.say("从家到人民医院。")
    assert speech.source == "composed"
    assert len(speech.pcm) / speech.rate > 4 * 0.3
    silent.allowed.set()
    mouth.close()


def test_what_is_known_is_spoken_before_the_name_is_rendered(pack: Pack) -> None:
    slow = Voice(allowed=False)
    mouth = Mouth(pack, slow, rest=0.0)
    pieces = mouth.stream("帮您挂刘大夫，对不对？")
    first = next(pieces)
    assert (first.text, first.source) == ("帮您挂", "composed")
    slow.allowed.set()
    rest = list(pieces)
    mouth.close()
    assert [(piece.text, piece.source) for piece in rest] == [
        ("刘大夫", "rendered"),
        ("对不对", "composed"),
    ]
    assert slow.asked[0] == "刘大夫"


def test_a_name_prepared_in_time_is_there_at_once(mouth: Mouth, voice: Voice) -> None:
    mouth.prepare("帮您挂刘大夫，对不对？")
    assert mouth.idle(10)
    voice.allowed.clear()
    assert mouth.say("刘大夫").source == "rendered"
    assert mouth.say("帮您挂刘大夫。").source == "composed"


def test_what_was_composed_once_is_whole_the_next_time(mouth: Mouth, voice: Voice) -> None:
    sentence = "帮您挂刘大夫，对不对？"
    assert mouth.say(sentence).source == "composed"
    assert mouth.idle(10)
    again = mouth.say(sentence)
    assert again.source == "rendered"
    assert voice.asked == ["刘大夫", sentence]


def test_what_was_kept_is_whole_even_after_a_restart(pack: Pack, tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path / "kept", maker="tones")
    for expected in ("composed", "rendered"):
        mouth = Mouth(pack, Voice(), cache=cache, rest=0.0)
        assert mouth.say("到刘家湾。").source == expected
        assert mouth.idle(10)
        mouth.close()


def test_another_voice_does_not_find_what_this_one_kept(tmp_path: Path) -> None:
    SpeechCache(tmp_path, maker="a").keep("到刘家湾", tone("到刘家湾"))
    assert SpeechCache(tmp_path, maker="a").get("到刘家湾") is not None
    assert SpeechCache(tmp_path, maker="b").get("到刘家湾") is None


def test_the_kept_sentences_are_bounded_and_the_oldest_go_first(tmp_path: Path) -> None:
    cache = SpeechCache(tmp_path, maker="tones", limit=20_000)
    for number in range(20):
        cache.keep(f"第{number}句", tone(f"第{number}句", 1.0))
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 20_000
    assert cache.get("第0句") is None
    assert cache.get("第19句") is not None


def test_a_folder_that_cannot_be_written_only_costs_the_keeping(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    cache = SpeechCache(blocked / "kept", maker="tones")
    cache.keep("好", tone("好"))
    assert cache.get("好") is None


def test_the_last_resort_speaks_when_the_engine_is_too_slow(pack: Pack) -> None:
    stuck, resort = Voice(allowed=False), Voice()
    hours = iter(float(hour) for hour in range(0, 100_000, 3600))
    mouth = Mouth(pack, stuck, fallback=resort, rest=0.0, clock=lambda: next(hours))
    speech = mouth.say("帮您挂刘大夫")
    stuck.allowed.set()
    mouth.close()
    assert resort.asked == ["刘大夫"]
    assert speech.source == "composed"


def test_the_rest_is_said_when_neither_engine_nor_last_resort_can(pack: Pack) -> None:
    mouth = Mouth(pack, Voice(fails=True), fallback=Voice(fails=True), rest=0.0)
    pieces = list(mouth.stream("帮您挂刘大夫，对不对？"))
    mouth.close()
    assert [(piece.text, piece.source) for piece in pieces] == [
        ("帮您挂", "composed"),
        ("刘大夫", "silence"),
        ("对不对", "composed"),
    ]


def test_without_any_engine_the_known_words_are_still_said(pack: Pack) -> None:
    mouth = Mouth(pack)
    assert mouth.say("帮您挂骨科").source == "composed"
    assert [piece.source for piece in mouth.stream("帮您挂刘大夫")] == ["composed", "silence"]


@pytest.mark.parametrize("rate", [24_000, 16_000, 8_000])
def test_speech_is_given_at_the_rate_that_is_asked_for(mouth: Mouth, rate: int) -> None:
    for sentence in ("您要办什么事？", "从家到人民医院。", "到刘家湾。"):
        speech = mouth.say(sentence, rate=rate)
        assert speech.rate == rate
        assert len(speech.pcm) > 0.25 * rate


def test_a_fifth_slower_lasts_a_quarter_longer_and_keeps_its_pitch(mouth: Mouth) -> None:
    normal, slow = mouth.say("您要办什么事？"), mouth.say("您要办什么事？", pace=0.8)
    assert len(slow.pcm) / len(normal.pcm) == pytest.approx(1.25, abs=0.02)
    n = len(normal.pcm) // 2
    pitches = [np.abs(np.fft.rfft(s.pcm[n // 2 : n // 2 + n])).argmax() for s in (normal, slow)]
    assert abs(int(pitches[0]) - int(pitches[1])) <= 2


def test_pauses_give_more_of_the_slowness_than_sounds_do() -> None:
    pause = np.zeros(RATE, np.float32)
    spoken = np.concatenate([tone("前", 1.0), pause, tone("后", 1.0)])
    slow = slower(spoken, RATE, 0.8)
    sounding = int((np.abs(slow) > 0.01).sum()) / int((np.abs(spoken) > 0.01).sum())
    assert len(slow) / len(spoken) == pytest.approx(1.25, abs=0.02)
    assert sounding < 1.15


def test_digits_are_said_as_words(tmp_path: Path) -> None:
    mouth = Mouth(Pack(small_pack(tmp_path, word=["十二号", "两份"])))
    assert mouth.say("12号，两份").source == "composed"


def test_a_silent_sentence_is_silence(mouth: Mouth) -> None:
    speech = mouth.say("……")
    assert speech.source == "silence"
    assert len(speech.pcm) == 0
