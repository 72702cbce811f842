"""What the console's bench needs: a long ledger, a served console, browsers without a screen."""

from __future__ import annotations

import http.client
import json
import random
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from station import clock
from station.accounts import Accounts
from station.history import LATER, TOLD, column, to_text
from station.ledger import Ledger
from station.residents import Resident
from station.settings import SHIPPED
from station.store import Row
from station.utterances import ensure_conversation

PASSWORD: Final = "sieben graue reiher"  # noqa: S105 - of a bench
_INTENTS: Final = ("taxi", "meal", "appointment", "housekeeping", "medicine", "payment_help")
_SURNAMES: Final = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄")
_GIVEN: Final = ("秀英", "桂兰", "建国", "玉梅", "志明", "淑珍")
_BATCH: Final = 2_000
OPEN: Final = 300
"""The newest still wait."""


def long_ledger(path: Path, size: int, end: datetime) -> None:
    """A year of requests up to `end`, all but the newest closed, each with its history."""
    chance = random.Random(7)  # noqa: S311 - the same every time
    with Ledger.open(path) as ledger:
        people = [
            ledger.upsert_resident(
                Resident(
                    chance.choice(_SURNAMES) + chance.choice(_GIVEN),
                    phones=(f"1380000{n:04d}",),
                    village=("东村", "西村", "")[n % 3],
                )
            ).id
            for n in range(800)
        ]
        begin, step = end - timedelta(days=364), timedelta(days=364) / size
        seqs: dict[str, int] = {}
        for first in range(0, size, _BATCH):
            with ledger.store.writing("fill", durable=False) as db:
                for n in range(first, min(first + _BATCH, size)):
                    at = begin + n * step
                    day = clock.day_of(at)
                    seqs[day] = seqs.get(day, 0) + 1
                    state = _state(n, day, chance.choice(people), chance.choice(_INTENTS))
                    ensure_conversation(db, state["conversation"], "phone", clock.to_text(at))
                    events = _events(at, state, chance, still=n >= size - OPEN)
                    _insert(db, _row(n, at, seqs[day], state, events), events)


def _state(n: int, day: str, resident: int | None, intent: str) -> Row:
    """What a request is when it is filed."""
    return dict.fromkeys(TOLD, "") | {
        "status": "new",
        "intent": intent,
        "slots": {"destination": "医院", "date": day},
        "kind": "request",
        "priority": "urgent" if n % 10 == 0 else "ordinary",
        "unfinished": False,
        "channel": "phone" if n % 2 else "kiosk",
        "resident": resident,
        "conversation": f"bench-{n}",
    }


def _events(at: datetime, state: Row, chance: random.Random, *, still: bool) -> list[Row]:
    filed = {name: value for name, value in state.items() if name not in LATER}
    events = [_event(1, at, "filed", {}, filed)]
    if not still:
        taken = at + timedelta(seconds=chance.expovariate(1 / 240))
        done = taken + timedelta(seconds=chance.expovariate(1 / 5_000))
        events.append(_event(2, taken, "status", {"status": "new"}, {"status": "accepted"}))
        events.append(_event(3, done, "status", {"status": "accepted"}, {"status": "done"}))
    return events


def _row(n: int, at: datetime, seq: int, state: Row, events: list[Row]) -> Row:
    """A row of `requests`."""
    day, closed = clock.day_of(at), len(events) > 1
    return {column(name): value for name, value in state.items()} | {
        "status": "done" if closed else "new",
        "slots": to_text(state["slots"]),
        "unfinished": 0,
        "uid": f"{n:032x}",
        "day": day,
        "seq": seq,
        "number": f"{day[5:7]}{day[8:10]}-{seq:03d}",
        "created": clock.to_text(at),
        "changed": events[-1]["at"],
        "closed": events[-1]["at"] if closed else None,
        "version": len(events),
    }


def _event(version: int, at: datetime, what: str, old: Row, new: Row) -> Row:
    return {
        "version": version, "at": clock.to_text(at), "by": "lijing" if version > 1 else "elder",
        "what": what, "old": to_text(old), "new": to_text(new),
    }  # fmt: skip


def _insert(db: Any, row: Row, events: list[Row]) -> None:
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    sql = f"INSERT INTO requests ({names}) VALUES ({marks})"  # noqa: S608 - our own names
    id_ = db.execute(sql, row).lastrowid
    for event in events:
        db.execute(
            "INSERT INTO events (request_id, version, at, by, what, old, new)"
            " VALUES (:id, :version, :at, :by, :what, :old, :new)",
            event | {"id": id_},
        )


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """`linli console` of the station in a folder, a process of its own; gives its address."""
    settings = folder / "station.toml"
    settings.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    with Ledger.open(folder / "var" / "ledger.db") as ledger:
        accounts = Accounts(ledger.store)
        accounts.become_first(accounts.first_code(), "lijing", "李静", PASSWORD)
    command = [sys.executable, "-m", "linli", "console", "--port", "0", "--settings", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as console:
        try:
            assert console.stdout is not None  # noqa: S101 - it is a pipe
            yield console.stdout.readline().removeprefix("console: ").strip()
        finally:
            console.terminate()


class Browser:
    """Somebody at the console: pages over one line that is kept open, news over another."""

    def __init__(self, address: str, cookie: str = "") -> None:
        parts = urlsplit(address)
        self._at = (parts.hostname or "", parts.port or 0)
        self._line = http.client.HTTPConnection(*self._at, timeout=60)
        self.cookie = cookie

    def log_in(self) -> None:
        """Come in."""
        page, cookie = self._ask("GET", "/login")
        self.cookie = cookie
        key = re.search(r'name="key" value="(\w+)"', page)
        form = {"login": "lijing", "password": PASSWORD, "key": key[1] if key else ""}
        _, cookie = self._ask("POST", "/login", urlencode(form))
        self.cookie = f"{self.cookie}; {cookie}"

    def look(self, path: str, *, part: bool = False) -> str:
        """A page, or the part of it that an open page reads anew."""
        return self._ask("GET", quote(path, safe="/?=&%-"), part=part)[0]

    def _ask(
        self, method: str, path: str, body: str = "", *, part: bool = False
    ) -> tuple[str, str]:
        headers = {"Cookie": self.cookie} | ({"HX-Request": "true"} if part else {})
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._line.request(method, path, body or None, headers)
        answer = self._line.getresponse()
        cookies = [each.split(";")[0] for each in answer.headers.get_all("Set-Cookie", [])]
        text = answer.read().decode()
        if answer.status >= 400:
            raise RuntimeError(f"{path}: {answer.status}")
        return text, "; ".join(cookies)

    def news(self, stop: threading.Event) -> Iterator[dict[str, Any]]:
        """What changes, as an open page hears of it, until `stop`."""
        line = http.client.HTTPConnection(*self._at, timeout=60)
        line.request("GET", "/news", headers={"Cookie": self.cookie})
        answer, name = line.getresponse(), ""
        try:
            while not stop.is_set():
                text = answer.readline().decode().strip()
                if text.startswith("event: "):
                    name = text[7:]
                elif text.startswith("data: ") and name != "beat":
                    yield {"event": name, **json.loads(text[6:])}
        finally:
            line.close()
