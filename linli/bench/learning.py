"""Learning: hard wordings put right on the console, half of them; what becomes of all.

Half of 60 wordings that nobody had taught, and half of the utterances of the development sets
that are misunderstood, go the whole way: a request is filed as understood, staff correct it over
HTTP, a supervisor approves, `linli learn apply` measures and applies. The other half, the blind
set and ordinary talk must not get worse.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import thread_time
from typing import Any, Final

import requests

from intents.engine import Engine
from intents.understanding.taught import Lesson, read_lessons
from linli import learn
from linli.console import site_of
from linli.learn_effect import BLIND, cases
from linli.score import median_and_p95
from linli.taught import folder_of
from station import lessons
from station.anonymous import rules
from station.console.serve import beside
from station.console.words import told
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import Settings
from station.utterances import Utterance

from .intents import CHAT, DATA, NOW, SETS, TALK, faults, share, utterances
from .row import Row

HARD: Final = DATA / "lessons.jsonl"
"""60 wordings, each with what it means and said again twice: misheard, and a little differently."""
_PASSWORD: Final = "learning-by-correcting"  # noqa: S105 - of a station that lives for a minute
_MANY: Final = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """A wording with what it means."""

    text: str
    """The words."""
    intent: str
    """What is wanted."""
    slots: dict[str, Any]
    """Details that count."""
    again: tuple[str, ...] = ()
    """The same, said again."""

    def right(self, engine: Engine, text: str) -> bool:
        """Whether an engine understands words as these are meant."""
        first = engine.understand(text, NOW).first
        slots = all(first.slots.get(name) == value for name, value in self.slots.items())
        return first.name == self.intent and slots


def hard() -> list[Said]:
    """The 60."""
    rows = map(json.loads, HARD.read_text("utf-8").splitlines())
    return [Said(r["text"], r["intent"], r["slots"], tuple(r["again"])) for r in rows]


def failing(engine: Engine) -> list[Said]:
    """What is misunderstood of the sets that understanding is developed with."""
    every = (row for name in SETS if name != BLIND for row in utterances(name))
    told_ = [Said(row["text"], row["intent"], _taught(row["slots"])) for row in every]
    wanted = set(told()["services"]) - {"emergency", "operator"}
    return [each for each in told_ if each.intent in wanted and not each.right(engine, each.text)]


def _taught(slots: dict[str, Any]) -> dict[str, Any]:
    """The details that a correction teaches."""
    return {name: slots[name] for name in rules()["teachable"] if slots.get(name) is not None}


class Staff(requests.Session):
    """Somebody at the console."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.trust_env = False
        self._address = address.rstrip("/")

    def submit(self, path: str, **form: Any) -> str:
        """Fill in a form as the page stands; gives the page afterwards."""
        shown = path if path in {"/first", "/login"} else "/me"
        seen = self.get(self._address + shown, timeout=60).text
        key = re.findall(r'name="key" value="(\w+)"', seen)[0]
        answer = self.post(self._address + path, data={"key": key, **form}, timeout=60)
        answer.raise_for_status()
        return answer.text


@contextmanager
def console(settings: Settings, ledger: Ledger) -> Iterator[Staff]:
    """The real console, served, with its first supervisor at it."""
    site = site_of(settings, ledger)
    with beside(site) as address:
        staff = Staff(address)
        staff.submit("/first", code=site.accounts.first_code(), login="wangfang", name="W",
                   password=_PASSWORD)  # fmt: skip
        staff.submit("/login", login="wangfang", password=_PASSWORD)
        yield staff


def put_right(ledger: Ledger, staff: Staff, engine: Engine, said: Said) -> None:
    """An elder says it, it is filed as understood, and staff correct what is wrong."""
    first = engine.understand(said.text, NOW).first
    intent = first.name if first.name in told()["services"] else "operator"
    talk = f"talk {said.text}"
    ledger.add_utterance(Utterance(talk, 1, ledger.now(), text=said.text, confidence=0.7))
    number = ledger.file(FiledRequest(intent, first.slots, conversation=talk)).number
    if intent != said.intent:
        staff.submit(f"/requests/{number}/change", intent=said.intent)
    slots = {f"slot.{name}": value for name, value in said.slots.items()}
    staff.submit(f"/requests/{number}/change", **slots)


def _shares(name: str, engines: Sequence[Engine], said: Sequence[Said]) -> Iterator[Row]:
    """How many are right before and after, as said and as said again."""
    for what, texts in (
        ("the very words", [(each, each.text) for each in said]),
        ("said again", [(each, text) for each in said for text in each.again]),
    ):
        if texts:
            before, after = (sum(s.right(e, text) for s, text in texts) for e in engines)
            yield _compared(f"{name}, {what}", before, after, len(texts))


def _blind(engines: Sequence[Engine]) -> Row:
    rows = utterances(BLIND)

    def right(engine: Engine) -> int:
        found = ((row, engine.understand(row["text"], NOW).first) for row in rows)
        return sum(
            first.name in (row["intent"], *row.get("accept", {}).get("intent", ()))
            and not faults(first.slots, row["slots"], row.get("accept"))
            for row, first in found
        )

    before, after = map(right, engines)
    return _compared("blind set, intent and slots", before, after, len(rows))


def _compared(what: str, before: int, after: int, n: int) -> Row:
    """How many of `n` are right now, where it must not be fewer than before."""
    was = f"{share(before, n)} %"
    return Row(what, share(after, n), "%", f"≥ {was}", after >= before, n, f"{was} before")


def _alarms(engines: Sequence[Engine]) -> Row:
    said = [*CHAT.read_text("utf-8").splitlines(), *TALK.read_text("utf-8").splitlines()]
    before, after = (sum(engine.emergency(text) is not None for text in said) for engine in engines)
    return Row("false alarms in ordinary talk", after, "count", f"≤ {before}", after <= before,
               len(said), f"{before} before")  # fmt: skip


def _speed(engine: Engine) -> Iterator[Row]:
    """What a thousand lessons cost an utterance; CPU time, for other work takes none of it."""
    told_ = [case for case in cases() if not case.loose][::2]
    many = [Lesson(f"{n:032d}", case.text, case.intent) for n, case in enumerate(told_[:_MANY])]
    for lessons_ in ([], many):
        taught, taken = engine.taught(lessons_), []
        for row in utterances(BLIND):
            started = thread_time()
            taught.understand(row["text"], NOW)
            taken.append((thread_time() - started) * 1000)
        median, p95 = median_and_p95(taken)
        what = f"CPU time of an utterance with {len(lessons_)} lessons, 95th percentile"
        yield Row(what, round(p95, 2), "ms", "≤ 6", p95 <= 6, len(taken), f"median {median:.2f} ms")


def run(quick: bool) -> list[Row]:
    """The whole way with half, then everything measured."""
    before = Engine.load()
    own, known = hard(), [] if quick else failing(before)
    halves = {"60 hard wordings": own, "failing in development": known}
    wrong = [s for group in halves.values() for s in group[::2] if not s.right(before, s.text)]
    with tempfile.TemporaryDirectory() as folder:
        shipped = Settings.load(None, base=Path(folder))
        moved = shipped.data.model_copy(update={"ledger": Path(folder) / "ledger.db"})
        settings = shipped.model_copy(update={"data": moved})
        with Ledger.open(settings.data.ledger) as ledger:
            with console(settings, ledger) as staff:
                for each in wrong:
                    put_right(ledger, staff, before, each)
                for found in lessons.lessons(ledger.store, "new"):
                    staff.submit(f"/lessons/{found.id}/approve")
            plan = learn.apply(settings, ledger, before, cases(), by="bench", tell=_quietly)
        after = before.taught(read_lessons(folder_of(settings)))
    if plan is None:
        raise RuntimeError("no correction became a lesson: the console keeps none")
    engines, effect = (before, after), plan.effect
    result = [
        Row("corrected on the console", len(wrong), "count", n=len(own) + len(known)),
        Row("of them applied", len(plan.new), "count", note=f"{len(plan.left)} cannot be taught"),
        Row("mended elsewhere", len(effect.fixed), "count", n=effect.cases),
        Row("broken elsewhere", len(effect.broken), "count", "0", not effect.broken, effect.cases),
        Row("emergencies lost", len(effect.lost), "count", "0", not effect.lost, effect.cases),
    ]
    for name, group in halves.items():
        result += _shares(f"{name}, the half that was corrected", engines, group[::2])
        result += _shares(f"{name}, the other half", engines, group[1::2])
    result += [_blind(engines), _alarms(engines), *_speed(before)]
    return result


def _quietly(_: str) -> None:
    """What a supervisor would read."""
