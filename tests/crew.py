"""Helpers of an invented station, its clock, and orders in every step, for tests of dispatch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, time, timedelta
from pathlib import Path

from wall import MONDAY, Wall

from station import helpers, work_orders
from station.helpers import Duty, Helper, Span
from station.ledger import Ledger
from station.requests import FiledRequest, Request
from station.residents import Resident
from station.work_model import Order
from station.work_orders import Terms, Told
from station.work_time import Rule

TERMS = Terms(Rule(30, "nearest"), timedelta(hours=72))
WORKDAYS = tuple(Span(day, time(8), time(18)) for day in range(1, 6))

LAO_WANG = Helper("taxi", "王师傅", "13800000901", ("光荣小区",), WORKDAYS, 2,
                  (Duty("taxi", "visit", 2000),))  # fmt: skip
CITY = Helper("taxi", "城东车队", "0376-5550902", (), (), 0, (Duty("taxi", "visit", 2500),))
LIU = Helper("volunteer", "刘大姐", "13800000903", ("光荣小区", "河口路"), (), 3,
             (Duty("companionship"), Duty("taxi"), Duty("housekeeping")))  # fmt: skip
CANTEEN = Helper("canteen", "社区食堂", "", (), (), 0, (Duty("meal", "item", 150),))
FIXER = Helper("housekeeping", "安心家政", "", (), (), 0, (Duty("housekeeping", "hour", 4500),))


class Clock(Wall):
    """Goes on by minutes."""

    def on(self, minutes: float) -> None:
        """Let time pass."""
        self.time += timedelta(minutes=minutes)


class Crew:
    """A ledger with helpers and two elders."""

    def __init__(self, ledger: Ledger, clock: Clock) -> None:
        self.ledger, self.clock = ledger, clock
        known = (LAO_WANG, CITY, LIU, CANTEEN, FIXER)
        kept = [helpers.keep(ledger, each, by="wangfang", prices=True) for each in known]
        self.by_name = {each.name: each for each in kept}
        self.zhang = ledger.upsert_resident(
            Resident("张桂英", called="张奶奶", card="1001", phones=("0376-5550101",),
                     address="光荣小区三号楼二单元", lives_alone=True)
        )  # fmt: skip
        self.li = ledger.upsert_resident(
            Resident("李秀兰", called="李奶奶", card="1002", address="山前村五组")
        )

    def id(self, name: str) -> int:
        """A helper's row."""
        return self.by_name[name].id or 0

    def file(self, intent: str = "taxi", who: Resident | None = None, **slots: object) -> Request:
        """Somebody asks for something."""
        resident = (who or self.zhang).id
        return self.ledger.file(FiledRequest(intent, slots, resident=resident))

    def give(self, request: Request, name: str, *, by: str = "lijing") -> Order:
        """An order for it."""
        return work_orders.give(self.ledger, request.number, self.id(name), by=by, terms=TERMS)

    def step(self, order: Order, what: str, note: str = "", photo: bytes | None = None) -> Order:
        """The helper tells."""
        told = Told(work_orders.by_helper(order), note, photo)
        return work_orders.step(self.ledger, order.id, what, told)  # type: ignore[arg-type]

    def visit(self, request: Request, name: str, minutes: float = 60) -> Order:
        """Taken, reached, done."""
        order = self.step(self.give(request, name), "accepted")
        order = self.step(order, "arrived")
        self.clock.on(minutes)
        return self.step(order, "done")

    def change(self, who: str, **fields: object) -> None:
        """Change a helper."""
        wanted = replace(self.by_name[who], **fields)  # type: ignore[arg-type]
        self.by_name[who] = helpers.keep(self.ledger, wanted, by="wangfang", prices=True)


@contextmanager
def crew_at(folder: Path, now: datetime = MONDAY) -> Iterator[Crew]:
    """A station's crew, on a Monday morning; its ledger tells no contradictions in the end."""
    clock = Clock(now)
    with Ledger.open(folder / "ledger.db", clock=clock) as ledger:
        yield Crew(ledger, clock)
        assert ledger.contradictions() == []
