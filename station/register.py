"""The register of residents as a table: read row by row, each judged before anything is kept.

A row is a known resident by its card, else by name and telephone together; else it is
somebody new. Empty cells change nothing. All words are in `assets/text/register.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import yaml

from .ledger import Ledger
from .residents import Contact, Resident, phone_key
from .sheets import FORMULA, Line, SheetError

WORDS: Final = Path(__file__).resolve().parent.parent / "assets" / "text" / "register.yaml"

_FLAGS: Final = ("wheelchair", "lives_alone")
_TEXTS: Final = ("name", "called", "address", "village", "dialect", "diet", "hospital", "note")
_MOST: Final = {"name": 40, "called": 40, "address": 200, "note": 1000}
_LONGEST: Final = 100
_BETWEEN: Final = re.compile(r"[、,，;；/\n]+|\s+(?=\+?\d{3,4}[- ]?\d{7}|1\d{10})")
_PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|\d{3,6}|[48]00\d{7}")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
_CARD: Final = re.compile(r"[A-Za-z0-9-]{1,20}")


@cache
def words() -> Mapping[str, Any]:
    """Names of columns and what is said about rows."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


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


class _Bad(Exception):
    def __init__(self, problem: str, value: str = "", **filled: object) -> None:
        super().__init__(problem)
        self.problem = words()["problems"][problem].format(**filled)
        self.value = value


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
            resident = _resident(told)
            _check_alone(resident, row, cards, people)
            judged = _against(ledger, resident, row, told)
        except _Bad as bad:
            value = bad.value or told.get("name", "")
            reading.bad.append(Problem(row, value, bad.problem))
            continue
        reading.good.append(judged)
        reading.shared += _shared(ledger, judged)
    return reading


def apply(reading: Reading, ledger: Ledger, by: str) -> int:
    """Keep all good rows, in one transaction, and tell the audit; how many. Raises LedgerError."""
    from . import audit
    from .clock import to_text
    from .residents import upsert

    now = ledger.now()
    wanted = [each.resident for each in reading.good if each.does != "same"]
    with ledger.store.writing("import the register") as db:
        for resident in wanted:
            upsert(db, resident, to_text(now))
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


def _title(name: str) -> str:
    said = words()
    if name.startswith("contact "):
        _, n, part = name.split()
        return str(said["contact"][part].format(n=n))
    return str(said["columns"][name][0])


def _resident(told: Mapping[str, str]) -> Resident:
    for name, value in told.items():
        column = _title(name)
        most = _MOST.get(name, _LONGEST)
        if value == FORMULA or value.startswith(("=", "@")):
            raise _Bad("formula", value, column=column)
        if _IDENTITY.search(value):
            raise _Bad("identity", f"{value[:6]}…", column=column)
        if len(value) > most:
            raise _Bad("long", value[:20], column=column, count=len(value), most=most)
        if any(
            unicodedata.category(each) in {"Cc", "Cs", "Co", "Cn"} for each in value if each != "\n"
        ):
            raise _Bad("control", repr(value)[:20], column=column)
    if not told.get("name"):
        raise _Bad("no_name", next(iter(told.values())))
    card = told.get("card")
    if card and not _CARD.fullmatch(card):
        raise _Bad("card", card)
    plain: dict[str, Any] = {name: told[name] for name in _TEXTS if name in told}
    return Resident(
        **plain,
        card=card,
        phones=_phones(told.get("phones", "")),
        wheelchair=_flag(told, "wheelchair"),
        lives_alone=_flag(told, "lives_alone"),
        contacts=tuple(_contacts(told)),
    )


def _phones(told: str) -> tuple[str, ...]:
    keys = []
    for each in filter(None, _BETWEEN.split(told)):
        key = phone_key(each)
        if not _PHONE.fullmatch(key) or re.search(
            r"[^\d\s+()（）-]", unicodedata.normalize("NFKC", each)
        ):
            raise _Bad("phone", each)
        keys.append(key)
    return tuple(dict.fromkeys(keys))


def _flag(told: Mapping[str, str], name: str) -> bool:
    value = unicodedata.normalize("NFKC", told.get(name, "")).casefold()
    if value and value not in words()["yes"] and value not in words()["no"]:
        raise _Bad("flag", told[name], column=_title(name))
    return value in words()["yes"]


def _contacts(told: Mapping[str, str]) -> Iterator[Contact]:
    for n in range(1, int(words()["contacts"]) + 1):
        parts = {k: told.get(f"contact {n} {k}", "") for k in words()["contact"]}
        if not any(parts.values()):
            continue
        if not parts["name"]:
            raise _Bad("contact", next(filter(None, parts.values())), n=n)
        phones = _phones(parts["phone"])
        called = tuple(filter(None, _BETWEEN.split(parts["words"])))
        yield Contact(parts["name"], parts["relation"], called, "", phones[0] if phones else "")


def _check_alone(
    resident: Resident, row: int, cards: dict[str, int], people: dict[tuple[str, str], int]
) -> None:
    """Nobody twice in one table."""
    if resident.card:
        if resident.card in cards:
            raise _Bad("card_twice", resident.card, other=cards[resident.card])
        cards[resident.card] = row
    for phone in resident.phones:
        other = people.setdefault((resident.name, phone), row)
        if other != row:
            raise _Bad("twice", f"{resident.name} {phone}", other=other)


def _against(ledger: Ledger, resident: Resident, row: int, told: Mapping[str, str]) -> Judged:
    """Who this is in the ledger, and what keeping the row does."""
    known = ledger.resident_by_card(resident.card) if resident.card else None
    if known is not None and known.name != resident.name:
        raise _Bad("card_taken", resident.card or "", name=known.name)
    if known is None:
        namesakes = ledger.residents_by_name(resident.name)
        known = next((each for each in namesakes if set(each.phones) & set(resident.phones)), None)
        if known is not None and known.card and resident.card:
            known = None  # another card: a namesake on the same line
        elif known is None and namesakes and not resident.card and not resident.phones:
            raise _Bad("namesake", resident.name, count=len(namesakes))
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
