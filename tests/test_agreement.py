"""Of several readings of one sound, one that means what most of them mean is believed."""

from __future__ import annotations

from intents.engine import Engine
from intents.types import Guess, Intent, Understanding
from intents.understanding.agreement import agreed
from linli.bench.intents import NOW


def means(text: str) -> Understanding:
    """`饭0.9` means a meal with so much confidence; another likely reading follows a bar."""
    first, *others = [(part[0], float(part[1:])) for part in text.split("|")]
    guesses = tuple(Guess(name, confidence) for name, confidence in others)
    return Understanding((Intent(first[0]),), first[1], guesses)


def test_the_first_is_believed_where_they_agree() -> None:
    assert agreed(["饭0.9", "饭0.95"], means) == 0


def test_the_first_is_believed_where_it_stands_alone_against_one() -> None:
    assert agreed(["饭0.9", "车0.9"], means) == 0


def test_two_that_mean_the_same_outweigh_one_that_does_not() -> None:
    assert agreed(["饭0.8", "车0.9", "车0.9"], means) == 1


def test_what_the_others_find_possible_counts() -> None:
    assert agreed(["饭0.5|车0.4", "饭0.5|车0.45", "车0.9"], means) == 2


def test_a_late_one_says_little() -> None:
    assert agreed(["饭0.6", *["话0.1"] * 6, "车0.99"], means) == 0


def test_one_reading_is_the_one() -> None:
    assert agreed(["饭0.1"], means) == 0


def test_what_no_reading_asks_for_first_is_no_ground_to_leave_the_first() -> None:
    assert agreed(["饭0.5|车0.5", "话0.5|车0.5", "号0.5|车0.5"], means) == 0


def test_a_garbled_request_is_heard_by_the_readings_that_make_sense() -> None:
    engine = Engine.load()
    readings = ["睡过头了", "水管漏了", "水管漏啦"]
    assert engine.understand(readings[0], NOW).first.name != "housekeeping"
    believed = readings[engine.agreed(readings, NOW)]
    assert engine.understand(believed, NOW).first.name == "housekeeping"
