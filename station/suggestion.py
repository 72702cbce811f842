"""A suggestion in one line, and what speaks against the others; the words are data."""

from __future__ import annotations

from .dispatch import Advice, Asked, Candidate, against
from .dispatch_words import price, service, words


def line(advice: Advice) -> str:
    """Whom to ask and why, or why nobody fits; one line of Chinese."""
    said = words()["suggestion"]
    best = advice.best
    if best is not None:
        reasons = said["comma"].join(_reasons(best, advice.asked))
        return str(said["line"]).format(helper=best.helper.name, reasons=reasons)
    counted = against(advice.candidates)
    when = when_of(advice.asked)
    told = [said["counts"][why].format(n=n, when=when) for why, n in sorted(counted.items())]
    return str(said["nobody"]).format(reasons=said["comma"].join(told) or said["nobody_does"])


def _reasons(best: Candidate, asked: Asked) -> list[str]:
    said, helper = words()["suggestion"]["reasons"], best.helper
    found = []
    if best.last is not None and asked.elder:
        found.append(said["last"].format(helper=helper.name, elder=asked.elder))
    found.append(said["service"].format(service=service(asked.intent)))
    area = next((each for each in helper.areas if each in asked.place), "")
    if area:
        found.append(said["area"].format(area=area))
    elif asked.place:
        found.append(said["everywhere"])
    found += [said["works"].format(when=when_of(asked)), _load(best)]
    found.append(price_told(best, asked.intent))
    return found


def _load(best: Candidate) -> str:
    said = words()["suggestion"]["reasons"]
    if not best.load:
        return str(said["idle"])
    name = "load_of" if best.helper.most else "load"
    return str(said[name]).format(n=best.load, most=best.helper.most)


def price_told(each: Candidate, intent: str) -> str:
    """What it costs."""
    said = words()["suggestion"]["reasons"]
    duty = each.helper.duty(intent)
    if duty is None or duty.fen is None:
        return str(said["unpriced"])
    return price(duty.unit, duty.fen) if duty.fen else str(said["free"])


def why_not(each: Candidate, asked: Asked) -> str:
    """What speaks against somebody; empty when nothing does."""
    said = words()["suggestion"]
    when = when_of(asked)
    told = [
        said["against"][why].format(when=when, n=each.load, most=each.helper.most)
        for why in each.against
    ]
    return str(said["comma"]).join(told)


def when_of(asked: Asked) -> str:
    """The moment as staff say it."""
    said = words()["suggestion"]["when"]
    if asked.now:
        return str(said["now"])
    name = "day" if asked.at is None else "moment"
    at = "" if asked.at is None else f"{asked.at:%H:%M}"
    return str(said[name]).format(m=asked.day.month, d=asked.day.day, time=at)
