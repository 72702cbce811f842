"""Hiding numbers: telephone and identity numbers are shown only when somebody asks for them."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(
    r"(?P<plain>(?<!\d)\d{4}-\d\d?-\d\d?(?!\d)"  # a day
    r"|(?<!\d)\d{4}-\d{3,4}(?![ -]?\d))"  # a request
    r"|(?P<secret>(?<!\d)\+?\d(?:[ -]?\d){6,18}[Xx]?(?!\d)"
    r"|[零〇一二三四五六七八九幺两]{7,})"
)
_ENDS: Final = 4
_LONG: Final = 11


def masked(text: str) -> str:
    """The text with all but the ends of every number of somebody hidden.

    Days and the numbers of requests stay; digits said as words are hidden as well.
    """
    return _NUMBER.sub(lambda found: found["plain"] or _hidden(found["secret"]), text)


def _hidden(number: str) -> str:
    """Three digits of a long number and the last four of any stay."""
    start = 3 if len(number) >= _LONG else 0
    return number[:start] + "*" * (len(number) - start - _ENDS) + number[-_ENDS:]
