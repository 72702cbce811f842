"""Whatever the clock does between two deeds, nothing is lost, doubled or put in another order."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wall import Wall

from station import audit, handling
from station.errors import StatusError
from station.handling import UndoError
from station.ledger import Ledger
from station.listing import Filter
from station.requests import FiledRequest

JUMPS: Final = st.sampled_from([1, 60, 3_600, 86_400, 40 * 86_400, -1, -60, -3_600, -86_400,
                                -40 * 86_400])  # fmt: skip
DEEDS: Final = ("file", "accept", "change", "note", "done", "reopen", "undo", "cancel")


def do(ledger: Ledger, deed: str, number: str) -> None:
    """One deed of staff; what the ledger refuses it refuses."""
    ways = {
        "accept": lambda: handling.accept(ledger, number, by="lijing"),
        "change": lambda: ledger.change(number, by="lijing", slots={"n": deed}),
        "note": lambda: ledger.remark(number, "打过电话", by="lijing"),
        "done": lambda: ledger.advance(number, "done", by="lijing"),
        "reopen": lambda: ledger.advance(number, "accepted", by="lijing", note="还没好"),
        "undo": lambda: handling.undo(ledger, number, by="lijing", within=timedelta(minutes=10)),
        "cancel": lambda: ledger.cancel(number, by="lijing", note="不要了"),
    }
    with suppress(StatusError, UndoError):
        ways[deed]()


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(steps=st.lists(st.tuples(st.sampled_from(DEEDS), JUMPS, st.integers(0, 5)), max_size=20))
def test_the_ledger_holds_whatever_the_clock_does(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, int]]
) -> None:
    wall = Wall()
    with Ledger.open(tmp_path_factory.mktemp("turned") / "ledger.db", clock=wall) as ledger:
        filed: list[str] = []
        for deed, jump, which in [("file", 1, 0), *steps]:
            wall.time += timedelta(seconds=jump)
            if deed == "file":
                filed.append(ledger.file(FiledRequest("taxi", {"n": 0})).number)
            else:
                do(ledger, deed, filed[which % len(filed)])
            audit.record(ledger.store, at=wall.time, by="linli", what="turned")
        assert len(set(filed)) == len(filed)
        assert {request.number for request in ledger.requests()} == set(filed)
        assert len(list(ledger.requests(Filter(newest_first=True, limit=1000)))) == len(filed)
        assert ledger.contradictions() == []
        assert audit.verify(ledger.store).broken is None
        for number in filed:
            versions = [change.version for change in ledger.history(number)]
            assert versions == list(range(1, len(versions) + 1))
        seen = [change.id for change in ledger.changes(0)]
        assert seen == sorted(seen)


def test_who_watches_misses_nothing_that_was_done_in_the_past(wall: Wall, tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=wall) as ledger:
        ledger.file(FiledRequest("taxi"))
        since = ledger.newest_change()
        wall.time -= timedelta(days=3)
        number = ledger.file(FiledRequest("meal")).number
        assert [change.number for change in ledger.changes(since)] == [number]
