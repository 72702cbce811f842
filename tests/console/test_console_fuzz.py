"""Whatever anybody sends to any address, in any order, the console answers and keeps its head.

Addresses come from the application, names of fields from its pages and modules: what is
added to the console is tried here from the day it is there.
"""

from __future__ import annotations

import http.client
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode, urlsplit

import pytest
from console_house import PASSWORD, Browser, House, opened
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

import station.console
from station import audit
from station.console import people
from station.console.app import build
from station.console.deeds import DEEDS
from station.console.site import Site
from station.listing import Filter

FOLDER: Final = Path(station.console.__file__ or "").parent
METHODS: Final = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")
ROLES: Final = {"": "", "staff": "lijing", "supervisor": "wangfang", "auditor": "zhaomin"}
"""Who asks, by login; nobody is somebody, too."""

KINDS: Final = (
    *["application/x-www-form-urlencoded"] * 6,
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "application/json",
    "",
)
"""What a form says it is."""
HOSTILE: Final = (
    "", "0", "-1", "1", "9" * 30, "1e309", "NaN", "null", "\x00", "\r\nX: y", "../../etc/passwd",
    "..%2f..%2fetc", "%", "%zz", "'; DROP TABLE requests; --", "<script>alert(1)</script>",
    "{{7*7}}", "${jndi:x}", "\ud800", "\u202e", "٣", "２０２６", "2026-02-30", "2026", "9999-12-31",
    "0001-01-01", "2026-11-01..2026-11-30", "2000..2009", "25:99", "_" * 5_000, "张" * 2_000, "*",
    "[", "(?:", "NULL", "true", "on", "//evil.example", "javascript:1", "=1+1", "L1.1123-001.x",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """One request of somebody."""

    role: str
    method: str
    path: str
    query: dict[str, str]
    form: dict[str, str] = field(default_factory=dict)
    keyed: bool = True
    kind: str = "application/x-www-form-urlencoded"
    partial: bool = False


@cache
def names() -> list[str]:
    """Every field that a page has or a module asks for."""
    found = set()
    for path in FOLDER.rglob("*"):
        if path.suffix == ".html":
            found |= set(re.findall(r'name="([\w.]+)"', path.read_text("utf-8")))
        elif path.suffix == ".py":
            text = path.read_text("utf-8")
            found |= set(re.findall(r'(?:asked|filled|number)\("([\w.]+)"\)', text))
    slots = ("destination", "date", "time", "passengers", "items", "meal", "part", "wheelchair")
    return sorted((found - {"key"}) | {f"slot.{name}" for name in slots})


@cache
def paths() -> list[str]:
    """Every address of the console, as it is written in its routes."""
    with_parts = [route.path for route in build(SITE[0]).routes if isinstance(route, Route)]
    return sorted({*with_parts, "/static/{path}", "/nothing"})


SITE: list[Site] = []
"""The console that is tried; its routes are what there is."""


class Crowd:
    """Everybody at once, each in a browser that stays open."""

    def __init__(self, house: House) -> None:
        self.house = house
        parts = urlsplit(house.address)
        self.line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        self.browsers: dict[str, tuple[str, str]] = {}

    def inside(self, role: str) -> tuple[str, str]:
        """Cookie and key of somebody, who logs in where that is needed."""
        login = ROLES[role]
        if not login:
            return "", ""
        if role not in self.browsers:
            accounts = self.house.site.accounts
            accounts.enable(login, by="linli")
            accounts.unlock(login, by="linli")
            accounts.set_role(login, role, by="linli")  # type: ignore[arg-type]
            with Browser(self.house.address) as browser:
                assert browser.log_in(login, PASSWORD).status_code == 200
                cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
                found = re.search(r'name="key" value="(\w+)"', browser.look("/me").text)
                self.browsers[role] = cookies, found[1] if found else ""
        return self.browsers[role]

    def send(self, sent: Sent) -> int:
        """Send it; the status."""
        cookie, key = self.inside(sent.role)
        headers = {"Cookie": cookie} if cookie else {}
        if sent.partial:
            headers["HX-Request"] = "true"
        path = sent.path + ("?" + _coded(sent.query) if sent.query else "")
        body = None
        if sent.method not in {"GET", "HEAD", "OPTIONS", "TRACE"}:
            form = {**sent.form, **({"key": key} if sent.keyed else {})}
            body = _coded(form).encode("ascii")
            headers["Content-Type"] = sent.kind
        self.line.request(sent.method, path, body=body, headers=headers)
        answer = self.line.getresponse()
        if answer.headers.get_content_type() == "text/event-stream":
            answer.close()
            self.line.close()
        else:
            answer.read()
        if "/login" in (answer.headers.get("Location") or "") or sent.path == "/logout":
            self.browsers.pop(sent.role, None)
        return answer.status


def _coded(values: dict[str, str]) -> str:
    return urlencode(
        {name: value.encode("utf-8", "surrogatepass") for name, value in values.items()}
    )


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crowd]:
    """A console with something of everything in it; whole when all have gone."""
    with opened(tmp_path_factory.mktemp("fuzz") / "house") as house:
        SITE[:] = [house.site]
        elder = house.elders()[0]
        for intent in ("taxi", "meal", "payment_help"):
            house.file(intent, resident=elder.id, slots={"date": "2026-11-23"})
        house.file(conversation=house.talk("fuzz"), phone="13800000002")
        house.alarm(resident=elder.id)
        house.missed("fuzz", message=b"RIFF")
        everybody = Crowd(house)
        yield everybody
        everybody.line.close()
        assert audit.verify(house.ledger.store).broken is None


def values(house: House, name: str) -> st.SearchStrategy[str]:
    """What may stand in a part of an address: what is there, and anything else."""
    known: dict[str, tuple[str, ...]] = {
        "number": tuple(each.number for each in house.ledger.requests(Filter(limit=20))),
        "deed": tuple(DEEDS),
        "act": tuple(people.ACTS),
        "login": ("lijing", "nobody"),
        "path": ("console.css", "console.js"),
    }
    there = st.sampled_from(known.get(name, ("1", "2", "3")))
    return there | there | there | st.sampled_from(HOSTILE) | st.text(max_size=8)


def anything() -> st.SearchStrategy[str]:
    return st.sampled_from(HOSTILE) | st.text(max_size=20)


@st.composite
def sendings(draw: st.DrawFn, house: House) -> Sent:
    """Mostly what a form of ours would send, with something wrong in it."""
    path = draw(st.sampled_from(paths()))
    for name in re.findall(r"\{(\w+)(?::\w+)?\}", path):
        part = quote(draw(values(house, name)).encode("utf-8", "surrogatepass"), safe="")
        before, _, rest = path.partition(f"{{{name}")
        path = before + part + rest.partition("}")[2]
    fields = st.dictionaries(st.sampled_from(names()), anything(), max_size=6)
    return Sent(
        draw(st.sampled_from([*ROLES, "staff", "supervisor"])),
        draw(st.sampled_from([*METHODS, "GET", "GET", "POST", "POST", "POST"])),
        path,
        draw(fields),
        draw(fields),
        keyed=draw(st.integers(0, 9)) > 0,
        kind=draw(st.sampled_from(KINDS)),
        partial=draw(st.booleans()),
    )  # fmt: skip


@settings(
    deadline=None,
    max_examples=180,
    phases=[Phase.explicit, Phase.generate],  # what fails is told as it was found
    suppress_health_check=list(HealthCheck),
)
@given(data=st.data())
def test_nothing_that_anybody_sends_breaks_the_console(crowd: Crowd, data: st.DataObject) -> None:
    for sent in data.draw(st.lists(sendings(crowd.house), min_size=4, max_size=8)):
        assert crowd.send(sent) < 500, sent


def test_every_address_is_asked_for_by_everybody_in_every_way(crowd: Crowd) -> None:
    for path in paths():
        filled = re.sub(r"\{\w+(?::\w+)?\}", "1", path)
        for role in ROLES:
            for method in METHODS:
                sent = Sent(role, method, filled, {})
                assert crowd.send(sent) < 500, sent
