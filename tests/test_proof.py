"""A slip's code is worth something only while it is genuine, in time, and true."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from station.ledger import Ledger
from station.proof import Proofs
from station.requests import FiledRequest, Request

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
TODAY, UNTIL = NOW.date(), date(2026, 12, 23)


@pytest.fixture(name="ledger")
def fixture_ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db", clock=lambda: NOW) as ledger:
        yield ledger


@pytest.fixture(name="request_")
def fixture_request(ledger: Ledger) -> Request:
    return ledger.file(FiledRequest("health_code", {"place": "医院"}))


@pytest.fixture(name="proofs")
def fixture_proofs(tmp_path: Path) -> Proofs:
    return Proofs.of(tmp_path / "slip.key")


def test_a_genuine_code_gives_its_request(
    proofs: Proofs, ledger: Ledger, request_: Request
) -> None:
    found = proofs.check(proofs.code(request_, UNTIL), ledger, TODAY)
    assert (found.verdict, found.request, found.until) == ("valid", request_, UNTIL)


def test_a_code_that_was_changed_anywhere_is_forged(
    proofs: Proofs, ledger: Ledger, request_: Request
) -> None:
    code = proofs.code(request_, UNTIL)
    for place, letter in enumerate(code):
        other = "A" if letter != "A" else "B"
        if letter.isdigit():
            other = str((int(letter) + 1) % 10)
        changed = code[:place] + other + code[place + 1 :]
        assert proofs.check(changed, ledger, TODAY).verdict == "forged", changed


@pytest.mark.parametrize(
    "code", ["", "L1", "1123-001", "L1.1123-001.00000000.20261223.AAAAAAAAAAAAAAAA"]
)
def test_anything_else_is_forged(proofs: Proofs, ledger: Ledger, code: str) -> None:
    assert proofs.check(code, ledger, TODAY).verdict == "forged"


def test_another_station_cannot_have_written_it(
    tmp_path: Path, ledger: Ledger, request_: Request, proofs: Proofs
) -> None:
    other = Proofs.of(tmp_path / "other.key")
    assert proofs.check(other.code(request_, UNTIL), ledger, TODAY).verdict == "forged"


def test_it_holds_to_its_last_day(proofs: Proofs, ledger: Ledger, request_: Request) -> None:
    code = proofs.code(request_, UNTIL)
    assert proofs.check(code, ledger, UNTIL).verdict == "valid"
    assert proofs.check(code, ledger, UNTIL + timedelta(days=1)).verdict == "expired"


def test_a_cancelled_request_proves_nothing(
    proofs: Proofs, ledger: Ledger, request_: Request
) -> None:
    code = proofs.code(request_, UNTIL)
    ledger.cancel(request_.number, by="elder")
    assert proofs.check(code, ledger, TODAY).verdict == "cancelled"


def test_a_number_that_came_again_is_another_request(
    tmp_path: Path, proofs: Proofs, request_: Request
) -> None:
    code = proofs.code(request_, UNTIL)
    with Ledger.open(tmp_path / "next-year.db", clock=lambda: NOW) as other:
        assert proofs.check(code, other, TODAY).verdict == "unknown"
        assert other.file(FiledRequest("taxi", {})).number == request_.number
        assert proofs.check(code, other, TODAY).verdict == "unknown"


def test_the_key_is_kept_and_is_for_nobody_else(tmp_path: Path, request_: Request) -> None:
    file = tmp_path / "keys" / "slip.key"
    first = Proofs.of(file).code(request_, UNTIL)
    assert Proofs.of(file).code(request_, UNTIL) == first
    assert file.stat().st_mode & 0o077 == 0


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="too short"):
        Proofs(b"1234")
