"""Numbers of people are hidden; days, times and the numbers of requests are not."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station.console.mask import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("13800000002", "138****0002"),
        ("打138-0000-0002找我", "打138******0002找我"),
        ("0376-5550101", "037*****0101"),
        ("5550101", "***0101"),
        ("+8613800000002", "+86*******0002"),
        ("41150219500101123X", "411***********123X"),
        ("幺三八零零零零零零零二", "幺三八****零零零二"),
        ("2026-11-23 08:30", "2026-11-23 08:30"),
        ("1123-007", "1123-007"),
        ("两个人，三号楼二单元401", "两个人，三号楼二单元401"),
        ("", ""),
    ],
)
def test_only_the_ends_of_a_number_stay(text: str, shown: str) -> None:
    assert masked(text) == shown


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(alphabet="张王 ，。:<>", max_size=6)
)
def test_no_mobile_number_comes_through_whatever_stands_around_it(phone: str, word: str) -> None:
    assert phone not in masked(word + phone + word)


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
@given(st.text())
def test_any_text_is_borne(text: str) -> None:
    assert len(masked(text)) == len(text)
