"""Which half of the day an hour is meant in that is named anew: 六点半, of a morning's ride."""

from __future__ import annotations

_DAWN, _CLOSE = 5, 2
"""From which hour a time that is put right may be in the morning, and how far it is moved."""


def meant(known: str, new: str, *, morning: bool, said: bool) -> str:
    """The new time, `HH:MM` or empty, in the half of the day that it is meant in.

    `known` is the time so far, `morning` whether a morning was named before, `said` whether the
    words themselves name a part of the day.
    """
    if said or not new[:2].isdigit():
        return new
    hour, was = int(new[:2]), int(known[:2]) if known[:2].isdigit() else None
    near = was is not None and was < 12 and abs(hour - 12 - was) <= _CLOSE
    if hour - 12 >= _DAWN and (near or morning):
        return f"{hour - 12:02d}{new[2:]}"
    same = was is not None and known[2:] == new[2:] and (was - hour) % 12 == 0
    return known if same else new
