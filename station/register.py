"""The register of residents as a table: read row by row, each judged before anything is kept.

A row is a known resident by its card, else by name and telephone together; else it is
somebody new. Empty cells change nothing. All words are in `assets/text/register.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from . import audit, clock
from .ledger import Ledger
from .register_row import WrongCell, resident_of, words
from .residents import Contact, Resident, phone_key, upsert
from .sheets import Line, SheetError


@dataclass(frozen=True, slots=True)
class Problem:
    """Something about a row that a person has to mend."""

    row: int
    """As the table program numbers it."""
    value: str
    """What stands there."""
    what: str
    """What is wrong and what to do, in Chinese."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row that can be kept."""

    row: int
    """As the table program numbers it."""
    resident: Resident
    """As they will be; with their id when known already."""
    does: Literal["new", "changed", "same"]
    """What keeping it does."""


@dataclass(slots=True)
class Reading:
    """What a table says."""

    good: list[Judged] = field(default_factory=list)
    """Rows that can be kept."""
    bad: list[Problem] = field(default_factory=list)
    """Rows that cannot."""
    shared: list[Problem] = field(default_factory=list)
    """Good rows whose number somebody else has, too."""
    unknown: list[str] = field(default_factory=list)
    """Columns that were not read."""

    def count(self, does: str) -> int:
        """How many good rows are new, changed or the same."""
        return sum(judged.does == does for judged in self.good)


def judge(lines: Sequence[Line], ledger: Ledger) -> Reading:
    """Judge every row against the others and the ledger; changes nothing. Raises SheetError."""
    if not lines:
        raise SheetError(words()["file"]["empty"])
    reading = Reading()
    columns = _columns(lines[0][1], reading)
    cards: dict[str, int] = {}
    people: dict[tuple[str, str], int] = {}
    for row, cells in lines[1:]:
        told = {name: cells[at] for name, at in columns.items() if at < len(cells) and cells[at]}
        if not told:
            continue
        try:
            resident = resident_of(told)
            _check_alone(resident, row, cards, people)
            judged = _against(ledger, resident, row, told)
        except WrongCell as bad:
            value = bad.value or told.get("name", "")
            reading.bad.append(Problem(row, value, bad.problem))
            continue
        reading.good.append(judged)
        reading.shared += _shared(ledger, judged)
    return reading


def apply(reading: Reading, ledger: Ledger, by: str) -> int:
    """Keep all good rows, in one transaction, and tell the audit; how many. Raises LedgerError."""
    now = ledger.now()
    wanted = [each.resident for each in reading.good if each.does != "same"]
    with ledger.store.writing("import the register") as db:
        for resident in wanted:
            upsert(db, resident, clock.to_text(now))
        detail = {"new": reading.count("new"), "changed": reading.count("changed")}
        audit.append(db, at=now, by=by, what="residents.imported", detail=detail)
    return len(wanted)


def table(residents: Iterable[Resident]) -> Iterator[list[str]]:
    """The register as rows, with a header; reading them again changes nothing."""
    said = words()
    many, contact = int(said["contacts"]), said["contact"]
    yield [names[0] for names in said["columns"].values()] + [
        title.format(n=n) for n in range(1, many + 1) for title in contact.values()
    ]
    for resident in residents:
        cells = [_shown(getattr(resident, name)) for name in said["columns"]]
        for each in (*resident.contacts, *[Contact("")] * many)[:many]:
            cells += [_shown(getattr(each, name)) for name in contact]
        yield cells


def _shown(value: object) -> str:
    said = words()
    if isinstance(value, bool):
        return str(said["shown"]["yes" if value else "no"])
    if isinstance(value, tuple):
        return str(said["between"]).join(value)
    return "" if value is None else str(value)


def _columns(header: Sequence[str], reading: Reading) -> dict[str, int]:
    said = words()
    known = {_name(title): name for name, titles in said["columns"].items() for title in titles}
    for n in range(1, int(said["contacts"]) + 1):
        known |= {_name(t.format(n=n)): f"contact {n} {k}" for k, t in said["contact"].items()}
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        name = known.get(_name(title))
        if name is None:
            reading.unknown += [title] if title else []
        elif name in found:
            raise SheetError(said["file"]["twice"].format(column=title))
        else:
            found[name] = at
    if "name" not in found:
        columns = said["between"].join(titles[0] for titles in said["columns"].values())
        raise SheetError(said["file"]["no_header"].format(columns=columns))
    return found


def _name(title: str) -> str:
    return re.sub(r"[\s*（(].*|\s", "", unicodedata.normalize("NFKC", title)).casefold()


def _check_alone(
    resident: Resident, row: int, cards: dict[str, int], people: dict[tuple[str, str], int]
) -> None:
    """Nobody twice in one table."""
    if resident.card:
        if resident.card in cards:
            raise WrongCell("card_twice", resident.card, other=cards[resident.card])
        cards[resident.card] = row
    for phone in resident.phones:
        other = people.setdefault((resident.name, phone), row)
        if other != row:
            raise WrongCell("twice", f"{resident.name} {phone}", other=other)


def _against(ledger: Ledger, resident: Resident, row: int, told: Mapping[str, str]) -> Judged:
    """Who this is in the ledger, and what keeping the row does."""
    known = ledger.resident_by_card(resident.card) if resident.card else None
    if known is not None and known.name != resident.name:
        raise WrongCell("card_taken", resident.card or "", name=known.name)
    if known is None:
        namesakes = ledger.residents_by_name(resident.name)
        known = next((each for each in namesakes if set(each.phones) & set(resident.phones)), None)
        if known is not None and known.card and resident.card:
            known = None  # another card: a namesake on the same line
        elif known is None and namesakes and not resident.card and not resident.phones:
            raise WrongCell("namesake", resident.name, count=len(namesakes))
    if known is None:
        return Judged(row, resident, "new")
    merged = _merged(known, resident, told)
    return Judged(row, merged, "same" if merged == known else "changed")


def _merged(known: Resident, resident: Resident, told: Mapping[str, str]) -> Resident:
    """What is known, with what the row tells: empty cells change nothing."""
    names = [name for name in told if not name.startswith("contact ")]
    values: dict[str, Any] = {name: getattr(resident, name) for name in names}
    if resident.contacts:
        nicks = {each.name: each.nick for each in known.contacts}
        contacts = [replace(each, nick=nicks.get(each.name, "")) for each in resident.contacts]
        values["contacts"] = (*contacts, *known.contacts[int(words()["contacts"]) :])
    merged = replace(known, **values)
    same: Callable[[Resident], Resident] = lambda one: replace(  # noqa: E731
        one, contacts=tuple(replace(each, phone=phone_key(each.phone)) for each in one.contacts)
    )
    return known if same(merged) == same(known) else merged


def _shared(ledger: Ledger, judged: Judged) -> Iterator[Problem]:
    for phone in judged.resident.phones:
        for other in ledger.residents_by_phone(phone):
            if other.id != judged.resident.id and judged.does != "same":
                text = words()["told"]["shared"]
                told = text.format(row=judged.row, value=judged.resident.name, name=other.name)
                yield Problem(judged.row, phone, told)
