"""A console for tests: a real server on a free port, with people, elders and their requests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import requests

from linli.console import wants
from linli.limits import limits
from linli.paths import MODELS
from station import callbacks
from station.accounts import Accounts
from station.callbacks import MissedCall
from station.console.serve import beside
from station.console.site import Site
from station.console.work_desk import WorkDesk
from station.ledger import Ledger
from station.listing import Filter
from station.passwords import Cost
from station.proof import Proofs
from station.recordings import Recordings
from station.requests import FiledRequest
from station.residents import Contact, Resident
from station.sessions import Sessions
from station.utterances import Conversation, Utterance
from station.work_links import Links

PASSWORD = "rechts-am-brunnen-7"  # noqa: S105 - of tests
PUBLIC = "https://orders.linli.example"
"""Where helpers' phones reach work orders; the tests call it by that name."""
NASTY = "<script>alert('王')</script>"
"""An elder's name may be anything."""


class House:
    """The server, its site, and its address."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ledger = Ledger.open(folder / "ledger.db", spool=folder / "spool")
        accounts = Accounts(self.ledger.store, cost=Cost(1, 64, 1))
        (folder / "messages").mkdir()
        self.site = Site(
            name="光荣社区服务站",
            ledger=self.ledger,
            accounts=accounts,
            sessions=Sessions(accounts),
            recordings=Recordings(folder / "recordings", reserve=0),
            proofs=Proofs(b"k" * 32),
            limits=limits()["console"],
            providers=("光明出租", "社区食堂"),
            messages=folder / "messages",
            work=WorkDesk(
                links=Links(b"k" * 32, PUBLIC),
                wants=wants(),
                fonts=MODELS / "font",
                phone="0376-5550100",
            ),
        )
        self.address = ""

    def without_throttle(self) -> None:
        """Tests log in more often a minute than people do."""
        from station.console.throttle import Throttle

        often = Throttle(tries=10_000)
        self.site = replace(self.site, throttle=often, work=replace(self.site.work, throttle=often))

    def people(self) -> None:
        """A supervisor, a member of staff and an auditor; all with the same password."""
        accounts = self.site.accounts
        accounts.become_first(accounts.first_code(), "wangfang", "王芳", PASSWORD)
        for login, name, role in (("lijing", "李静", "staff"), ("zhaomin", "赵敏", "auditor")):
            _, code = accounts.add(login, name, role, by="wangfang")  # type: ignore[arg-type]
            accounts.redeem(code, PASSWORD)

    def elders(self) -> list[Resident]:
        """Three, one with a name that is a script."""
        keep = self.ledger.upsert_resident
        return [
            keep(
                Resident(
                    "张桂英",
                    called="张奶奶",
                    card="1001",
                    phones=("0376-5550101",),
                    address="光荣小区三号楼二单元",
                    hospital="人民医院",
                    dialect="xinyang",
                    lives_alone=True,
                    contacts=(Contact("王芳", "大女儿", phone="13800000101"),),
                )
            ),
            keep(Resident("李秀兰", called="李奶奶", phones=("13800000002",), diet="少盐")),
            keep(Resident(NASTY, called=NASTY, address=NASTY, note=NASTY, card=NASTY)),
        ]

    def file(self, intent: str = "taxi", **fields: Any) -> str:
        """A request; gives its number."""
        return self.ledger.file(FiledRequest(intent, **fields)).number

    def new(self) -> int:
        """How many requests nobody has answered."""
        return len(list(self.ledger.requests(Filter(status=("new",)))))

    def alarm(self, **fields: Any) -> str:
        """An emergency; gives its number."""
        return self.file(
            "emergency", slots={"kind": "fall"}, kind="emergency", priority="emergency", **fields
        )

    def talk(self, id_: str = "talk-1") -> str:
        """A conversation of two turns, the first with a recording."""
        now = self.ledger.now()
        self.ledger.keep_conversation(Conversation(id_, "phone", now, consent=True))
        tone = np.sin(np.arange(16_000) * np.hanning(16_000) / 9).astype(np.float32) * 0.5
        audio = self.site.recordings.save(id_, 1, tone, 16_000, consent=True, at=now)
        self.ledger.add_utterance(
            Utterance(
                id_, 1, now, text="我要去人民医院", alternatives=("我要去人民一院",),
                confidence=0.62, said=("好的，到人民医院。", "几个人？"), audio=str(audio),
            )
        )  # fmt: skip
        self.ledger.add_utterance(
            Utterance(
                id_, 2, now, text="两个，电话13800000002", confidence=0.95,
                asked="passengers", said=("您的车登记好了。",),
            )
        )  # fmt: skip
        return id_

    def missed(self, uid: str = "call-1", message: bytes = b"") -> None:
        """Somebody called and reached nobody."""
        now = self.ledger.now()
        if message:
            (self.folder / "messages" / f"{uid}.wav").write_bytes(message)
        call = MissedCall(uid, now, "13800000002", "busy", now + timedelta(minutes=15),
                          f"{uid}.wav" if message else "")  # fmt: skip
        callbacks.enter(self.ledger.store, call)

    @contextmanager
    def served(self) -> Iterator[None]:
        """The real server, in a thread of its own."""
        with beside(self.site) as self.address:
            yield


class Browser(requests.Session):
    """Somebody at the console, without a screen; knows forms and nothing else."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.trust_env = False
        self.address = address.rstrip("/")

    def look(self, path: str, **kwargs: Any) -> requests.Response:
        """Open a page."""
        return self.get(self.address + path, timeout=30, **kwargs)

    def submit(
        self, path: str, form: Mapping[str, Any] = {}, *, seen: str = "", **kwargs: Any
    ) -> requests.Response:
        """Send a form, with the key of the page it was seen on (by default the board)."""
        found = re.search(r'name="key" value="(\w+)"', seen or self.look("/me").text)
        key = found[1] if found else ""
        return self.post(self.address + path, data={"key": key, **form}, timeout=30, **kwargs)

    def log_in(self, login: str = "lijing", password: str = PASSWORD) -> requests.Response:
        """Come in."""
        seen = self.look("/login").text
        return self.submit("/login", {"login": login, "password": password}, seen=seen)


def events(answer: requests.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """What an open page hears: the kind of each event, and what it brings."""
    name = ""
    for line in map(str, answer.iter_lines(chunk_size=1, decode_unicode=True)):
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, json.loads(line[6:])


@contextmanager
def opened(folder: Path, **site: Any) -> Iterator[House]:
    """A house whose doors are open; `site` takes the place of what a site usually has."""
    folder.mkdir(exist_ok=True)
    house = House(folder)
    house.site = replace(house.site, **site)
    house.without_throttle()
    house.people()
    try:
        with house.served():
            yield house
        assert house.ledger.contradictions() == []
    finally:
        house.ledger.close()
