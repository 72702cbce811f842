"""Other readings of a turn: one piece at a time is read otherwise, the likeliest first."""

from __future__ import annotations

from voices.decoding import OTHERS, other_readings


def test_one_piece_has_its_own_readings() -> None:
    assert other_readings([("内科", "那颗", "奶渴")], "，".join) == ("那颗", "奶渴")


def test_each_piece_in_turn_is_read_otherwise() -> None:
    pieces = [("甲", "乙", "丙"), ("一", "二")]
    assert other_readings(pieces, "".join) == ("乙一", "甲二", "丙一")


def test_what_was_never_in_doubt_has_none() -> None:
    assert other_readings([("甲",), ("一",)], "".join) == ()


def test_no_more_are_kept_than_anybody_weighs() -> None:
    many = [str(number) for number in range(40)]
    found = other_readings([many, many], "".join)
    assert (len(found), found[:3]) == (OTHERS, ("10", "01", "20"))
