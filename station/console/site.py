"""The site: what all pages share, and who looks at one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.requests import Request as WebRequest

from station import audit
from station.accounts import Accounts
from station.ledger import Ledger
from station.members import Member
from station.metrics import Watched
from station.proof import Proofs
from station.recordings import Recordings
from station.sessions import Session, Sessions

from .desks import Desks
from .throttle import Throttle
from .work_desk import WorkDesk

if TYPE_CHECKING:
    from .teaching import Teacher  # whose pages need this module


@dataclass(frozen=True)
class Site:
    """One station's console."""

    name: str
    """The station's name."""
    ledger: Ledger
    """Where everything stands."""
    accounts: Accounts
    """Who works here."""
    sessions: Sessions
    """Who is logged in."""
    recordings: Recordings
    """What was said."""
    proofs: Proofs
    """The station's signature on slips."""
    limits: Mapping[str, Any]
    """The group `console` of the numbers that bind."""
    providers: tuple[str, ...] = ()
    """Who fulfils requests, by name."""
    messages: Path | None = None
    """Folder of the messages that callers left; None: there is no telephone."""
    heads: Path | None = None
    """Where the audit's heads are noted outside the ledger; None: nowhere."""
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "[::1]")
    """Names under which the console may be called."""
    desks: Desks = field(default_factory=Desks)
    """The telephones staff can ring from."""
    throttle: Throttle = field(default_factory=Throttle)
    """Slows log-ins down, by address."""
    work: WorkDesk = field(default_factory=WorkDesk)
    """How work is given out."""
    watched: Watched | None = None
    """What the metrics look at besides the ledger; None: there are none."""
    metrics_key: str = ""
    """Opens the metrics to other machines; empty: only this one."""
    applied: Callable[[], frozenset[str]] = frozenset
    """The uids of the lessons that elders are understood with."""
    forget: Callable[[int, str], object] | None = None
    """Forgets a resident (row) everywhere, by somebody; None: not from this console."""
    copy: Callable[[int, str, Path], Path] | None = None
    """Writes all that is kept of a resident (row), for somebody, into a folder; None: not from
    this console."""
    teacher: Teacher | None = None
    """Measures and applies lessons; None: not from this console."""

    @property
    def undo(self) -> timedelta:
        """For so long a change can be taken back."""
        return timedelta(minutes=self.limits["undo_min"])


@dataclass(frozen=True)
class Visit:
    """One request of a browser."""

    web: WebRequest
    """As it came."""
    site: Site
    """Where."""
    session: Session | None
    """Who, None before the log-in."""
    form: Mapping[str, str]
    """What was filled in; empty for a page that is only read."""
    key: str
    """Proof against forged forms: stands in every form of this browser."""

    @property
    def member(self) -> Member:
        """Who is logged in. Raises RuntimeError on a page that anybody may open."""
        if self.session is None:
            raise RuntimeError("this page has no member: it is open to everybody")
        return self.session.member

    @property
    def now(self) -> datetime:
        """This moment, UTC+8."""
        return self.site.ledger.now()

    @property
    def partial(self) -> bool:
        """Only a part of a page is wanted."""
        return "hx-request" in self.web.headers

    def note(self, what: str, target: str = "", detail: Mapping[str, Any] | None = None) -> None:
        """Write into the audit what this member does now. Raises LedgerError."""
        store, by = self.site.ledger.store, self.member.login
        audit.record(store, at=self.now, by=by, what=what, target=target, detail=detail)

    def asked(self, name: str) -> str:
        """A value from the address, empty when it is missing."""
        return self.web.query_params.get(name, "").strip()

    def filled(self, name: str) -> str:
        """A value from the form, empty when it is missing."""
        return self.form.get(name, "").strip()

    def number(self, name: str) -> int | None:
        """A whole number from the form, None when it is none."""
        return whole(self.filled(name))


def whole(text: str) -> int | None:
    """A whole number that a ledger can hold, else None."""
    plain = text.isascii() and text.isdecimal() and len(text) <= 15
    return int(text) if plain else None
