"""All that a station keeps of one resident, in a folder to hand over.

A page to read and print, the same for programs, and every recording, message and photo. Made by
`linli residents copy`, and as one file by the console.
"""

from __future__ import annotations

import errno
import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from markdown_it import MarkdownIt

from ivr.folders import Folders
from station import audit, clock, personal
from station.dossier import Call, call_of
from station.errors import LedgerError
from station.ledger import Ledger
from station.personal import Personal, picture_of
from station.report_words import words as report_words
from station.residents import Resident
from station.settings import Settings
from station.store import Row
from station.words import told_call, told_slots
from station.words import words as station_words
from station.work_orders import told_step

from .errors import UsageError
from .law import PAGE
from .paths import ASSETS
from .photos import album_of

PAGE_NAME: Final = "index.html"
DATA: Final = "data.json"
_ROWS: Final = ("resident", "requests", "conversations", "calls", "hours")
"""What programs are given."""
_MARKS: Final = re.compile(r"[!-/:-@[-`{-~]")
"""All that Markdown may take for something else than itself."""


@cache
def words() -> Mapping[str, Any]:
    """What stands on the page."""
    file = ASSETS / "text" / "own_copy.yaml"
    loaded: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return loaded


def write(
    settings: Settings,
    ledger: Ledger,
    known: Resident,
    folder: Path,
    *,
    by: str,
    tell: Callable[[str], object],
) -> Personal:
    """Write everything into a new folder; the audit knows that it was done.

    Raises UsageError where the folder is not empty, LedgerError where it cannot be written.
    """
    with _explained(folder):
        if folder.exists() and any(folder.iterdir()):
            raise UsageError(f"{folder} is not empty: give a new folder, for this person alone")
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    audit.record(
        ledger.store, at=ledger.now(), by=by, what="resident.copied", target=f"resident {known.id}"
    )
    found = personal.collect(ledger.store, known)
    data = {name: getattr(found, name) for name in _ROWS}
    with _explained(folder):
        files = _files(settings, known, found, folder)
        (folder / DATA).write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
        (folder / PAGE_NAME).write_text(page(settings, found), "utf-8")
    counts = {"requests": len(found.requests), "talks": len(found.conversations), "files": files}
    tell(words()["done"].format(folder=folder, **counts))
    return found


def packed(settings: Settings, ledger: Ledger, known: Resident, folder: Path, *, by: str) -> Path:
    """The same as one file, in a folder that is there. Raises LedgerError."""
    inside = folder / "copy"
    write(settings, ledger, known, inside, by=by, tell=lambda _: None)
    with _explained(folder):
        return Path(shutil.make_archive(str(inside), "zip", inside))


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LedgerError(
            f"{folder}: the copy could not be written ({error.strerror}): free space on that disk",
            code="disk_full" if error.errno == errno.ENOSPC else "disk_error",
            path=folder,
        ) from error


def _files(settings: Settings, known: Resident, found: Personal, folder: Path) -> int:
    """Copy what is still there; how many."""
    missed = Folders(settings.phone.folder).missed
    wanted = [(settings.data.recordings / each, Path("recordings") / each)
              for each in found.recordings]  # fmt: skip
    wanted += [(missed / Path(each).name, Path("messages") / Path(each).name)
               for each in found.messages]  # fmt: skip
    album = album_of(settings.kiosk.photos, known.card)
    if album is not None and album.is_dir():
        wanted += [(each, Path("photos") / each.name) for each in sorted(album.iterdir())]
    here = [(source, folder / target) for source, target in wanted if source.is_file()]
    for source, target in here:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    for name, jpeg in found.pictures.items():
        target = folder / "photos" / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(jpeg)
    return len(here) + len(found.pictures)


def page(settings: Settings, found: Personal) -> str:
    """Everything as a page to read."""
    body = MarkdownIt("commonmark").enable("table").render("\n".join(_lines(settings, found)))
    frame = PAGE.read_text("utf-8")
    return frame.replace("{{body}}", body).replace("{{title}}", words()["title"])


def _lines(settings: Settings, found: Personal) -> Iterator[str]:
    said = words()
    yield said["head"].format(station=_told(settings.station.name), at=_minute(clock.now()))
    for part, rows in (
        ("register", _register(found.resident)),
        ("contacts", map(_contact, found.resident["contacts"])),
        ("requests", map(_request, found.requests)),
        ("orders", _steps(found)),
        ("hours", map(_hours, found.hours)),
        (
            "talks",
            (_turn(talk, each) for talk in found.conversations for each in talk["utterances"]),
        ),
        ("calls", map(_call, sorted(map(call_of, found.calls), key=lambda each: each.at))),
    ):
        yield said["parts"][part]["title"]
        columns = said["parts"][part]["columns"]
        yield from map(_row, [columns, ["---"] * len(columns)])
        for row in rows:
            yield _row([_told(each) for each in row])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _register(row: Row) -> Iterator[Sequence[Any]]:
    """What stands in the register, field by field."""
    profile = row["profile"] or {}
    told = row | {
        "created": _minute(clock.from_text(row["created"])),
        "dialect": station_words()["dialects"].get(row["dialect"], row["dialect"]),
        "consent": words()["consents"][profile.get("consent", "")],
        "behalf": profile.get("behalf", ()),
    }
    return ((name, told.get(field)) for field, name in words()["fields"].items())


def _contact(row: Row) -> Sequence[Any]:
    return row["name"], row["relation"], row["phone"]


def _request(row: Row) -> Sequence[Any]:
    said = station_words()
    return (
        row["number"], _minute(clock.from_text(row["created"])),
        said["intents"].get(row["intent"], row["intent"]), told_slots(row["slots"]),
        row["summary"], said["statuses"][row["status"]], row["note"],
        report_words()["scores"][row["satisfaction"]["score"]] if row["satisfaction"] else None,
    )  # fmt: skip


def _steps(found: Personal) -> Iterator[Sequence[Any]]:
    """Who came, and what they told, step by step."""
    for order in (each for request in found.requests for each in request["orders"]):
        for step in order["steps"]:
            photo = picture_of(order, step) in found.pictures
            told = told_step(order["helper"], step["what"], step["note"], photo=photo)
            yield order["number"], _minute(clock.from_text(step["at"])), told


def _hours(row: Row) -> Sequence[Any]:
    return _minute(clock.from_text(row["at"])), abs(row["minutes"]), row["note"]


def _turn(talk: Row, row: Row) -> Sequence[Any]:
    channel = station_words()["channels"].get(talk["channel"], talk["channel"])
    at = _minute(clock.from_text(row["at"]))
    return at, channel, row["text"], "".join(row["said"]), row["audio"]


def _call(call: Call) -> Sequence[Any]:
    kind = station_words()["calls"]["kinds"][call.kind]
    return _minute(call.at), kind, call.phone, told_call(call)


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


def _told(value: object) -> str:
    """A value in a cell of a table, as it is: an address with a star in it stays one."""
    if isinstance(value, (list, tuple)):
        value = "、".join(str(each) for each in value)
    text = words()["nothing"] if value is None or value == "" else str(value)
    return " ".join(_MARKS.sub(r"\\\g<0>", text).split())
