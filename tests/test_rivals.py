"""Other words are held against the likeliest answer."""

from collections.abc import Callable

import pytest

from linli.answer_clips import AnswerClip, load
from linli.answer_paths import PATHS, as_heard
from linli.paths import MODELS
from voices.answers import AnswerJudge
from voices.confidence import after_second_look, confidence, rivalry
from voices.evidence import Evidence, weigh
from voices.options import dressed, load_options, with_others, wordings
from voices.rivals import Rival, rivals
from voices.sounds import places_of

Looked = tuple[Evidence, list[Rival]]


@pytest.fixture(scope="module")
def look() -> Callable[[str], Looked]:
    """A word of the report, asked its question, looked at again."""
    judge = AnswerJudge(MODELS / "whisper-base")

    def again(text: str) -> Looked:
        clip: AnswerClip = next(c for c in load() if c.text == text and c.role == "report")
        heard = judge.hear(as_heard(clip.pcm(), PATHS[0][1], 0))
        assert heard is not None
        options = with_others(load_options(clip.set))
        evidence = weigh(heard.sounds, heard.texts, options)
        return evidence, rivals(judge._whisper, heard.view, heard.sounds, evidence, options)

    return again


def test_no_rival_is_a_way_to_say_the_same(look: Callable[[str], Looked]) -> None:
    _, found = look("没问题")
    options = tuple(load_options("yes_no"))
    ways = {w.sounds for one in wordings(options) for w in (one, *dressed(options, one))}
    assert not {tuple(places_of(rival.word)) for rival in found} & ways


@pytest.mark.parametrize("answer", ["没问题", "不对不对", "八点钟", "看眼睛"])
def test_an_answer_stays_as_sure(look: Callable[[str], Looked], answer: str) -> None:
    evidence, found = look(answer)
    assert after_second_look(confidence(evidence), found) > 0.5


def test_what_was_said_instead_is_found_and_is_ahead(look: Callable[[str], Looked]) -> None:
    _, found = look("成都")
    strongest = max(found, key=lambda rival: rival.spelled)
    assert tuple(places_of(strongest.word)) == tuple(places_of("成都"))
    assert strongest.spelled > 0


def test_a_word_ahead_makes_less_sure_and_none_makes_no_less() -> None:
    ahead, behind = Rival("成都", 3.0, 4.0), Rival("成都", -9.0, -9.0)
    assert after_second_look(0.8, [ahead]) < after_second_look(0.8, [behind])
    assert after_second_look(0.8, [behind]) == pytest.approx(after_second_look(0.8, []), abs=0.05)
    assert after_second_look(0.9, [ahead]) > after_second_look(0.5, [ahead])


def test_only_the_strongest_counts_and_both_sides_together() -> None:
    by_ear, by_sense = Rival("a", 6.0, -9.0), Rival("b", -9.0, 6.0)
    both = Rival("c", 2.0, 2.0)
    assert rivalry([by_ear, by_sense, both]) == rivalry([both])
    assert rivalry([]) < rivalry([by_sense])
