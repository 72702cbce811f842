"""Staff put a resident right: nobody's change is lost, and no card is given twice."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from station import audit, dossier
from station.errors import ConflictError
from station.ledger import Ledger
from station.register_row import WrongCell
from station.residents import Resident

ROUNDS, PROGRAMS = 5, 6


def at_once(path: Path, wanted: list[Resident], seen: str) -> list[str]:
    """Who wanted to keep somebody in the same moment: whom it was kept for."""
    begin = threading.Barrier(len(wanted))

    def keep(each: Resident) -> str:
        with Ledger.open(path) as own:
            begin.wait(30)
            try:
                dossier.keep(own, each, by=each.diet, seen=seen)
            except (ConflictError, WrongCell):
                return ""
        return each.diet

    with ThreadPoolExecutor(len(wanted)) as programs:
        return list(filter(None, programs.map(keep, wanted)))


def test_of_those_who_save_the_same_form_at_once_one_is_kept_and_the_others_are_told(
    tmp_path: Path,
) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        known = ledger.upsert_resident(Resident("何桂花"))
        for turn in range(ROUNDS):
            forms = [replace(known, diet=f"{turn}-{n}") for n in range(PROGRAMS)]
            kept = at_once(path, forms, dossier.mark(known))
            known = ledger.resident(known.id or 0)
            assert kept == [known.diet]
        noted = audit.entries(ledger.store, what="resident.changed")
        assert len(noted) == ROUNDS


def test_a_card_given_out_at_two_desks_at_once_is_one_persons(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    with Ledger.open(path) as ledger:
        for turn in range(ROUNDS):
            card = f"C-{turn}"
            people = [Resident(f"{card} {n}", card=card, diet=f"{n}") for n in range(PROGRAMS)]
            (kept,) = at_once(path, people, "")
            known = ledger.resident_by_card(card)
            assert known is not None
            assert known.name == f"{card} {kept}"


def test_the_audit_knows_what_was_changed_and_never_how(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        known = dossier.keep(ledger, Resident("何明"), by="lijing")
        wanted = replace(known, diet="少糖", phones=("13800000077",))
        dossier.keep(ledger, wanted, by="lijing", seen=dossier.mark(known))
        (entry,) = audit.entries(ledger.store, what="resident.changed")
        assert entry.detail == {"fields": ["phones", "diet"]}
        with pytest.raises(ConflictError, match="changed meanwhile"):
            dossier.keep(ledger, known, by="lijing", seen=dossier.mark(known))
