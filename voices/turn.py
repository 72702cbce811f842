"""Turn-taking: how long to wait before an elder's turn is over.

A policy is a set of patience for one kind of question, read from
`assets/limits.yaml`. Silence alone never decides: what was heard so far is
judged (`Verdict`), and the wait is chosen by that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

ASSETS = Path(__file__).resolve().parent.parent / "assets"

Kind: TypeAlias = Literal["open", "yes_no", "choice", "address", "number"]
"""What was asked: it decides how patient to be."""

Verdict: TypeAlias = Literal["complete", "enough", "unfinished", "pressing", "unknown"]
"""Nothing is missing; nothing needed is missing but they may go on; more is coming; help is
called for; no telling."""

Completeness: TypeAlias = Callable[[str], Verdict]
"""Judges the text heard so far; given by whoever knows what was asked."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Seconds of patience after one kind of question."""

    start: float
    """Wait for speech to begin."""
    end: float
    """Silence that ends a turn."""
    complete: float
    """Silence that ends a turn when what was said is complete."""
    enough: float
    """… when it would do, and yet sounds as if it could go on."""
    unfinished: float
    """Silence that ends a turn when something plainly is still to come."""
    pressing: float
    """Silence that ends a turn in which help is called for."""
    longest: float
    """Longest turn."""

    @property
    def shortest(self) -> float:
        """No shorter silence ends a turn."""
        return min(self.end, self.complete, self.enough, self.unfinished, self.pressing)

    def patience(self, verdict: Verdict) -> float:
        """The silence that ends the turn, given what the text so far looks like."""
        waits = {
            "complete": self.complete,
            "enough": self.enough,
            "unfinished": self.unfinished,
            "pressing": self.pressing,
        }
        return waits.get(verdict, self.end)


@dataclass(frozen=True, slots=True)
class Policies:
    """A policy for every kind of question."""

    kinds: dict[Kind, Policy]
    """By kind."""
    reopen: float
    """Speech beginning so soon after a turn's end continues that turn, seconds."""

    def __getitem__(self, kind: Kind) -> Policy:
        return self.kinds[kind]


@cache
def policies(path: Path = ASSETS / "limits.yaml") -> Policies:
    """The patience laid down in `limits.yaml`."""
    turn: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))["turn"]
    kinds: tuple[Kind, ...] = ("open", "yes_no", "choice", "address", "number")
    return Policies({kind: Policy(**turn[kind]) for kind in kinds}, float(turn["reopen_s"]))


@dataclass(frozen=True, slots=True)
class Dangling:
    """Recognises sentences that stop before their end; words in `assets/dangling.yaml`."""

    endings: tuple[str, ...]
    """What an unfinished sentence ends with; after ^ the whole of it."""
    whole: frozenset[str]
    """Texts that are complete although they end so."""
    settled: tuple[str, ...]
    """Longer endings that are no such thing."""
    answers: frozenset[str]
    """Texts that are complete as an answer to a yes/no question or a choice."""
    digits: str
    """Characters of a spoken number."""
    cues: tuple[str, ...]
    """Words after which digits are a long number."""
    lengths: dict[str, tuple[int, int]]
    """From how many to how many digits a number is under way, by kind."""

    def judge(self, text: str, kind: Kind = "open") -> Verdict:
        """Give `unfinished` or `unknown`."""
        plain = re.sub(r"\W", "", text)
        answering = kind in ("yes_no", "choice") and plain in self.answers
        if not plain or plain in self.whole or answering:
            return "unknown"
        trailing = f"^{plain}".endswith(self.endings) and not plain.endswith(self.settled)
        return "unfinished" if trailing or self._counting(plain, kind) else "unknown"

    def _counting(self, plain: str, kind: Kind) -> bool:
        tail = re.search(f"[{self.digits}]+$", plain)
        if tail is None or (kind != "number" and not any(cue in plain for cue in self.cues)):
            return False
        least, most = self.lengths["number" if kind == "number" else "open"]
        return least <= len(tail[0]) <= most


@lru_cache(maxsize=1)
def dangling(path: Path = ASSETS / "dangling.yaml") -> Dangling:
    """The endings laid down in `dangling.yaml`."""
    data: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return Dangling(
        tuple(data["endings"]),
        frozenset(data["whole"]),
        tuple(data["settled"]),
        frozenset(data["answers"]),
        data["digits"],
        tuple(data["number_cues"]),
        {kind: (low, high) for kind, (low, high) in data["number_length"].items()},
    )


def verdict(text: str, kind: Kind, completeness: Completeness | None) -> Verdict:
    """Unfinished words count most, then whoever knows what was asked."""
    if not text:
        return "unknown"
    if dangling().judge(text, kind) == "unfinished":
        return "unfinished"
    return completeness(text) if completeness else "unknown"
