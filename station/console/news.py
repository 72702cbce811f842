"""News: every change of the ledger, told to every open page within a second.

One thread looks at the ledger, however many pages are open. The first change is told at once;
what follows it closely is told together, a few times a second at most, so that a hundred
requests filed at once are a few looks of each page, not a hundred. The last one is always told.
A page that was away goes on from the last change it saw or reads all anew.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import Change

from .words import intent, told

log = structlog.get_logger(__name__)

EVERY_S: Final = 0.1
"""So often the ledger is looked at while nothing happens."""
PAUSE_S: Final = 0.3
"""After something was told, what comes next is gathered for so long."""
FLOOD_S: Final = 0.6
"""So long after a look that found more than people do in that time: nobody reads that fast."""
_BEAT_S: Final = 10.0
"""A sign of life for pages and for what stands between."""
_WAITING: Final = 20
"""News that may wait for one slow page; then it reads all anew."""
_AGAIN_S: Final = 1.0
_MOST: Final = 1000
"""Changes read at once."""
_NAMED: Final = 20
"""Of more requests than these no numbers are told, and they are a flood."""
AGAIN: Final = "event: again\ndata: {}\n\n"


class News:
    """Watches the ledger while the console runs."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="news", daemon=True)
        self._pages: set[asyncio.Queue[str | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._since = 0
        self.told = 0
        """The newest change that open pages know of."""

    def start(self) -> None:
        """Begin to watch; called in the event loop that serves the pages."""
        self._loop = asyncio.get_running_loop()
        self._since = self.told = self._ledger.newest_change()
        self._thread.start()

    def stop(self) -> None:
        """End all pages' streams and stop watching; also when it never began."""
        self._stop.set()
        for page in self._pages:
            _put(page, None)
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def _watch(self) -> None:
        """Look until stopped; a ledger that cannot be read now is read later."""
        while not self._stop.is_set():
            try:
                found = self._look()
                pause = FLOOD_S if found > _NAMED else PAUSE_S if found else EVERY_S
            except LedgerError as error:
                log.warning("news_interrupted", code=error.code)
                pause = _AGAIN_S
            self._stop.wait(pause)

    def _look(self) -> int:
        """Tell everything that happened since the last look, as one; how many changes it was."""
        found: list[Change] = []
        more = self._ledger.changes(self._since, _MOST)
        while more:
            found += more
            full = len(more) == _MOST
            more = self._ledger.changes(more[-1].id, _MOST) if full else []
        if found:
            self._since = found[-1].id
            self._tell(told_changes(found), self._since)
        return len(found)

    def _tell(self, text: str, newest: int) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        loop.call_soon_threadsafe(self._hand_out, text, newest)

    def _hand_out(self, text: str, newest: int) -> None:
        self.told = newest  # before any page asks: what it then gets must hold this change
        for page in self._pages:
            _put(page, text)

    async def stream(self, request: Request, still: Callable[[], Awaitable[bool]]) -> Response:
        """The changes from now on as server-sent events, to a page as of the change `since`.

        `still` tells whether whoever opened it may still look; else the stream ends.
        """
        # A page that was away may have missed even what it was told of: it reads all anew.
        back = "last-event-id" in request.headers
        since = None if back else request.query_params.get("since")
        return StreamingResponse(
            self._events(still, since),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )

    async def _events(
        self, still: Callable[[], Awaitable[bool]], since: str | None
    ) -> AsyncIterator[str]:
        waiting: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)
        self._pages.add(waiting)
        try:
            missed = since != str(self.told)
            yield "retry: 1000\nevent: hello\ndata: {}\n\n"
            if missed:
                yield AGAIN
            looked = time.monotonic()
            while True:
                try:
                    text = await asyncio.wait_for(waiting.get(), _BEAT_S)
                except TimeoutError:
                    text = "event: beat\ndata: {}\n\n"
                if time.monotonic() - looked >= _BEAT_S:
                    looked = time.monotonic()
                    if not await still():
                        return
                if text is None:
                    return
                yield text
        finally:
            self._pages.discard(waiting)


def _put(page: asyncio.Queue[str | None], text: str | None) -> None:
    """Tell a page; one that does not keep up is told once to read everything anew."""
    if page.full():
        while not page.empty():
            page.get_nowait()
        page.put_nowait(AGAIN)
    page.put_nowait(text)


def told_changes(changes: Sequence[Change]) -> str:
    """Changes that came together, oldest first and at least one, as one event; it names nobody."""
    numbers = list(dict.fromkeys(each.number for each in changes))
    data: dict[str, Any] = {
        "numbers": numbers if len(numbers) <= _NAMED else [],
        "urgent": any(map(_urgent, changes)),
    }
    if says := _says(changes):
        data["says"] = says
    body = json.dumps(data, ensure_ascii=False)
    return f"id: {changes[-1].id}\nevent: change\ndata: {body}\n\n"


def _urgent(change: Change) -> bool:
    filed = change.what == "filed" and change.new.get("priority", "ordinary") != "ordinary"
    return filed or _declined(change)


def _declined(change: Change) -> bool:
    """A helper cannot come: somebody has to be found now."""
    return change.by.startswith("helper:") and change.new.get("status") == "accepted"


def _says(changes: Sequence[Change]) -> str:
    """What a screen reader says: what is urgent first, and how many more there are."""
    words = told()["live"]
    said = sorted((each for each in changes if each.what == "filed" or _declined(each)),
                  key=_urgent, reverse=True)  # fmt: skip
    if not said:
        return ""
    first = said[0]
    what = words["filed"].format(what=intent(str(first.new.get("intent", ""))))
    text = str(words["declined"] if _declined(first) else what)
    return text if len(said) == 1 else str(words["more"]).format(first=text, n=len(said) - 1)
