"""The newest entries are remembered, the oldest go."""

from __future__ import annotations

from ivr.recent import Recent


def test_the_oldest_entry_goes_for_a_new_one_and_one_told_again_is_not_lost() -> None:
    known: Recent[str, int] = Recent(2)
    known["a"], known["b"], known["a"] = 1, 2, 3
    assert dict(known) == {"a": 3, "b": 2}
    known["c"] = 4
    assert dict(known) == {"b": 2, "c": 4}
