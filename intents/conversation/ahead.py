"""Telling to go ahead in earnest, whatever reasons and small talk stand around it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_AFTER = 2
"""Characters of a question that may trail the words that tell to go ahead."""


class Ahead:
    """Finds such words; they are `ahead` of `rules/verdict.yaml`."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        def either(patterns: Any) -> re.Pattern[str]:
            return re.compile("|".join(map(str, patterns)))

        self._told = {
            str(doing): either([*data["any"], *patterns])
            for doing, patterns in data["doing"].items()
        }
        self._beside = either(data["beside"])
        self._but = either(data["but"])
        self._others = either(data["to_others"])

    def without_beside(self, plain: str) -> str:
        """The text without what somebody says of eyes, ears, legs and the weather."""
        return self._beside.sub("", plain)

    def to_others(self, plain: str) -> bool:
        """Whether the last words are said to somebody else."""
        return self._others.search(plain) is not None

    def __call__(self, plain: str, doing: str, question: re.Pattern[str]) -> bool:
        """Whether a bare text tells to go ahead, and asks or takes back nothing after that."""
        told = list(self._told[doing].finditer(plain))
        if not told or self._but.search(plain):
            return False
        rest = plain[told[-1].end() :]
        if self.to_others(rest):
            return False
        return len(rest) <= _AFTER or question.search(rest) is None
