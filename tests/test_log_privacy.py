"""A day with everything in it leaves nobody's name, number, address or words in the log."""

from __future__ import annotations

import logging
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from kiosk_rehearsed import type_card

from ivr.folders import Folders
from linli import missed_calls, sweeping
from linli.errands import staff_wanted
from linli.rehearsal import Rehearsal
from linli.selftest import made
from linli.selftest_words import words
from linli.stage import register
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import Settings

SAID = ("我膝盖疼得下不了楼", "张桂英家的钥匙在门口花盆底下", "电话是幺三八幺二三四五六七八")


def secrets() -> list[str]:
    """Everything that tells who somebody is, of all invented residents, and all that is said."""
    people = list(register())
    found = [each.name for each in people] + [each.address for each in people]
    found += [phone for each in people for phone in each.phones]
    found += [contact.name for each in people for contact in each.contacts]
    found += [contact.phone for each in people for contact in each.contacts]
    return [each for each in {*found, *SAID, "13812345678", "花盆"} if len(each) > 1]


def test_a_day_at_the_kiosk_with_a_broken_ledger_names_nobody(
    kiosk: Rehearsal, log_file: Path, tmp_path: Path
) -> None:
    logging.getLogger().setLevel("DEBUG")
    settings = Settings.load(None, base=tmp_path)
    for resident in register():
        kiosk.ledger.upsert_resident(resident)
    type_card(kiosk, "1001")
    for sentence in SAID:
        kiosk.say(sentence)
    kiosk.say("快来人啊，我摔倒了")
    kiosk.touch("emergency")
    kiosk.wait(60)
    folders = Folders(tmp_path / "phone")
    folders.make()
    now = kiosk.ledger.now()
    note = f"1700000000.1 {int(now.timestamp())} closed promise-soon n13812345678 l101 .\n"
    (folders.missed / "1700000000.1.missed").write_text(note, "utf-8")
    assert missed_calls.take(settings, kiosk.ledger, folders) == 1
    sweeping.sweep(settings, kiosk.ledger, now + timedelta(days=400))

    def breaks() -> None:
        raise ValueError(f"no such line {SAID[2]} 13812345678")

    made(next(iter(words()["names"])), breaks)  # type: ignore[arg-type]
    with Ledger.open(kiosk.ledger.store.path, spool=tmp_path / "spool") as ledger:
        ledger.store.db.execute("PRAGMA query_only = 1")
        with suppress(LedgerError):
            ledger.file(FiledRequest("taxi", {"destination": "花盆"}, phone="13812345678"))
    if kiosk.session is not None and kiosk._desk is not None:
        staff_wanted(kiosk._desk, kiosk.session.open())
    text = log_file.read_text("utf-8")
    assert [each for each in secrets() if each in text] == []
    for event in ("missed_call", "swept", "check_broke", "request_not_filed"):
        assert event in text
