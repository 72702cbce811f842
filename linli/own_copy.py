"""`linli residents copy`: all that a station keeps of one resident, in a folder to hand over.

A page to read and print, the same for programs, and every recording, message and photo.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from markdown_it import MarkdownIt

from ivr.folders import Folders
from station import audit, clock, personal
from station.ledger import Ledger
from station.personal import Personal
from station.residents import Resident
from station.settings import Settings

from .errors import UsageError
from .law import PAGE
from .paths import ASSETS

PAGE_NAME: Final = "index.html"
DATA: Final = "data.json"


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

    Raises UsageError where the folder is not empty, LedgerError or OSError.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty: give a new folder, for this person alone")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    audit.record(
        ledger.store, at=clock.now(), by=by, what="resident.copied", target=f"resident {known.id}"
    )
    found = personal.collect(ledger.store, known)
    files = _files(settings, known, found, folder)
    data = {
        name: getattr(found, name) for name in ("resident", "requests", "conversations", "calls")
    }
    (folder / DATA).write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")
    (folder / PAGE_NAME).write_text(page(settings, found), "utf-8")
    counts = {"requests": len(found.requests), "talks": len(found.conversations), "files": files}
    tell(words()["done"].format(folder=folder, **counts))
    return found


def _files(settings: Settings, known: Resident, found: Personal, folder: Path) -> int:
    """Copy what is still there; how many."""
    missed = Folders(settings.phone.folder).missed
    wanted = [(settings.data.recordings / each, Path("recordings") / each)
              for each in found.recordings]  # fmt: skip
    wanted += [(missed / Path(each).name, Path("messages") / Path(each).name)
               for each in found.messages]  # fmt: skip
    card = known.card or ""
    photos = settings.kiosk.photos / card
    if card and Path(card).name == card and photos.is_dir():
        wanted += [(each, Path("photos") / each.name) for each in sorted(photos.iterdir())]
    here = [(source, folder / target) for source, target in wanted if source.is_file()]
    for source, target in here:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    return len(here)


def page(settings: Settings, found: Personal) -> str:
    """Everything as a page to read."""
    body = MarkdownIt("commonmark").enable("table").render("\n".join(_lines(settings, found)))
    frame = PAGE.read_text("utf-8")
    return frame.replace("{{body}}", body).replace("{{title}}", words()["title"])


def _lines(settings: Settings, found: Personal) -> Iterator[str]:
    said = words()
    at = f"{clock.now():%Y-%m-%d %H:%M}"
    yield said["head"].format(station=settings.station.name, at=at)
    yield said["register"]
    for field, name in said["fields"].items():
        yield said["row"].format(name=name, value=_told(found.resident.get(field)))
    for part, row, rows in (
        ("contacts", "contact", found.resident["contacts"]),
        ("requests", "request", found.requests),
        ("talks", "talk", [each for talk in found.conversations for each in talk["utterances"]]),
        ("calls", "call", [_call(each) for each in found.calls]),
    ):
        yield said[part]
        for each in rows:
            yield said[row].format_map({name: _told(value) for name, value in each.items()})


def _call(row: Mapping[str, Any]) -> dict[str, Any]:
    """A call of any list, told alike."""
    at = row.get("at") or row.get("created") or row.get("wanted")
    note = row.get("note") or row.get("says") or row.get("outcome")
    return {"at": at, "phone": row["phone"], "note": note}


def _told(value: object) -> str:
    """A value in a cell of a table."""
    if isinstance(value, (list, tuple)):
        value = "、".join(str(each) for each in value)
    text = words()["nothing"] if value is None or value == "" else str(value)
    return " ".join(text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").split())
