"""The answer to a read-back: yes, no, a question, or none of them.

What was read back may be said again (七点，对), the elder may tell Linli to go ahead (那叫他来
吧), thank it or hurry it. Whatever else is left of the words makes the answer unclear, and a
word of refusal outranks every yes: nothing is filed on a doubtful one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from intents import HOME
from intents.errors import DataError

from .acts import bare
from .ahead import Ahead
from .spoken import load_yaml

PATH = HOME / "rules" / "verdict.yaml"
"""The words."""

Doing: TypeAlias = Literal["book", "cancel", "change"]
"""What the read-back is about."""
Verdict: TypeAlias = Literal["yes", "no", "question"]

_GO, _YES, _PLAIN_YES = -1, -2, -3
"""How much a word agrees: telling to go ahead, a yes in earnest, one of two characters or more."""
_PLAINLY = {(_YES, 0), (_PLAIN_YES, 0)}
"""A clause that agrees, of which nothing is left over."""
_LONGEST = 8
"""Characters of the longest word that is looked for."""
_STRAY = 1
"""Characters that may be left over beside a yes: a slip of the recogniser."""
_ASKS = re.compile("[?？]\\s*$")


class Verdicts:
    """Reads answers to read-backs."""

    def __init__(self, data: dict[str, Any]) -> None:
        def either(key: str) -> re.Pattern[str]:
            return re.compile("|".join(data[key]))

        self._harmless, self._refuse = either("harmless"), either("refuse")
        self._keep, self._question = either("keep"), either("question")
        self._doubt, self._wait = re.compile(data["doubt"]), re.compile(data["wait"])
        self._whether, self._firm = re.compile(data["whether"]), re.compile(data["firm"])
        self._ends = "".join(data["ends"])
        self._only = re.compile(data["only"])
        self._weak = frozenset(data["weak"])
        self._wants = re.compile(data["wants"])
        self._hesitates = re.compile(data["hesitates"])
        self._rather = re.compile("|".join(data["rather_as_it_was"]))
        self._trails = re.compile(data["trails"])
        self._thanks = re.compile(data["thanks"])
        self._not_yes = re.compile(data["not_yes"])
        self._given_up = re.compile(data["given_up"])
        self._again = re.compile(data["said_again"])
        self._yes, self._glue = frozenset(data["yes"]), frozenset(data["glue"])
        self._go = {doing: frozenset(words) for doing, words in data["go"].items()}
        self._agreed = str(data["yes"][0])
        self._ahead = Ahead(data["ahead"])

    def __call__(
        self,
        text: str,
        doing: Doing = "book",
        known: Collection[str] = (),
        *,
        nouns: Iterable[str] = (),
        echo: bool = False,
    ) -> Verdict | None:
        """The verdict; `known` are the words that were read back, which may be repeated.

        `nouns`: what the thing itself is called (车, 号). `echo`: also days, times and
        amounts in other words are what was read back.
        """
        plain = self._ahead.without_beside(bare(text))
        begins, go = plain.partition("，")[0], self._go[doing]
        agreed = doing == "change" and begins not in self._weak
        agreed = agreed and self._covered(begins, go, frozenset(self._ends)) in _PLAINLY
        if doing != "book" and not agreed and self._keep.search(plain):
            return "no"
        rather = doing == "change" and self._rather.search(plain) is not None
        asks = rather or _ASKS.search(text) is not None
        told = not asks and self._ahead(plain, doing, self._question)
        if told and doing != "book":
            return "yes"
        if doing == "cancel":
            plain = self._given_up.sub(self._agreed, plain)
        plain = self._harmless.sub(self._agreed, plain)
        if self._refuse.search(self._whether.sub("", plain)):
            return "no"
        if doing == "cancel" and begins in go and not self._whether.search(plain):
            plain = begins
        if told or self._thanks.match(plain):
            return "yes"
        asked = "" if rather else self._asked(text, plain)
        if asked is not None:
            return asked or None
        left = self._again.sub("，", plain) if echo else plain
        left = self._not_yes.sub(lambda m: _kept(m, frozenset(known)), left)
        beside = self._glue | frozenset(nouns) | frozenset(w for w in known if len(w) > 1)
        return "yes" if self._agrees(left, go, beside) else None

    def _asked(self, text: str, plain: str) -> Literal["question", ""] | None:
        """Whether something is asked back; empty for words that settle nothing; else None."""
        if self._whether.search(plain):
            return "question"
        waits = self._wait.search(plain) or self._hesitates.match(plain)
        if waits or self._trails.match(text) or self._ahead.to_others(plain):
            return ""
        asks = _ASKS.search(text) or self._question.search(plain)
        return "question" if asks else None

    def _agrees(self, left: str, go: frozenset[str], beside: frozenset[str]) -> bool:
        """Whether nothing but agreement is left; `beside` may stand with it."""
        if self._doubt.search(left):
            return False
        said, stray, known = 0, 0, beside - self._glue
        for clause in left.split("，"):
            agreed, over = self._covered(clause, go, beside)
            if clause in known and clause not in self._yes:  # 中午要鱼, of 中午要鱼
                agreed = 0
            settled = agreed <= _YES and not over and clause not in self._weak
            if settled and not (said or stray):
                return True
            said, stray = min(said, agreed), stray + over
        if self._firm.search(left) or any(self._firmly(c, known) for c in left.split("，")):
            said = min(said, _GO)
        if said == _GO and self._wants.search(left):
            return False
        return said < 0 and stray <= (_STRAY if said == _PLAIN_YES else 0)

    def _firmly(self, clause: str, known: frozenset[str]) -> bool:
        """就后天上午: what was read back, and nothing else."""
        match = self._only.match(clause)
        rest = clause[match.end() :].rstrip(self._ends) if match else ""
        return len(rest) > 1 and self._covered(rest, frozenset(), known) == (0, 0)

    def _covered(self, clause: str, go: frozenset[str], beside: frozenset[str]) -> tuple[int, int]:
        """How much a clause agrees, and how many of its characters are neither here nor there.

        The covering with the fewest characters left over wins; among those, one that agrees.
        """
        best: list[tuple[int, int]] = [(0, 0)]
        for end in range(1, len(clause) + 1):
            over, agreed = best[end - 1]
            found = (over + 1, agreed)
            for start in range(max(0, end - _LONGEST), end):
                word, (over, agreed) = clause[start:end], best[start]
                if word in self._yes and go:
                    agreed = min(agreed, _YES if len(word) == 1 else _PLAIN_YES)
                elif word in go:
                    agreed = min(agreed, _GO)
                elif word not in beside:
                    continue
                found = min(found, (over, agreed))
            best.append(found)
        over, agreed = best[-1]
        return agreed, over


def _kept(found: re.Match[str], known: frozenset[str]) -> str:
    """The character, if the word it begins was read back; else nothing that agrees."""
    at = found.start()
    return found.group() if found.string[at : at + 2] in known else "\N{WHITE SQUARE}"


@cache
def load_verdicts(path: Path = PATH) -> Verdicts:
    """Read the words once; raises `DataError` for a pattern that does not compile."""
    try:
        return Verdicts(dict(load_yaml(path)))
    except (re.error, KeyError, TypeError) as error:
        raise DataError(path, 0, f"not usable ({error})", "mend the pattern") from error


def spoken(sentences: Sequence[str]) -> set[str]:
    """Every stretch of what was read back that may be said again in agreement."""
    words: set[str] = set()
    for said in sentences:
        asks = said.endswith("？")
        sentence = said.rpartition("，")[0] if asks and "“" not in said else "" if asks else said
        for stretch in re.split(r"[^\u4e00-\u9fff]+", sentence):
            words |= {
                stretch[a:b]
                for a in range(len(stretch))
                for b in range(a + 2, min(len(stretch), a + 8) + 1)
            }
    return words
