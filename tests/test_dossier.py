"""A resident's page: every call is on it; staff put it right, and nobody's change is lost."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import get_args

import pytest

from ivr.ringer import Outcome
from station import audit, callbacks, clock, desk_calls, dossier, owed_calls, personal
from station.callbacks import MissedCall
from station.desk_calls import DeskCall
from station.dossier import Call, Kind
from station.errors import ConflictError
from station.ledger import Ledger
from station.owed_calls import OwedCall
from station.register_row import WrongCell
from station.residents import Resident
from station.words import told_call, words

ROUNDS, PROGRAMS = 5, 6
HOUR = timedelta(hours=1)


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


def test_every_sort_of_call_is_on_the_page_and_in_the_copy_alike_and_has_a_name(
    tmp_path: Path,
) -> None:
    phone = "13800000077"
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        known = ledger.upsert_resident(Resident("何平", phones=(phone,)))
        store, now = ledger.store, ledger.now()
        callbacks.enter(store, MissedCall("missed", now, phone, "busy", now))
        wanted = DeskCall("801", phone, "lijing", resident=known.id)
        desk_calls.want(store, wanted, now, per_hour=3)
        kinds = get_args(owed_calls.Kind)
        for kind in kinds:
            call = OwedCall(kind, kind, phone, ("您好。",), now, now + HOUR, resident=known.id)
            owed_calls.owe(store, call, now)
        shown = dossier.calls_of(store, known.id or 0, 50)
        copied = [dossier.call_of(row) for row in personal.collect(store, known).calls]
    assert sorted(shown, key=str) == sorted(copied, key=str)
    assert {each.kind for each in shown} == {"missed", "desk", *kinds}
    assert {each.kind for each in shown} == set(words()["calls"]["kinds"])


@pytest.mark.parametrize("outcome", get_args(Outcome))
@pytest.mark.parametrize("kind", get_args(owed_calls.Kind))
def test_what_became_of_a_call_is_told_in_words(kind: Kind, outcome: str) -> None:
    assert outcome not in told_call(Call(clock.now(), kind, "", outcome, None))
