"""Serving: the application on one address, from start to stop."""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
import uvicorn
from starlette.types import ASGIApp

from station.errors import StationError

from .app import build
from .site import Site

log = structlog.get_logger(__name__)

_GRACE_S: Final = 3
_LOOK_S: Final = 0.01


class CannotServe(StationError):
    """The address cannot be used."""

    code = "usage"


@dataclass(frozen=True, slots=True)
class Door:
    """Where the console is served."""

    host: str = "127.0.0.1"
    """Address that is listened on."""
    port: int = 8460
    """0: any free one."""
    certificate: Path | None = None
    """TLS certificate (PEM); None: plain HTTP, from this machine only."""
    key: Path | None = None
    """Its key."""

    @property
    def loopback(self) -> bool:
        """Only this machine can come in."""
        with suppress(ValueError):
            return ipaddress.ip_address(self.host).is_loopback
        return self.host == "localhost"

    def check(self) -> None:
        """Raises CannotServe for passwords in the clear on a network."""
        if not self.loopback and self.certificate is None:
            raise CannotServe(
                f"console.host: {self.host} is reached from other machines and needs TLS: "
                "set console.certificate and console.key, or use 127.0.0.1"
            )

    def listen(self) -> socket.socket:
        """The open door. Raises CannotServe."""
        try:
            listening = socket.create_server((self.host, self.port), backlog=128)
        except OSError as error:
            raise CannotServe(
                f"console.port: {self.host}:{self.port} cannot be used ({error.strerror}): "
                "is a console open already? else set another port"
            ) from error
        # A page comes in several packets: each would wait 40 ms for the browser's word.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening

    def address(self, listening: socket.socket) -> str:
        """What is typed into a browser."""
        port = listening.getsockname()[1]
        return f"{'https' if self.certificate else 'http'}://{self.host}:{port}/"


class _Server(uvicorn.Server):
    """Ends its streams before it waits for them, and says ten times a second that it goes on."""

    def __init__(
        self, config: uvicorn.Config, ending: Callable[[], None], alive: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._ending, self._alive = ending, alive

    async def on_tick(self, counter: int) -> bool:
        """Whether to stop; called while pages are served."""
        self._alive()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, in good order."""
        self._ending()
        await super().shutdown(sockets)


def serve(
    site: Site,
    door: Door,
    *,
    ready: Callable[[str], None] = lambda _: None,
    alive: Callable[[], None] = lambda: None,
) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the address. Raises CannotServe.

    `alive` is called again and again while pages can be served.
    """
    door.check()
    app = build(site)
    with door.listen() as listening:
        server = _Server(_config(app, door), app.state.news.stop, alive)
        ready(door.address(listening))
        log.info("console_open", port=listening.getsockname()[1])
        server.run(sockets=[listening])
    log.info("console_closed")


@contextmanager
def beside(site: Site) -> Iterator[str]:
    """The same pages on a free port, in a thread of their own: their address, once they answer.

    Raises CannotServe.
    """
    door = Door(port=0)
    app = build(site)
    with door.listen() as listening:
        server = _Server(_config(app, door), app.state.news.stop, lambda: None)
        thread = threading.Thread(target=_run, args=(server, listening), name="pages")
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise CannotServe("console: ended before its first page; the log says why")
                time.sleep(_LOOK_S)
            yield door.address(listening)
        finally:
            server.should_exit = True
            thread.join()


def _run(server: _Server, listening: socket.socket) -> None:
    with suppress(SystemExit):  # a start that failed: told by whoever waits for it
        server.run(sockets=[listening])


def _config(app: ASGIApp, door: Door) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        timeout_keep_alive=30,
        limit_concurrency=400,
        ssl_certfile=door.certificate,
        ssl_keyfile=door.key,
    )
