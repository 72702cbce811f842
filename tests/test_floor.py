"""Who has the floor on a line: coughs do not take it, keys do, a yes to nothing is none."""

from __future__ import annotations

import pytest

from intents.types import Chose, Event, Heard, Noise, Silence
from linli.floor import Floor, Said

YES = Said(Chose("confirm", "yes"), began=5.0, agrees=True, meant=True)
REQUEST = Said(Heard("叫个车"), began=5.0, meant=True)
MURMUR = Said(Heard("嗯嗯那个"), began=5.0)
COUGH = Said(Noise(), began=5.0)
HELP = Said(Heard("救命"), began=1.0, urgent=True)


def floor(*, reads_back: bool = False, leaving: bool = False) -> Floor:
    """A floor on which Linli has just begun to speak."""
    made = Floor(0.4, 1.0)
    made.speak(reads_back=reads_back, leaving=leaving)
    return made


@pytest.mark.parametrize(("voiced", "taken"), [(0.0, False), (0.3, False), (0.4, True), (3, True)])
def test_enough_speech_takes_the_floor_and_a_cough_does_not(voiced: float, taken: bool) -> None:
    speaking = floor()
    assert speaking.voice(voiced) is taken
    assert speaking.speaking is not taken


def test_somebody_who_speaks_while_linli_is_silent_interrupts_nothing() -> None:
    quiet = Floor(0.4, 1.0)
    assert not quiet.voice(2.0)
    assert quiet.take(REQUEST) == "take"


def test_a_key_takes_the_floor_and_what_was_being_said_counts_no_more() -> None:
    speaking = floor()
    speaking.key(at=6.0)
    assert not speaking.speaking
    assert speaking.take(REQUEST) == "drop"
    assert speaking.take(COUGH) == "drop"
    assert speaking.take(Said(Heard("叫个车"), began=6.5, meant=True)) == "take"
    assert speaking.take(Said(Silence())) == "take"


@pytest.mark.parametrize(
    ("said", "verdict"),
    [(COUGH, "drop"), (MURMUR, "drop"), (Said(Silence()), "drop"), (REQUEST, "take")],
)
def test_what_is_too_short_to_interrupt_counts_only_when_it_means_something(
    said: Said, verdict: str
) -> None:
    assert floor().take(said) == verdict


def test_a_yes_before_all_was_read_back_is_no_consent() -> None:
    short = floor(reads_back=True)
    assert short.take(YES) == "drop"
    long = floor(reads_back=True)
    assert long.voice(0.6)
    assert long.take(YES) == "again"


def test_a_yes_into_the_question_itself_is_consent() -> None:
    reading = floor(reads_back=True)
    reading.question_begun()
    assert reading.take(YES) == "take"
    reading.voice(0.6)
    assert reading.take(YES) == "take"


def test_a_correction_may_come_at_any_moment_of_a_read_back() -> None:
    reading = floor(reads_back=True)
    reading.voice(0.6)
    assert reading.take(Said(Heard("不是明天，是后天"), began=5.0, meant=True)) == "take"


def test_after_all_was_said_a_yes_counts() -> None:
    reading = floor(reads_back=True)
    reading.silent()
    assert reading.take(YES) == "take"


def test_noise_that_cut_a_prompt_short_has_it_said_again_but_not_for_ever() -> None:
    noisy, verdicts, needed = floor(), [], []
    for _ in range(4):
        noisy.speak()
        noisy.voice(1.0)
        needed.append(noisy.barge_in)
        verdicts.append(noisy.take(COUGH))
    assert verdicts == ["again", "again", "take", "take"]
    assert needed == sorted(needed)
    assert noisy.barge_in <= 1.0


def test_last_words_before_a_person_comes_are_not_interrupted_by_speech() -> None:
    leaving = floor(leaving=True)
    assert not leaving.voice(3.0)
    assert leaving.take(REQUEST) == "drop"


def test_while_help_is_fetched_all_that_is_said_counts_and_silences_nothing() -> None:
    calming = Floor(0.4, 1.0)
    calming.speak(urgent=True)
    assert calming.take(MURMUR) == "take"
    assert calming.take(COUGH) == "drop"
    assert not calming.voice(3.0)
    calming.key(at=6.0)
    calming.speak(urgent=True)
    assert calming.take(MURMUR) == "take"


@pytest.mark.parametrize("leaving", [True, False])
def test_a_cry_for_help_is_heard_in_every_state(leaving: bool) -> None:
    speaking = floor(leaving=leaving, reads_back=True)
    speaking.key(at=9.0)
    assert speaking.take(HELP) == "take"


@pytest.mark.parametrize("event", [Heard("叫个车"), Silence(), Noise(), Chose("confirm", "no")])
def test_in_silence_everything_is_an_answer(event: Event) -> None:
    quiet = floor()
    quiet.silent()
    assert quiet.take(Said(event, began=None)) == "take"
