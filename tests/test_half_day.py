"""An hour that is named anew is meant in the half of the day that was spoken of."""

from __future__ import annotations

import pytest

from intents.conversation.half_day import meant


@pytest.mark.parametrize(
    ("known", "new", "morning", "said", "want"),
    [
        ("07:00", "18:30", False, False, "06:30"),
        ("07:00", "18:30", False, True, "18:30"),
        ("", "18:30", True, False, "06:30"),
        ("", "18:30", False, False, "18:30"),
        ("06:00", "18:00", False, False, "06:00"),
        ("18:00", "06:00", False, False, "18:00"),
        ("07:00", "14:00", False, False, "14:00"),
        ("15:00", "16:30", False, False, "16:30"),
        ("07:00", "", False, False, ""),
    ],
)
def test_the_hour_is_in_the_half_of_the_day_that_is_meant(
    known: str, new: str, morning: bool, said: bool, want: str
) -> None:
    assert meant(known, new, morning=morning, said=said) == want
