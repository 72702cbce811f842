"""`linli learn`: approved lessons into the station's own examples, measured, and back again.

What is applied lies in a folder beside the ledger, one file each time it was done, and nowhere
else: a lesson is applied when its file is there, and undoing is taking the newest file away.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from intents.engine import Engine
from intents.understanding.taught import Lesson, read_file, read_lessons
from station import audit, lessons
from station.copying import sync_folder, write_text
from station.ledger import Ledger
from station.settings import Settings

from .errors import LinliError
from .learn_effect import ALARM, Case, Change, Effect, effect, holds, spoken
from .paths import ASSETS
from .taught import folder_of

Tell = Callable[[str], object]
"""Says a line to whoever gave the command."""

_HEAD: Final = "# Written by `linli learn apply`, taken back by `linli learn undo`.\n"


class Refused(LinliError):
    """The lessons would do more harm than good; nothing was applied."""

    code = "refused"


@cache
def words() -> Mapping[str, Any]:
    """What these commands say, from `assets/text/learn.yaml`."""
    loaded: Mapping[str, Any] = yaml.safe_load((ASSETS / "text" / "learn.yaml").read_text("utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be applied, and what it would change."""

    new: tuple[Lesson, ...]
    """Lessons that take."""
    already: int
    """How many of them were understood before."""
    left: tuple[tuple[int, str], ...]
    """Rows of those that cannot be taught, and why."""
    broken: tuple[Change, ...]
    """Lessons of earlier times that would not hold any more."""
    effect: Effect
    """On everything else."""

    @property
    def dangerous(self) -> bool:
        """An emergency is lost or an alarm raised without cause: never applied."""
        return bool(self.effect.lost or self.effect.false)

    @property
    def worse(self) -> tuple[Change, ...]:
        """What breaks, where that is more than is mended: to be confirmed one by one."""
        broken = (*self.broken, *self.effect.broken)
        mended = len(self.effect.fixed) + len(self.new) - self.already
        return broken if len(broken) > mended else ()


def files(folder: Path) -> list[Path]:
    """What was applied, oldest first."""
    return sorted(folder.glob("*.yaml"))


def applied(settings: Settings) -> frozenset[str]:
    """The uids of what is applied. Raises DataError where a file cannot be read."""
    return frozenset(each.uid for each in read_lessons(folder_of(settings)))


def example(known: lessons.Lesson) -> Lesson:
    """An approved lesson as the engine takes it."""
    alarm = known.intent == ALARM and known.ready
    return Lesson(known.uid, known.text, known.intent, known.slots, known.asked, alarm)


def plan(engine: Engine, waiting: Sequence[lessons.Lesson], told: Iterable[Case]) -> Plan:
    """What applying would change; `engine` knows what is applied now. Changes nothing."""
    now, wanted = engine.lessons, [example(each) for each in waiting]
    trial = engine.taught((*now, *wanted))
    takes = [holds(trial, each) for each in wanted]
    left = tuple(
        (known.id, _why(trial, each))
        for known, each, good in zip(waiting, wanted, takes, strict=True)
        if not good
    )
    new = tuple(each for each, good in zip(wanted, takes, strict=True) if good)
    after = engine.taught((*now, *new))
    broken = tuple(
        Change(Case(f"lesson:{each.uid[:8]}", each.text, each.intent, each.slots), "", "")
        for each in now
        if holds(engine, each) and not holds(after, each)
    )
    return Plan(new, sum(holds(engine, each) for each in new), left, broken,
                effect(engine, after, told))  # fmt: skip


def _why(trial: Engine, each: Lesson) -> str:
    """Why a lesson does not take, in words for a supervisor."""
    said, text = words()["apply"]["why"], spoken(each)
    if trial.emergency(text) and each.intent != ALARM:
        return str(said["alarm"])
    near = trial.lesson_for(text)
    if near is None and not each.asked:
        return str(said["short"])
    if near is not None and near.lesson.uid != each.uid:
        return str(said["other"]).format(text=near.lesson.text)
    return str(said["reading"])


def waiting(settings: Settings, ledger: Ledger) -> list[lessons.Lesson]:
    """Approved lessons that are not applied yet, oldest first."""
    done = applied(settings)
    found = lessons.lessons(ledger.store, "approved", limit=100_000)
    return [each for each in reversed(found) if each.ready and each.uid not in done]


def apply(
    settings: Settings,
    ledger: Ledger,
    engine: Engine,
    told: Iterable[Case],
    *,
    by: str,
    tell: Tell,
    confirm: Collection[str] = (),
    dry: bool = False,
) -> Plan | None:
    """Measure and, unless it does harm, apply what was approved; None: nothing waits.

    `confirm`: ids of cases that may break. Raises Refused, LedgerError, DataError or OSError.
    """
    said, wanted = words()["apply"], waiting(settings, ledger)
    if not wanted:
        tell(said["none"])
        return None
    made = plan(engine, wanted, told)
    for line in report(made):
        tell(line)
    if made.dangerous:
        raise Refused(said["dangerous"])
    doubtful = [each.case.id for each in made.worse if each.case.id not in confirm]
    if doubtful:
        raise Refused(said["worse"].format(options=" ".join(f"--confirm {i}" for i in doubtful)))
    if dry or not made.new:
        tell(said["dry"] if dry else said["none"])
        return made
    file = take(settings, ledger, made, by=by)
    tell(said["done"].format(n=len(made.new), file=file))
    return made


def take(settings: Settings, ledger: Ledger, made: Plan, *, by: str) -> Path:
    """Apply a plan that does no harm, with a line in the audit; gives the new file."""
    file = write(folder_of(settings), made.new)
    detail = {"lessons": len(made.new), "fixed": len(made.effect.fixed),
              "broken": len(made.effect.broken) + len(made.broken)}  # fmt: skip
    audit.record(ledger.store, at=ledger.now(), by=by, what="lessons.applied", target=file.name,
                 detail=detail)  # fmt: skip
    return file


def report(made: Plan) -> Iterator[str]:
    """A plan in words."""
    said = words()["apply"]
    yield said["new"].format(n=len(made.new), already=made.already)
    for id_, why in made.left:
        yield said["left"].format(id=id_, why=why)
    found = made.effect
    yield said["measured"].format(
        n=found.cases, fixed=len(found.fixed), broken=len(found.broken), lost=len(found.lost),
        false=len(found.false), median=found.median, p95=found.p95,
    )  # fmt: skip
    groups = {"fixed": found.fixed, "broken": found.broken, "lost": found.lost,
              "false": found.false, "lesson": made.broken}  # fmt: skip
    for kind, changes in groups.items():
        for each in changes:
            yield said["change"].format(
                kind=said["kinds"][kind], id=each.case.id, text=each.case.text,
                before=each.before, after=each.after,
            )  # fmt: skip


def write(folder: Path, new: Sequence[Lesson]) -> Path:
    """A new file with these lessons, to the disk; gives it."""
    folder.mkdir(parents=True, exist_ok=True)
    number = int(files(folder)[-1].stem) + 1 if files(folder) else 1
    file, part = folder / f"{number:04d}.yaml", folder / f"{number:04d}.part"
    part.unlink(missing_ok=True)
    told = [_entry(each) for each in new]
    write_text(part, _HEAD + yaml.safe_dump({"lessons": told}, allow_unicode=True, sort_keys=False))
    part.rename(file)
    sync_folder(folder)
    return file


def _entry(each: Lesson) -> dict[str, Any]:
    entry: dict[str, Any] = {"uid": each.uid, "text": each.text, "intent": each.intent}
    entry |= {"slots": dict(each.slots)} if each.slots else {}
    entry |= {"asked": each.asked} if each.asked else {}
    return entry | ({"alarm": True} if each.alarm else {})


def undo(settings: Settings, ledger: Ledger, *, by: str, tell: Tell) -> bool:
    """Take the newest applying back: the folder is as it was before; False: nothing is applied."""
    folder, said = folder_of(settings), words()["undo"]
    newest = files(folder)[-1:]
    if not newest:
        tell(said["none"])
        return False
    count = newest[0].read_text("utf-8").count("\n- uid:")
    newest[0].unlink()
    sync_folder(folder)
    if not any(folder.iterdir()):
        folder.rmdir()
    audit.record(ledger.store, at=ledger.now(), by=by, what="lessons.undone", target=newest[0].name)
    tell(said["done"].format(n=count))
    return True


def check(settings: Settings, engine: Engine) -> list[tuple[str, Lesson]]:
    """Applied lessons that `engine` does not understand as they say, with their file's name."""
    return [
        (file.stem, each)
        for file in files(folder_of(settings))
        for each in read_file(file)
        if not holds(engine, each)
    ]


def export(ledger: Ledger, file: Path) -> int:
    """Write what was approved, without who, when and whose; gives how many."""
    found = [each for each in reversed(lessons.lessons(ledger.store, "approved")) if each.ready]
    rows = [
        {"uid": each.uid, "text": each.text, "alternatives": list(each.alternatives),
         "asked": each.asked, "understood": dict(each.understood),
         "corrected": dict(each.corrected)}
        for each in found
    ]  # fmt: skip
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    file.write_text(text, "utf-8")
    return len(rows)
