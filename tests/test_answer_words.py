"""The list of common words holds what is common, two of a sound, and no names."""

from linli.answer_words import common
from voices.sounds import sounds_of

LINES = [
    "明年 4000 t", "名年 200 n", "鸣年 150 n", "李明 9000 nr", "北京 9000 ns", "冷僻 3 n",
    "对 30 p", "ABC 900 eng",
]  # fmt: skip


def test_the_two_commonest_words_stand_under_their_sounds() -> None:
    assert common(LINES)[sounds_of("明年")] == ["明年", "名年"]


def test_names_rare_words_and_what_is_not_chinese_are_left_out() -> None:
    assert {word for those in common(LINES).values() for word in those} == {"明年", "名年", "对"}
