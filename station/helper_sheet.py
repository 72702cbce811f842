"""The list of helpers as a table: judged row by row before anything is kept, and written.

A row is a known helper by name. Empty cells change nothing; prices are taken only from a
supervisor. All words are in `assets/text/dispatch.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from . import audit, helpers
from .dispatch_words import words
from .helper_words import (
    WrongText,
    areas_of,
    duties_of,
    duties_text,
    hours_of,
    hours_text,
    kind_of,
    serviced,
)
from .helpers import Duty, Helper
from .ledger import Ledger
from .register import Problem
from .residents import phone_key
from .sheets import FORMULA, Line, SheetError

LONGEST: Final = 200
_MOST: Final = {"name": 40, "phone": 30, "most": 4, "services": 500, "hours": 300}
_PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|\d{3,6}|[48]00\d{7}")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")


@dataclass(frozen=True, slots=True)
class Judged:
    """A row that can be kept."""

    row: int
    """As the table program numbers it."""
    helper: Helper
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

    @property
    def counts(self) -> dict[str, int]:
        """How many rows are new, changed, the same, bad, and all of them."""
        does = [each.does for each in self.good]
        told = {name: does.count(name) for name in ("new", "changed", "same")}
        return told | {"bad": len(self.bad), "rows": len(does) + len(self.bad)}


def judge(lines: Sequence[Line], ledger: Ledger, *, prices: bool) -> Reading:
    """Judge every row; changes nothing. Raises SheetError."""
    if not lines:
        raise SheetError(words()["problems"]["empty"])
    columns = _columns(lines[0][1])
    reading, seen = Reading(), dict[str, int]()
    for row, cells in lines[1:]:
        told = {name: cells[at] for name, at in columns.items() if at < len(cells) and cells[at]}
        if not told:
            continue
        try:
            _check_alone(told.get("name", ""), row, seen)
            reading.good.append(_judged(ledger, row, told, prices=prices))
        except WrongText as wrong:
            value = told.get("name") or next(iter(told.values()))
            reading.bad.append(Problem(row, value[:20], str(wrong)))
    return reading


def apply(reading: Reading, ledger: Ledger, *, by: str, prices: bool) -> int:
    """Keep all good rows, in one transaction; how many. Raises LedgerError."""
    wanted = [each.helper for each in reading.good if each.does != "same"]
    now = ledger.now()
    with ledger.store.writing("import the helpers") as db:
        for each in wanted:
            helpers.put(db, ledger.store, each, by=by, at=now, prices=prices)
        counts = {name: reading.counts[name] for name in ("new", "changed")}
        audit.append(db, at=now, by=by, what="helpers.imported", detail=counts)
    return len(wanted)


def table(found: Iterable[Helper]) -> Iterator[list[str]]:
    """The list as rows, with a header; reading them again changes nothing."""
    yield [names[0] for names in words()["columns"].values()]
    for each in found:
        yield [
            each.name,
            words()["kinds"][each.kind],
            each.phone,
            duties_text(each.duties),
            "、".join(each.areas),
            hours_text(each.hours),
            str(each.most or ""),
            each.note,
        ]


def _columns(header: Sequence[str]) -> dict[str, int]:
    said = words()
    known = {_plain(title): name for name, titles in said["columns"].items() for title in titles}
    found: dict[str, int] = {}
    for at, title in enumerate(header):
        name = known.get(_plain(title))
        if name in found:
            raise SheetError(said["problems"]["column_twice"].format(column=title))
        if name is not None:
            found[name] = at
    if "name" not in found:
        columns = "、".join(titles[0] for titles in said["columns"].values())
        raise SheetError(said["problems"]["no_header"].format(columns=columns))
    return found


def _plain(title: str) -> str:
    return re.sub(r"[\s(].*|\s", "", unicodedata.normalize("NFKC", title)).casefold()


def _check_alone(name: str, row: int, seen: dict[str, int]) -> None:
    """Nobody twice in one table."""
    if name and seen.setdefault(name, row) != row:
        raise WrongText("twice", other=seen[name])


def _judged(ledger: Ledger, row: int, told: Mapping[str, str], *, prices: bool) -> Judged:
    known = helpers.by_name(ledger.store, told.get("name", ""))
    wanted = filled(told, known)
    if not prices or wanted.kind == helpers.FREE:
        wanted = replace(wanted, duties=tuple(helpers.priced(wanted, known, prices=prices)))
    if known is None:
        return Judged(row, wanted, "new")
    return Judged(row, wanted, "same" if wanted == known else "changed")


def filled(told: Mapping[str, str], known: Helper | None) -> Helper:
    """A helper as a row or a form tells them; what it does not tell stays. Raises WrongText."""
    for name, value in told.items():
        _check(name, value)
    if not told.get("name", "").strip():
        raise WrongText("no_name")
    before = known or Helper("office", told["name"].strip())
    if known is None or "kind" in told:
        before = replace(before, kind=kind_of(told.get("kind", "").strip()))
    values: dict[str, Any] = {"name": told["name"].strip()}
    if "phone" in told:
        values["phone"] = _phone(told["phone"])
    if "services" in told:
        values["duties"] = _known_prices(duties_of(told["services"], serviced()), before)
    if "areas" in told:
        values["areas"] = areas_of(told["areas"])
    if "hours" in told:
        values["hours"] = hours_of(told["hours"])
    if "most" in told:
        values["most"] = _most(told["most"])
    if "note" in told:
        values["note"] = told["note"].strip()
    return replace(before, **values)


def _known_prices(duties: Iterable[Duty], before: Helper) -> tuple[Duty, ...]:
    """A service without a price keeps the one it has."""
    return tuple(each if each.fen is not None else before.duty(each.intent) or each
                 for each in duties)  # fmt: skip


def _check(name: str, value: str) -> None:
    column, most = words()["columns"][name][0], _MOST.get(name, LONGEST)
    if value == FORMULA or value.startswith(("=", "@")):
        raise WrongText("formula", column=column)
    if _IDENTITY.search(value):
        raise WrongText("identity", column=column)
    if len(value) > most:
        raise WrongText("long", column=column, most=most)


def _phone(text: str) -> str:
    key = phone_key(text)
    if text.strip() and not _PHONE.fullmatch(key):
        raise WrongText("phone", value=text[:20])
    return key


def _most(text: str) -> int:
    plain = text.strip() or "0"
    if not (plain.isascii() and plain.isdecimal()) or int(plain) > 999:
        raise WrongText("most", value=text)
    return int(plain)
