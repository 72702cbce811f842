"""`linli requests`: what stands in the ledger, for programs and for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table

from station.ledger import Ledger
from station.listing import Filter
from station.requests import Request
from station.words import told_note, told_slots, words

_MARKED = {"emergency": "bold red", "urgent": "yellow"}


def show(ledger: Ledger, out: TextIO, *, as_json: bool, wanted: Filter | None = None) -> None:
    """Write the wanted requests (all by default), newest last."""
    requests = ledger.requests(wanted or Filter())
    if as_json:
        for line in rows(requests):
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    else:
        _print(requests, out)


def rows(requests: Iterable[Request]) -> Iterator[dict[str, Any]]:
    """Requests as plain objects; `resident` is the name, null when not known."""
    for request in requests:
        yield {
            "number": request.number,
            "created": request.created.isoformat(timespec="seconds"),
            "channel": request.channel,
            "resident": request.resident_name,
            "intent": request.intent,
            "slots": dict(request.slots),
            "status": request.status,
            "priority": request.priority,
            "note": request.note,
        }


def _print(requests: Iterable[Request], out: TextIO) -> None:
    said = words()
    table = Table(*said["columns"], box=None, header_style="bold", pad_edge=False)
    for request in requests:
        table.add_row(
            request.number,
            f"{request.created:%m-%d %H:%M}",
            said["channels"][request.channel],
            request.resident_name or said["stranger"],
            said["intents"].get(request.intent, request.intent),
            told_slots(request.slots),
            said["statuses"][request.status],
            said["priorities"][request.priority],
            told_note(request),
            style=_MARKED.get(request.priority) if request.is_open else "dim",
        )
    console = Console(file=out, soft_wrap=False, markup=False)
    console.print(table if table.row_count else said["none"])
