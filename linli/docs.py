"""Pages of docs/ that are printed from the code: `python -m linli.docs` writes them.

Text by hand stands around the markers `<!-- name: begin -->` and `<!-- name: end -->`.
"""

from __future__ import annotations

import re
import sys
import types
import typing
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any, Final, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from station.model import StationModel
from station.requests import WAYS
from station.settings import Settings, section_of

from .docs_commands import commands_table
from .law import retention

DOCS: Final = Path(__file__).resolve().parent.parent / "docs"


def settings_table() -> str:
    """Every key of station.toml: type, default, meaning."""
    lines = ["| key | type | default | meaning |", "|---|---|---|---|"]
    for key, field in settings_keys(StationModel):
        meaning = field.description or ""
        lines.append(f"| `{key}` | {_kind(field)} | {_default(field)} | {meaning} |")
    return "\n".join(lines)


def settings_keys(model: type[BaseModel], prefix: str = "") -> Iterator[tuple[str, FieldInfo]]:
    """Every key below a table, with its dotted name; `[]` marks a list of tables."""
    for name, field in model.model_fields.items():
        section = section_of(field.annotation)
        if section is None:
            yield prefix + name, field
        else:
            many = "[]" if get_origin(field.annotation) is list else ""
            yield from settings_keys(section, f"{prefix}{name}{many}.")


def status_table() -> str:
    """From which status a request may go where."""
    lines = ["| from | to |", "|---|---|"]
    lines += [f"| {old} | {', '.join(sorted(new))} |" for old, new in WAYS.items()]
    return "\n".join(lines)


_KINDS: Final = {str: "text", int: "number", float: "number", bool: "true / false"}


def _kind(field: FieldInfo) -> str:
    return _named(field.annotation)


def _named(annotation: Any) -> str:
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is typing.Annotated:
        return _named(inside[0])
    if origin is Literal:
        return " · ".join(f"`{word}`" for word in inside)
    if origin in {types.UnionType, typing.Union}:
        return " or ".join(_named(each) for each in inside if each is not type(None))
    if origin is list:
        return f"list of {_named(inside[0])}"
    if origin is dict:
        return "table of dates"
    return {time: "time", Path: "path"}.get(annotation) or _KINDS.get(annotation, "table")


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    if field.default is None or field.default in ("", [], {}):
        return "–"
    shown = str(field.default).lower() if isinstance(field.default, bool) else field.default
    return f"`{shown}`"


PAGES: Final = {
    "settings.md": {"settings": settings_table},
    "ledger.md": {"statuses": status_table},
    "commands.md": {"commands": commands_table},
    "law/retention.zh.md": {"retention": lambda: retention(Settings.load(None))},
}
"""Page → what is printed between which markers."""


def printed(page: str, text: str) -> str:
    """A page with its printed parts brought up to date.

    Raises ValueError when a marker is missing.
    """
    for name, table in PAGES[page].items():
        begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"docs/{page}: the markers {begin} and {end} are missing")
        fresh = f"{begin}\n{table()}\n{end}"
        text = pattern.sub(fresh.replace("\\", r"\\"), text)
    return text


def main() -> int:
    """Write the pages; with `--check` only tell whether they are up to date."""
    stale = []
    for page in PAGES:
        path = DOCS / page
        old = path.read_text("utf-8")
        new = printed(page, old)
        if new != old:
            stale.append(page)
            if "--check" not in sys.argv:
                path.write_text(new, "utf-8")
    if stale and "--check" in sys.argv:
        sys.stderr.write(f"out of date: {', '.join(stale)}: run python -m linli.docs\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
