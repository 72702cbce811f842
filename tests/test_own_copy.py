"""Whoever asks what is known of them gets all of it, and nothing of anybody else."""

from __future__ import annotations

import errno
import html
import json
import shutil
from pathlib import Path

import pytest
from crew import crew_at
from test_forgetting import TRACES, ledger, settings, wang

from linli import own_copy, register
from linli.errors import UsageError
from linli.own_copy import DATA, PAGE_NAME
from station import audit, personal, satisfaction, timebank
from station.errors import LedgerError
from station.ledger import Ledger
from station.requests import FiledRequest
from station.residents import Resident
from station.settings import Settings

__all__ = ["ledger", "settings", "wang"]


@pytest.fixture
def folder(settings: Settings, ledger: Ledger, wang: int, tmp_path: Path) -> Path:
    """Her copy, as it is handed over."""
    told: list[str] = []
    out = tmp_path / "copy"
    assert register.copy_one(settings, ledger, str(wang), out, tell=told.append)
    assert "2 件请求，1 次谈话，3 个录音、留言和照片" in told[-1]
    return out


def test_every_trace_of_her_is_in_the_copy(folder: Path) -> None:
    data = (folder / DATA).read_text("utf-8")
    assert [trace for trace in TRACES if trace not in data] == []
    page = (folder / PAGE_NAME).read_text("utf-8")
    for trace in ("王秀英", "河口路3号院2栋", "李强", "挂心内科", "我是王秀英", "老毛病"):
        assert trace in page


def test_her_voice_her_message_and_her_photos_come_along(folder: Path) -> None:
    files = {path.name for path in folder.rglob("*") if path.is_file()}
    assert files == {DATA, PAGE_NAME, "c1.wav", "talk-001.ogg", "儿子.jpg"}
    assert (folder / "recordings" / "2026/11/23/talk-001.ogg").read_bytes() == b"sound"


def test_nothing_of_her_neighbour_is_in_it(folder: Path) -> None:
    data = (folder / DATA).read_text("utf-8")
    assert "李大山" not in data
    assert "去看看" not in data
    history = json.loads(data)["requests"][0]["history"]
    assert [each["version"] for each in history] == list(range(1, len(history) + 1))


def test_the_audit_knows_and_a_folder_with_something_in_it_is_refused(
    settings: Settings, ledger: Ledger, wang: int, folder: Path
) -> None:
    (entry,) = audit.entries(ledger.store, what="resident.copied")
    assert entry.target == f"resident {wang}"
    with pytest.raises(UsageError, match="not empty"):
        register.copy_one(settings, ledger, str(wang), folder, tell=print)


def test_of_two_of_one_name_nobody_is_guessed(
    settings: Settings, ledger: Ledger, wang: int, tmp_path: Path
) -> None:
    ledger.upsert_resident(Resident("王秀英", phones=("13700000000",)))
    told: list[str] = []
    assert not register.copy_one(settings, ledger, "王秀英", tmp_path / "two", tell=told.append)
    assert not (tmp_path / "two").exists()
    assert any(f"{wang}" in line for line in told)


def test_who_came_what_they_sent_and_how_it_was_done_is_in_it(
    settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "copy"
    with crew_at(tmp_path / "house") as crew:
        order = crew.give(request := crew.file(), "王师傅")
        other = crew.give(crew.file(who=crew.li), "王师傅")
        crew.step(crew.step(order, "accepted"), "arrived")
        crew.step(order, "noted", "钥匙在门口", photo=b"jpeg")
        crew.step(crew.step(other, "accepted"), "noted", "去看看", photo=b"of her neighbour")
        satisfaction.keep(crew.ledger.store, request.id, 3, "key", crew.ledger.now())
        crew.visit(crew.file("companionship"), "刘大姐")
        timebank.spend(
            crew.ledger, crew.id("刘大姐"), 30, crew.zhang.id or 0, by="lijing", note="陪诊"
        )
        own_copy.write(settings, crew.ledger, crew.zhang, out, by="lijing", tell=lambda _: None)
    (photo,) = (out / "photos").iterdir()
    assert (photo.name.startswith(order.number), photo.read_bytes()) == (True, b"jpeg")
    data = (out / DATA).read_text("utf-8")
    page = (out / PAGE_NAME).read_text("utf-8")
    for told in ("王师傅到了", "王师傅：钥匙在门口（照片）", "不好", "陪诊"):
        assert told in page
    assert order.nonce not in data
    for text in (data, page):
        assert "去看看" not in text


def test_what_they_said_is_shown_and_never_run(settings: Settings, ledger: Ledger) -> None:
    evil = ledger.upsert_resident(Resident("<script>x</script>", note="a|b"))
    ledger.file(FiledRequest("meal", summary="<img src=x>", resident=evil.id))
    picture = "![x](http://example.com/x.png)"
    ledger.file(FiledRequest("meal", summary=picture, resident=evil.id))
    page = own_copy.page(settings, personal.collect(ledger.store, evil))
    assert "<script>x" not in page
    assert "<img" not in page
    assert picture in page
    assert "a|b" in page


def test_what_was_written_is_read_as_it_was_written(settings: Settings, ledger: Ledger) -> None:
    odd = "3*4*5号 _左_ `门` \\| &lt; [钥匙](地垫) 1. #"
    known = ledger.upsert_resident(Resident("何明", address=odd))
    page = own_copy.page(settings, personal.collect(ledger.store, known))
    assert html.escape(odd) in page


def test_a_request_of_a_service_that_is_no_more_is_in_it(
    settings: Settings, ledger: Ledger
) -> None:
    known = ledger.upsert_resident(Resident("何明"))
    ledger.file(FiledRequest("coal", resident=known.id))
    assert "coal" in own_copy.page(settings, personal.collect(ledger.store, known))


def test_a_full_disk_under_the_packed_copy_is_told_as_one(
    settings: Settings, ledger: Ledger, wang: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(LedgerError, match="free space") as caught:
        own_copy.packed(settings, ledger, ledger.resident(wang), tmp_path, by="wangfang")
    assert caught.value.code == "disk_full"
