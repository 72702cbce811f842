"""Values that are named only to be denied: 不是一点，七点 — the one o'clock must never win."""

from __future__ import annotations

from dataclasses import dataclass

from .acts import Acts, bare

_REASON = 5
"""Characters up to which a refusal is nothing but one, and speaks of what stands before it."""
_CLOSER = ("半", "一", "三", "四", "五", "二", "十")
"""What makes another time of an hour."""

_FOR = ("给", "帮", "替")
"""What stands right before whom it is for: 不是给我，给我孙子."""
_GOING = ("到", "去", "上", "往", "回")
"""What stands right before a place one goes to."""


@dataclass(frozen=True, slots=True)
class Left:
    """What is left of a text once what it denies is taken out."""

    text: str
    """The words that still hold; empty when nothing is left."""
    denied: tuple[str, ...] = ()
    """The words that were denied, with whatever stood around them."""


def left(acts: Acts, text: str) -> Left:
    """The text without what is denied in it, and that."""
    plain, denied = _replaced(acts, bare(text))
    if match := acts.match("trailing_not", plain):
        denied.append(plain[match.start() :].strip("，"))
        plain = plain[: match.start()]
    clauses = plain.split("，")
    kept: list[str] = []
    for clause in clauses:
        if not clause or (len(clauses) > 1 and acts.found("mere_no", clause)):
            continue
        if match := acts.match("denies", clause):
            denied.append(match["old"])
        elif len(clauses) > 1 and (refused := acts.match("refused", clause)):
            alone = len(clause) <= _REASON and refused.start() <= 1
            denied.append(kept.pop() if alone and kept else clause)
        else:
            kept.append(clause)
    denied = [words for words in denied if words]
    if denied:
        kept = [clause for clause in kept if not any(_again(words, clause) for words in denied)]
        kept = [_without(denied, clause) for clause in kept]
    return Left("，".join(kept), tuple(denied))


def _replaced(acts: Acts, plain: str) -> tuple[str, list[str]]:
    """不是周三是周四: the one goes, the other stays."""
    denied: list[str] = []
    while match := acts.match("instead", plain):
        denied += [words for words in match.groupdict().values() if words]
        plain = f"{plain[: match.start()]}，{plain[match.end() :]}".strip("，")
    return plain, denied


def _without(denied: list[str], clause: str) -> str:
    """从我家到东站，不是东站: what else the clause says stays."""
    for words in denied:
        if len(words) > 1 and clause.removesuffix(words).endswith(_GOING):
            return clause.removesuffix(words)
    return clause


def _again(words: str, clause: str) -> bool:
    """Whether a clause is about what was denied (周三我值日), and not another time (三点半)."""
    if len(words) < 2 or not clause.startswith(words) or words.startswith(_FOR):
        return False
    return not clause.removeprefix(words).startswith(_CLOSER)
