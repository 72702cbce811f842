"""`linli law`: the station's legal papers, filled in from its settings, as pages to print.

The templates are `docs/law/*.zh.md`; a lawyer reads them before anybody signs. What is kept
for how long is told by the settings themselves, never written by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from markdown_it import MarkdownIt

from station.settings import Settings

from .limits import limits
from .paths import ASSETS, SOURCE
from .sweeping import SESSIONS

WORDS: Final = ASSETS / "text" / "law.yaml"
TEMPLATES: Final = SOURCE / "docs" / "law"
PAGE: Final = ASSETS / "print" / "paper.html"
BEGIN: Final = "<!-- retention: begin -->"
END: Final = "<!-- retention: end -->"
LOG_FILES: Final = 6
"""The log in use and five older ones (`logs.configure`)."""


@cache
def words() -> Mapping[str, Any]:
    """What the table says."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


def retention(settings: Settings) -> str:
    """The retention table of a station, as Markdown."""
    said, data = words(), settings.data
    kept = said["kept"].format(data=data) if data.keep_recordings else said["unkept"]
    values = {
        "data": data,
        "limits": limits(),
        "recordings": kept,
        "sessions": SESSIONS.days,
        "log_files": LOG_FILES,
    }
    columns = said["columns"]
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    rows = ([cell.format(**values) for cell in row] for row in said["rows"])
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


def filled(text: str, settings: Settings) -> str:
    """A template with this station's name, address, telephone and periods."""
    said, data = words(), settings.data
    number = settings.phone.trunk.number or next((each.phone for each in settings.operators), "")
    short = said["short"].format(days=data.recording_days_at_most)
    names = {
        said["fields"]["name"]: settings.station.name,
        said["fields"]["address"]: settings.station.address,
        said["fields"]["phone"]: number or said["no_phone"],
        said["fields"]["kept"]: short if data.keep_recordings else said["short_unkept"],
    }
    for field, value in names.items():
        text = text.replace(field, value)
    before, begin, rest = text.partition(BEGIN)
    return before + retention(settings) + rest.partition(END)[2] if begin else text


def papers(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every paper's file name and its page."""
    renderer = MarkdownIt("commonmark").enable("table")
    frame = PAGE.read_text("utf-8")
    for path in sorted(TEMPLATES.glob("*.zh.md")):
        text = filled(path.read_text("utf-8"), settings)
        body = renderer.render(text).replace(".zh.md", ".zh.html")
        name = path.name.replace(".md", ".html")
        yield name, frame.replace("{{body}}", body).replace("{{title}}", words()["page"])


def write(settings: Settings, folder: Path) -> list[Path]:
    """Write all papers into a folder. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, page in papers(settings):
        (folder / name).write_text(page, "utf-8")
        written.append(folder / name)
    return written
