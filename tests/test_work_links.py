"""A link opens one order, for whom it was made, as long as it is theirs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from crew import TERMS, Crew, crew_at
from hypothesis import given
from hypothesis import strategies as st

from station import work_orders
from station.work_links import BadLink, Links
from station.work_model import Order

LINKS = Links(b"k" * 32, "https://orders.linli.example")


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


@pytest.fixture
def order(crew: Crew) -> Order:
    return crew.give(crew.file(date="2026-11-24", time="10:00"), "王师傅")


def code(crew: Crew, token: str, links: Links = LINKS) -> str:
    try:
        return str(links.check(token, crew.ledger.store, crew.clock.time).status)
    except BadLink as bad:
        return bad.code


def test_the_link_opens_its_order_and_tells_nothing_of_it(crew: Crew, order: Order) -> None:
    token = LINKS.token(order)
    assert LINKS.check(token, crew.ledger.store, crew.clock.time) == order
    assert LINKS.address(order) == f"https://orders.linli.example/o/{token}"
    assert not {"王师傅", "taxi", order.number} & set(token.split("."))
    assert Links(b"k" * 32).address(order) == ""
    assert Links(b"k" * 32).address(order, "http://127.0.0.1:8460/").startswith("http://127")


def test_whoever_changes_a_letter_of_it_opens_nothing(crew: Crew, order: Order) -> None:
    token = LINKS.token(order)
    for at in range(len(token)):
        other = token[:at] + ("a" if token[at] != "a" else "b") + token[at + 1 :]
        assert code(crew, other) == "forged"
    assert code(crew, LINKS.token(order), Links(b"x" * 32)) == "forged"


@given(st.text(max_size=300))
def test_whatever_else_is_sent_is_forged(text: str) -> None:
    with pytest.raises(BadLink) as bad:
        LINKS.check(text, None, None)  # type: ignore[arg-type]
    assert bad.value.code == "forged"


def test_it_ends_three_days_after_the_hour_it_is_for(crew: Crew, order: Order) -> None:
    token = LINKS.token(order)
    crew.clock.on((4 * 24 + 1) * 60 - 1)
    assert code(crew, token) == "given"
    crew.clock.on(1)
    assert code(crew, token) == "expired"


def test_a_renewed_link_closes_the_one_before(crew: Crew, order: Order) -> None:
    token = LINKS.token(order)
    fresh = work_orders.renew(crew.ledger, order.id, by="lijing", terms=TERMS)
    assert code(crew, token) == "revoked"
    assert code(crew, LINKS.token(fresh)) == "given"


def test_an_order_of_another_ledger_is_not_opened(order: Order, tmp_path: Path) -> None:
    with crew_at(tmp_path / "other") as other:
        assert code(other, LINKS.token(order)) == "revoked"
        other.give(other.file(), "王师傅")
        assert code(other, LINKS.token(order)) == "revoked"
