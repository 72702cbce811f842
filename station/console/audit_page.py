"""The audit: who saw, played and changed what, and the proof that the record is whole."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import yaml
from starlette.responses import Response

from station import audit, sheets
from station.audit import BrokenAudit, Entry
from station.clock import BEIJING, to_text
from station.requests import SELECT_CHANGE, change_of
from station.store import Store
from station.words import WORDS

from .board import names_of
from .mask import masked
from .render import page
from .reports import XLSX
from .site import Visit, whole
from .story import lines, name_of

PAGE: Final = 50
"""Lines a page."""
MOST: Final = 50_000
"""Lines of an export."""
_NAMES: Final = ("kind", "by", "what", "target", "since", "until")


@cache
def words() -> Mapping[str, Any]:
    """What the page says."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.with_name("audit.yaml").read_text("utf-8"))
    return loaded


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the record."""

    id: int
    """Its number."""
    at: str
    """When."""
    who: str
    """Who, by name."""
    what: str
    """What was done."""
    target: str
    """To what."""
    link: str
    """The page of it; empty: there is none."""
    detail: str
    """More."""


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which lines; None: any."""

    by: str | None
    """Of this login."""
    what: str | None
    """This deed."""
    target: str | None
    """About this."""
    since: datetime | None
    """From this moment on."""
    until: datetime | None
    """Before this moment."""


def record(visit: Visit) -> Response:
    """The page."""
    return _page(visit)


def verify(visit: Visit) -> Response:
    """Read the whole chain and tell; the audit knows who wanted to know."""
    said, site = words(), visit.site
    try:
        heads = audit.noted_heads(site.heads) if site.heads else []
    except BrokenAudit as error:
        return _page(visit, masked(str(error)), wrong=True)
    with closing(Store.open(site.ledger.store.path)) as own:
        found = audit.verify(own, heads)
    visit.note("audit.verified", detail={"entries": found.head.id, "broken": found.broken})
    if found.broken is not None:
        told = said["broken"].format(id=found.broken, why=said["why"][found.why])
        return _page(visit, told, wrong=True)
    told = said["whole"].format(count=found.head.id, hash=found.head.hash)
    told = told if found.head.id else said["empty"]
    return _page(visit, f"{told} {said['heads'].format(n=len(heads))}" if heads else told)


def excel(visit: Visit) -> Response:
    """The lines that are asked for, as a workbook."""
    asked = _asked(visit)
    found = list(_found(visit, asked, None, MOST))
    visit.note("audit.exported", detail={"count": len(found)})
    rows = [words()["columns"]]
    rows += [[str(e.id), e.at, e.who, e.what, e.target, e.detail] for e in found]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "audit.xlsx"
        sheets.write(path, rows)
        book = path.read_bytes()
    name = quote(f"{words()['title']}-{visit.now:%Y-%m-%d}.xlsx")
    kept = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(book, media_type=XLSX, headers=kept)


def _page(visit: Visit, said: str = "", *, wrong: bool = False) -> Response:
    asked = _asked(visit)
    found = list(_found(visit, asked, whole(visit.asked("after")), PAGE + 1))
    after = found[PAGE - 1].id if len(found) > PAGE else None
    about = {name: value for name, value in asked.items() if value}
    kinds = words()["changed" if asked["kind"] == "changes" else "what"]
    return page(
        visit,
        "audit.html",
        said=said,
        wrong=wrong,
        a=words(),
        asked=asked,
        found=found[:PAGE],
        whats=kinds,
        older=after and "/audit?" + urlencode({**about, "after": after}),
        excel="/audit/excel?" + urlencode(about),
        members=visit.site.accounts.members(),
    )


def _asked(visit: Visit) -> dict[str, str]:
    return {name: visit.asked(name)[:60] for name in _NAMES}


def _found(visit: Visit, asked: Mapping[str, str], before: int | None, most: int) -> Iterator[Line]:
    wanted = _Wanted(
        asked["by"] or None,
        asked["what"] or None,
        _target(asked["target"]) or None,
        _day(asked["since"]),
        _day(asked["until"], after=1),
    )
    names = names_of(visit)
    # With a connection of its own: nobody at the board waits for a long look back.
    with closing(Store.open(visit.site.ledger.store.path)) as own:
        if asked["kind"] == "changes":
            yield from _changes(own, wanted, before, most, names)
            return
        for entry in audit.entries(
            own, before=before, by=wanted.by, what=wanted.what, target=wanted.target,
            since=wanted.since, until=wanted.until, limit=most,
        ):  # fmt: skip
            yield _line(entry, names)


def _target(text: str) -> str:
    """Of a request its number alone is enough."""
    return f"request {text}" if re.fullmatch(r"\d{4}-\d+", text) else text


def _day(text: str, after: int = 0) -> datetime | None:
    try:
        day = date.fromisoformat(text) + timedelta(days=after)
        return datetime.combine(day, time(), BEIJING) if day.year > 1 else None
    except (ValueError, OverflowError):
        return None


def _line(entry: Entry, names: Mapping[str, str]) -> Line:
    detail = "，".join(f"{name}: {value}" for name, value in entry.detail.items())
    number = entry.target.removeprefix("request ")
    kind, space, rest = entry.target.partition(" ")
    target = f"{words()['targets'].get(kind, kind)}{space}{rest}"
    return Line(
        entry.id,
        f"{entry.at:%Y-%m-%d %H:%M:%S}",
        _who(entry.by, names),
        str(words()["what"].get(entry.what, entry.what)),
        target,
        f"/requests/{quote(number)}" if number != entry.target else "",
        masked(detail),
    )


def _who(by: str, names: Mapping[str, str]) -> str:
    if by.startswith("shell:"):
        return str(words()["shell"]).format(user=by.removeprefix("shell:"))
    return name_of(by, names)


def _changes(
    store: Store, wanted: _Wanted, before: int | None, most: int, names: Mapping[str, str]
) -> Iterator[Line]:
    """What people changed in requests; what elders and the machine did stands in each request."""
    number = wanted.target and wanted.target.removeprefix("request ")
    chosen = {
        "events.id <": before,
        "events.by =": wanted.by,
        "events.what =": wanted.what,
        "requests.number =": number,
        "events.at >=": wanted.since and to_text(wanted.since),
        "events.at <": wanted.until and to_text(wanted.until),
    }
    given = {name: value for name, value in chosen.items() if value is not None}
    where = "".join(f" AND {name} ?" for name in given)
    sql = (
        f"{SELECT_CHANGE} WHERE events.by NOT IN ('elder', 'linli'){where}"
        " ORDER BY events.id DESC LIMIT ?"
    )
    for row in store.read(sql, (*given.values(), most), what="read the changes"):
        change = change_of(row)
        (told,) = lines([change], names)
        text = "；".join([*told.what, *([told.note] if told.note else [])])
        yield Line(
            change.id,
            f"{change.at:%Y-%m-%d %H:%M:%S}",
            told.who,
            str(words()["changed"][change.what]),
            f"{words()['targets']['request']} {change.number}",
            f"/requests/{change.number}",
            masked(text),
        )
