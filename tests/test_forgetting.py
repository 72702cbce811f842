"""Deletion on request: nothing of a person is left in any table or file, and the count stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from linli import register
from linli.forget import forget, forget_again, noted
from linli.places import forgotten_of, places_of
from station import audit, callbacks, forgetting, handling, owed_calls
from station.backup import make
from station.callbacks import MissedCall
from station.clock import BEIJING
from station.forgetting import ForgetError
from station.ledger import Ledger
from station.owed_calls import OwedCall
from station.requests import FiledRequest
from station.residents import Contact, Resident
from station.restore import restore
from station.settings import Settings
from station.utterances import Conversation, Utterance

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=BEIJING)
WANG = Resident(
    "王秀英", card="A0017", called="王奶奶", phones=("13812345678", "03766222333"),
    address="河口路3号院2栋", diet="少盐", profile={"medicines": ["硝苯地平"]},
    contacts=(Contact("李强", "儿子", phone="13900000001"),), note="耳朵背",
)  # fmt: skip
TRACES = ("王秀英", "王奶奶", "13812345678", "138 1234 5678", "河口路3号院2栋", "A0017", "硝苯地平",
          "李强", "13900000001", "心内科", "老毛病")  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings.load(None, base=tmp_path)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Ledger]:
    with Ledger.open(settings.data.ledger, clock=lambda: NOW) as opened:
        yield opened


@pytest.fixture
def wang(settings: Settings, ledger: Ledger) -> int:
    """She has asked for things, talked, called; her neighbour and her son spoke of her."""
    kept = ledger.upsert_resident(WANG)
    neighbour = ledger.upsert_resident(
        Resident("李大山", phones=("03766222333",), note="王秀英家的")
    )
    id_ = kept.id or 0
    ledger.keep_conversation(Conversation("talk", "phone", NOW, id_, "13812345678"))
    sound = settings.data.recordings / "2026/11/23/talk-001.ogg"
    sound.parent.mkdir(parents=True)
    sound.write_bytes(b"sound")
    ledger.add_utterance(
        Utterance("talk", 1, NOW, text="我是王秀英", audio="2026/11/23/talk-001.ogg", said=("好",))
    )
    first = ledger.file(
        FiledRequest(
            "appointment", {"department": "心内科", "passengers": 2, "for_whom": "王秀英"},
            resident=id_, conversation="talk", note="老毛病", summary="挂心内科，对不对？",
        )
    )  # fmt: skip
    ledger.change(first.number, by="lijing", slots={"passengers": 3, "origin": WANG.address})
    ledger.remark(first.number, "打给13812345678没人接", by="lijing")
    handling.accept(ledger, first.number, by="lijing")
    ledger.advance(first.number, "done", by="lijing", note="王奶奶很满意")
    second = ledger.file(FiledRequest("meal", {"meal": "lunch"}, phone="138 1234 5678"))
    ledger.cancel(second.number, by="elder")
    ledger.file(
        FiledRequest(
            "companionship", {"note": "去看看王秀英"}, resident=neighbour.id, conversation="next"
        )
    )
    ledger.add_utterance(Utterance("next", 1, NOW, text="去看看王秀英", alternatives=("王秀英",)))
    call = MissedCall("c1", NOW, "13812345678", "busy", NOW + timedelta(minutes=15), "c1.wav")
    callbacks.enter(ledger.store, call)
    owed_calls.owe(
        ledger.store,
        OwedCall(
            "o1", "notice", "13812345678", ("王奶奶，饭来了",), NOW, NOW + timedelta(hours=1), id_
        ),
        NOW,
    )
    message = settings.phone.folder / "missed" / "c1.wav"
    photo = settings.kiosk.photos / "A0017" / "儿子.jpg"
    for file in (message, photo):
        file.parent.mkdir(parents=True)
        file.write_bytes(b"x")
    settings.data.spool.mkdir(parents=True)
    (settings.data.spool / "x.unreadable").write_text("{王秀英", "utf-8")
    (settings.data.spool / "y.unreadable").write_text("{李大山", "utf-8")
    return id_


def traces(folder: Path) -> list[tuple[str, str]]:
    """Where anything of her is still to be found, in the bytes of all files."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [
        (path.name, trace)
        for path in files
        for trace in TRACES
        if trace.encode() in path.read_bytes()
    ]


def test_nothing_of_her_is_left_in_any_file(
    settings: Settings, ledger: Ledger, wang: int, tmp_path: Path
) -> None:
    ledger.store.wipe_log()
    assert {trace for _, trace in traces(tmp_path)} == set(TRACES)
    done = forget(settings, ledger, wang, by="shell:root", at=NOW)
    assert traces(tmp_path) == []
    assert (done.requests, done.conversations) == (2, 1)
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert not left & {"talk-001.ogg", "c1.wav", "儿子.jpg", "x.unreadable"}
    assert "y.unreadable" in left


def test_her_requests_stay_in_the_count_and_the_ledger_stays_sound(
    settings: Settings, ledger: Ledger, wang: int
) -> None:
    before = [(r.number, r.created, r.intent, r.status, r.channel) for r in ledger.requests()]
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    after = list(ledger.requests())
    assert [(r.number, r.created, r.intent, r.status, r.channel) for r in after] == before
    assert ledger.contradictions() == []
    assert [(r.resident, r.phone, r.summary, r.conversation) for r in after[:2]] == [
        (None, "", "", None)
    ] * 2
    assert [r.slots for r in after[:2]] == [{"passengers": 3}, {"meal": "lunch"}]
    told = ledger.history(after[0].number)
    assert [each.what for each in told] == [
        "filed",
        "changed",
        "noted",
        "status",
        "status",
        "noted",
    ]
    assert (told[3].by, told[-1].note) == ("lijing", "forgotten on request")


def test_neighbours_keep_what_is_theirs_without_her_name(
    settings: Settings, ledger: Ledger, wang: int
) -> None:
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    (neighbour,) = ledger.residents_by_name("李大山")
    assert (neighbour.phones, neighbour.note) == (("03766222333",), "＊＊家的")
    last = list(ledger.requests())[-1]
    assert (last.resident, last.status, last.note) == (neighbour.id, "new", "去看看＊＊")
    assert ledger.utterances("next")[0].alternatives == ("＊＊",)


def test_what_cannot_be_deleted_keeps_her_there_and_the_second_try_finishes(
    settings: Settings, ledger: Ledger, wang: int, tmp_path: Path
) -> None:
    message = settings.phone.folder / "missed" / "c1.wav"
    message.unlink()
    message.mkdir()  # a disk that does not let go
    with pytest.raises(ForgetError, match=r"c1\.wav.*do it again"):
        forget(settings, ledger, wang, by="shell:root", at=NOW)
    assert ledger.resident(wang).name == "王秀英"
    message.rmdir()
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    assert traces(tmp_path) == []


def test_a_namesake_keeps_her_name(settings: Settings, ledger: Ledger, wang: int) -> None:
    other = ledger.upsert_resident(Resident("王秀英", card="B0001"))
    theirs = ledger.file(FiledRequest("taxi", resident=other.id, note="王秀英要轮椅车"))
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    assert ledger.request(theirs.number).note == "王秀英要轮椅车"
    assert [each.card for each in ledger.residents_by_name("王秀英")] == ["B0001"]


@pytest.mark.usefixtures("wang")
def test_a_card_that_names_no_folder_takes_nobody_elses_files_along(
    settings: Settings, ledger: Ledger
) -> None:
    odd = ledger.upsert_resident(Resident("周", card=".."))
    forget(settings, ledger, odd.id or 0, by="shell:root", at=NOW)
    assert (settings.kiosk.photos / "A0017" / "儿子.jpg").exists()


def test_whoever_still_waits_for_something_is_not_forgotten_half(
    settings: Settings, ledger: Ledger, wang: int
) -> None:
    number = ledger.file(FiledRequest("taxi", resident=wang)).number
    with pytest.raises(ForgetError, match=f"still waits for {number}: close these first"):
        forget(settings, ledger, wang, by="shell:root", at=NOW)
    assert ledger.resident(wang).name == "王秀英"
    assert (settings.kiosk.photos / "A0017" / "儿子.jpg").exists()
    ledger.cancel(number, by="elder")
    forget(settings, ledger, wang, by="shell:root", at=NOW)


def test_afterwards_the_history_cannot_be_changed_any_more(
    settings: Settings, ledger: Ledger, wang: int
) -> None:
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    shell = sqlite3.connect(settings.data.ledger)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        shell.execute("UPDATE events SET note = 'x' WHERE request_id = 1")
    shell.close()


def test_that_it_was_done_is_told_by_number_only(
    settings: Settings, ledger: Ledger, wang: int
) -> None:
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    (entry,) = audit.entries(ledger.store, what="resident.forgotten")
    assert (entry.target, entry.by) == (f"resident {wang}", "shell:root")
    ((id_, created),) = noted([forgotten_of(settings)])
    assert (id_, created[:10]) == (wang, "2026-11-23")


def test_a_backup_from_before_brings_nobody_back(
    settings: Settings, ledger: Ledger, wang: int, tmp_path: Path
) -> None:
    places = places_of(settings, tmp_path / "station.toml")
    saved = make(places, tmp_path / "saved", keep=3, now=NOW)
    forget(settings, ledger, wang, by="shell:root", at=NOW)
    ledger.close()
    again: list[forgetting.Forgotten] = []
    restore(
        saved.folder, places, aside=True, by="shell:root", now=NOW,
        mend=lambda store: again.extend(
            forget_again(store, [forgotten_of(settings)], by="shell:root", at=NOW)
        ),
    )  # fmt: skip
    assert [each.resident for each in again] == [wang]
    restored = settings.data.ledger.read_bytes()
    assert not any(trace.encode() in restored for trace in TRACES)
    with Ledger.open(settings.data.ledger) as back:
        assert back.residents_by_name("王秀英") == ()
        assert back.contradictions() == []


def test_a_new_resident_with_the_same_row_is_not_forgotten_by_a_restore(
    settings: Settings, ledger: Ledger
) -> None:
    first = ledger.upsert_resident(Resident("张三")).id or 0
    forget(settings, ledger, first, by="shell:root", at=NOW)
    with Ledger.open(settings.data.ledger, clock=lambda: NOW + timedelta(days=1)) as later:
        assert later.upsert_resident(Resident("李四")).id == first
        assert forget_again(later.store, [forgotten_of(settings)], by="x", at=NOW) == []
        assert later.resident(first).name == "李四"


def test_the_command_asks_and_lists_namesakes(
    settings: Settings, ledger: Ledger, wang: int
) -> None:
    ledger.upsert_resident(Resident("王秀英", card="B0001"))
    told: list[str] = []
    asked: list[str] = []

    def refuse(question: str) -> bool:
        asked.append(question)
        return False

    assert not register.forget_one(settings, ledger, "王秀英", sure=refuse, tell=told.append)
    assert (len(told), asked) == (3, [])
    assert not register.forget_one(settings, ledger, str(wang), sure=refuse, tell=told.append)
    assert WANG.address in asked[0]
    assert ledger.resident(wang).name == "王秀英"
    assert not register.forget_one(settings, ledger, "赵六", sure=None, tell=told.append)
    assert told[-1] == "台账里没有赵六。"
    assert register.forget_one(settings, ledger, str(wang), sure=None, tell=told.append)
    assert "2 件办完的请求" in told[-1]
