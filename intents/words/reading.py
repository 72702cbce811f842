"""Makes a text ready to be understood: one spelling, mishearings put right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from intents.words.data import load
from intents.words.lists import plain
from intents.words.normalise import Normaliser
from intents.words.pinyin import Accent
from intents.words.repair import Repair, Repairer, common, ordinary

_PAIR = 2
_KNOWN = 7.0
"""What a word of the rules costs when the list of ordinary words lacks it."""
_SURE = 5
"""Names this long may stand for what sounds alike."""
_NAMES = ("dishes.txt", "drugs.txt")
_WORD = re.compile("[一-龥]{2,8}")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is understood."""

    heard: str
    """Folded to one spelling, nothing put right."""
    text: str
    """With mishearings put right."""
    repairs: tuple[Repair, ...] = ()
    """What was put right."""

    def doubtful(self, words: str) -> bool:
        """Whether these words rest on something put right by sound."""
        at = self.text.find(words)
        if at < 0:
            return False
        return any(r.start < at + len(words) and r.end > at for r in self.repairs)


class Reader:
    """Folds and repairs."""

    def __init__(
        self, home: Path, region: str, phrases: Iterable[str], words: Iterable[str]
    ) -> None:
        dialect = load(home / "rules" / "dialect.yaml")
        self.fold = Normaliser(
            {str(k): str(v) for k, v in dialect["words"].items()}, dialect["fillers"]
        )
        self.plain = Normaliser({str(k): str(v) for k, v in dialect["words"].items()}, [])
        hearing = load(home / "rules" / "mishearings.yaml")
        self._fixed = [(str(k), str(v)) for k, v in hearing["always"].items()]
        named = {word for file in _NAMES for word in plain(home / "lists" / file)}
        known_words = dict.fromkeys([*_known(home / "rules"), *named], _KNOWN)
        costs = {**known_words, **common(home / "lists" / "common.txt")}
        every = {phrase for phrase in phrases if "，" not in phrase}
        mistakable = {word for word in named if len(word) < _SURE}
        every -= mistakable
        words = [word for word in words if word not in named]
        known = {phrase for phrase in every if len(phrase) > _PAIR or phrase in costs}
        known.update(words)
        known.update(map(str, hearing["phrases"]))
        for phrase in hearing["never"]:
            known.discard(str(phrase))
        self.accent = Accent.load(home / "accents.yaml", region)
        self._repair = Repairer(
            known,
            costs,
            self.accent,
            confusions=hearing["also_read"],
            spelled=[*every, *map(str, hearing["spelled"]), *ordinary(home / "lists")],
            words=words,
        )

    def __call__(self, text: str) -> Reading:
        """The reading of a text; never fails."""
        heard = self.fold(text)
        fixed, repairs = heard, []
        for wrong, right in self._fixed:
            at = fixed.find(wrong)
            while at >= 0:
                fixed = fixed[:at] + right + fixed[at + len(wrong) :]
                if len(wrong) == len(right):
                    repairs.append(Repair(at, at + len(right), wrong, right))
                at = fixed.find(wrong, at + len(right))
        repaired = self._repair(fixed)
        return Reading(heard, repaired.text, (*repairs, *repaired.repairs))


def _known(rules: Path) -> Iterator[str]:
    """Words that the rules look for: they are what they are, not misheard ones."""
    moments, chores = load(rules / "moment.yaml"), load(rules / "chores.yaml")
    counts, measures = str(moments["counts"]), str(moments["measures"])
    for group in (*moments["parts"].values(), moments["known"], chores["known"]):
        yield from map(str, group)
    yield from (week + day for week in moments["weeks"] for day in str(moments["week_days"]))
    doctor = load(rules / "slots.yaml")["doctor"]
    titles = str(doctor["titles"]).split("|")
    yield from (name + title for name in str(doctor["surnames"]) for title in titles)
    yield from (count + measure for count in counts for measure in measures)
    for pair in chores["pairs"]:
        for source in (str(pair["thing"]), str(pair["deed"])):
            yield from (word for word in source.split("|") if _WORD.fullmatch(word))
