"""News: every change of the ledger, told to every open page within a second.

One thread looks at the ledger, however many pages are open; a page that was away
goes on from the last change it saw (`Last-Event-ID`) or reads all anew.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

import structlog
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import Change

from .words import intent, told

log = structlog.get_logger(__name__)

EVERY_S: Final = 0.2
"""So often the ledger is looked at."""
_BEAT_S: Final = 10.0
"""A sign of life for pages and for what stands between."""
_WAITING: Final = 200
"""Changes that may wait for one slow page; then it reads all anew."""
_AGAIN_S: Final = 1.0


class News:
    """Watches the ledger while the console runs."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="news", daemon=True)
        self._pages: set[asyncio.Queue[str | None]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to watch; called in the event loop that serves the pages."""
        self._loop = asyncio.get_running_loop()
        self._since = self._ledger.newest_change()
        self._thread.start()

    def stop(self) -> None:
        """End all pages' streams and stop watching."""
        self._stop.set()
        for page in self._pages:
            _put(page, None)
        self._thread.join(timeout=5)

    def _watch(self) -> None:
        """Look until stopped; a ledger that cannot be read now is read later."""
        while not self._stop.is_set():
            try:
                for change in self._ledger.watch(self._since, stop=self._stop, every=EVERY_S):
                    self._since = change.id
                    self._tell(told_change(change))
            except LedgerError as error:
                log.warning("news_interrupted", code=error.code)
                self._stop.wait(_AGAIN_S)

    def _tell(self, text: str) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        loop.call_soon_threadsafe(self._hand_out, text)

    def _hand_out(self, text: str) -> None:
        for page in self._pages:
            _put(page, text)

    async def stream(self, request: Request, still: Callable[[], Awaitable[bool]]) -> Response:
        """The changes from now on, or from where the page was, as server-sent events.

        `still` tells whether whoever opened it may still look; else the stream ends.
        """
        last = request.headers.get("last-event-id", "")
        return StreamingResponse(
            self._events(last, still),
            media_type="text/event-stream",
            headers={"x-accel-buffering": "no"},
        )

    async def _events(self, last: str, still: Callable[[], Awaitable[bool]]) -> AsyncIterator[str]:
        waiting: asyncio.Queue[str | None] = asyncio.Queue(_WAITING)
        self._pages.add(waiting)
        try:
            # Whoever comes back has missed something: the page reads itself anew.
            yield "retry: 1000\nevent: hello\ndata: {}\n\n"
            if last:
                yield "event: again\ndata: {}\n\n"
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
        page.put_nowait("event: again\ndata: {}\n\n")
    page.put_nowait(text)


def told_change(change: Change) -> str:
    """A change as one event; it names nobody."""
    filed = change.what == "filed"
    priority = change.new.get("priority", "ordinary") if filed else "ordinary"
    data: dict[str, Any] = {"number": change.number, "urgent": priority != "ordinary"}
    if filed:
        what = intent(str(change.new.get("intent", "")))
        data["says"] = told()["live"]["filed"].format(what=what)
    if change.by.startswith("helper:") and change.new.get("status") == "accepted":
        # A helper cannot come: somebody has to be found now.
        data |= {"urgent": True, "says": told()["live"]["declined"]}
    body = json.dumps(data, ensure_ascii=False)
    return f"id: {change.id}\nevent: change\ndata: {body}\n\n"
