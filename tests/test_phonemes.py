"""Reading aloud on paper: words with two readings, digits, marks, and whose sound is whose."""

import pytest
import yaml
from misaki.zh import ZHG2P

from voices.phonemes import PRONOUNCE, phonemes, written_out


def said(pinyin: str) -> str:
    return "".join(ZHG2P.py2ipa(syllable).replace(chr(815), "") for syllable in pinyin.split())


@pytest.mark.parametrize(
    ("text", "pinyin"),
    [
        ("大夫", "dai4 fu5"),
        ("银行", "yin2 hang2"),
        ("重孙", "chong2 sun1"),
        ("睡不着", "shui4 bu4 zhao2"),
        ("长处方", "chang2 chu3 fang1"),
        ("量血压", "liang2 xue4 ya1"),
        ("几号", "ji3 hao4"),
        ("便宜", "pian2 yi5"),
        ("维生素D", "wei2 sheng1 su4 di4"),
    ],
)
def test_words_with_two_readings_are_read_as_people_say_them(text: str, pinyin: str) -> None:
    assert phonemes(text).sounds.replace(" ", "") == said(pinyin)


def test_every_word_put_right_is_read_as_it_says() -> None:
    for word, pinyin in yaml.safe_load(PRONOUNCE.read_text("utf-8")).items():
        assert phonemes(str(word)).sounds.replace(" ", "") == said(pinyin), word


def test_a_word_put_right_is_found_inside_a_sentence() -> None:
    assert said("dai4 fu5") in phonemes("刘大夫明天来吗？").sounds


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("两份", "两份"),
        ("12号", "十二号"),
        ("拨12345", "拨幺二三四五"),
        ("13800138000", "幺三八零零幺三八零零零"),
        ("血压140", "血压一百四十"),
    ],
)
def test_digits_are_written_out_and_long_numbers_read_one_by_one(text: str, spoken: str) -> None:
    assert written_out(text) == spoken


def test_every_sound_knows_its_character() -> None:
    found = phonemes("您好，大夫。")
    assert len(found.sounds) == len(found.owners)
    assert list(found.owners) == sorted(found.owners)
    assert {found.text[owner] for owner in found.owners} == set("您好，大夫。")
    comma = [i for i, owner in enumerate(found.owners) if found.text[owner] == "，"]
    assert "".join(found.sounds[i] for i in comma) == ", "


def test_what_nobody_can_read_is_left_out() -> None:
    assert phonemes("★好☆").sounds == phonemes("好").sounds
    assert phonemes("……").sounds.strip(" ,") == ""
