"""Passwords: hashed with argon2id at today's cost, and none that is guessed first."""

from __future__ import annotations

import pytest

from station import passwords
from station.passwords import Cost, Passwords, WeakPassword

CHEAP = Cost(1, 64, 1)


def test_a_password_is_kept_as_argon2id_at_the_cost_that_is_recommended() -> None:
    kept = Passwords().hash("seven grey herons")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert Passwords().right(kept, "seven grey herons")


def test_the_same_password_is_kept_differently_each_time() -> None:
    cheap = Passwords(CHEAP)
    assert cheap.hash("seven grey herons") != cheap.hash("seven grey herons")


@pytest.mark.parametrize(
    "wrong", ["", "seven grey heron", "Seven grey herons", "七只灰鹭", "x" * 9999]
)
def test_another_password_is_wrong(wrong: str) -> None:
    cheap = Passwords(CHEAP)
    assert not cheap.right(cheap.hash("seven grey herons"), wrong)


def test_nobody_has_no_password() -> None:
    assert not Passwords(CHEAP).right("", "-")
    assert not Passwords(CHEAP).right("", "")


def test_full_width_letters_of_an_input_method_are_the_same() -> None:
    cheap = Passwords(CHEAP)
    assert cheap.right(cheap.hash("Heron２０２６ｇｒｅｙ"), "Heron2026grey")


def test_a_lower_cost_is_noticed() -> None:
    assert Passwords(Cost(2, 64, 1)).outdated(Passwords(CHEAP).hash("seven grey herons"))
    assert not Passwords(CHEAP).outdated(Passwords(CHEAP).hash("seven grey herons"))


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_short"),
        ("x" * 129, "password_long"),
        ("aaaaaaaaaaaa", "password_easy"),
        ("1231231231232", "password_easy"),
        ("2345678901", "password_easy"),
        ("9876543210", "password_easy"),
        ("Woaini1314520", "password_easy"),
        ("lijing in the park", "password_own_name"),
        ("我是李静我在社区上班", "password_own_name"),
    ],
)
def test_a_password_that_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(WeakPassword) as caught:
        passwords.check(password, "lijing", "李静")
    assert caught.value.code == code


@pytest.mark.parametrize("password", ["seven grey herons", "河边三棵老柳树开了花", "kX9-tree-Boat"])
def test_a_password_of_several_words_is_taken(password: str) -> None:
    passwords.check(password, "lijing", "李静")


def test_every_easy_password_on_the_list_would_be_long_enough_otherwise() -> None:
    listed = passwords.EASY.read_text("utf-8").split()
    assert [word for word in listed if len(word) < passwords.SHORTEST] == []
    assert len(listed) == len(set(listed))
