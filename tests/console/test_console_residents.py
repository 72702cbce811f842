"""A resident's page: found, read, put right, handed out and deleted, each noted in the audit."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from console_house import NASTY, PASSWORD, Browser, House, opened

from linli import own_copy
from linli.console import copier, forgetter
from linli.desk import LedgerDesk
from linli.places import forgotten_of
from station import audit, forgetting, owed_calls
from station.ledger import Ledger
from station.owed_calls import OwedCall
from station.residents import Contact, Resident
from station.settings import Settings
from station.utterances import Conversation, Utterance

PHONE, KIN = "13800000077", "13800000078"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console from which somebody is given a copy, and can be forgotten."""
    there: list[House] = []
    base = tmp_path_factory.mktemp("residents") / "house"

    def forget(resident: int, by: str) -> object:
        ledger = there[0].ledger
        return forgetting.forget(ledger.store, resident, by=by, at=ledger.now())

    def copy(resident: int, by: str, folder: Path) -> Path:
        ledger = there[0].ledger
        settings = Settings.load(None, base=base)
        return own_copy.packed(settings, ledger, ledger.resident(resident), folder, by=by)

    with opened(base, forget=forget, copy=copy) as ready:
        there.append(ready)
        yield ready


@pytest.fixture
def clerk(home: House) -> Iterator[Browser]:
    with Browser(home.address) as browser:
        browser.log_in()
        yield browser


@pytest.fixture
def chief(home: House) -> Iterator[Browser]:
    with Browser(home.address) as browser:
        browser.log_in("wangfang")
        yield browser


def elder(home: House, name: str) -> Resident:
    """Somebody with everything, under a name of their own."""
    return home.ledger.upsert_resident(
        Resident(
            name,
            called="奶奶",
            phones=(PHONE,),
            address="河口路3号",
            diet="少盐",
            hospital="人民医院",
            dialect="bazhong",
            lives_alone=True,
            profile={"pills": ["降压药"]},
            contacts=(Contact("王芳", "大女儿", ("大妞",), "幺儿", KIN), Contact("王强", "儿子")),
        )
    )


def deeds(home: House, what: str) -> list[str]:
    return [each.target for each in audit.entries(home.ledger.store, what=what)]


def form_of(page: str) -> dict[str, str]:
    """What stands in the form for putting somebody right, as a browser would send it."""
    part = page[page.index('name="seen"') - 30 :]
    told = dict(re.findall(r'<input[^>]* name="([\w-]+)" value="([^"]*)" maxlength', part))
    told |= dict.fromkeys(re.findall(r'name="([\w-]+)" value="1" checked', part), "1")
    chosen = r'<select id="([\w-]+)".*?<option value="(\w*)" selected'
    told |= dict(re.findall(chosen, part, re.S))
    found = re.search(r'name="seen" value="(\w+)"', part)
    assert found
    return told | {"seen": found[1]}


def test_somebody_is_found_by_name_and_by_number(home: House, clerk: Browser) -> None:
    known = elder(home, "何桂花")
    for sought in ("何桂", "0077"):
        page = clerk.look(f"/residents?search={sought}").text
        assert f'href="/residents/{known.id}"' in page
        assert PHONE not in page
    assert "没有找到" in clerk.look("/residents?search=没有这个人").text


def test_the_page_tells_everything_and_hides_the_numbers(home: House, clerk: Browser) -> None:
    known = elder(home, "何秀珍")
    waits = home.file(resident=known.id, slots={"destination": "火车站"})
    over = home.file("meal", resident=known.id)
    home.ledger.cancel(over, by="lijing", note="不要了")
    store, now = home.ledger.store, home.ledger.now()
    until = now + timedelta(hours=1)
    asked = OwedCall("closing", "closing", PHONE, ("好吗？",), now, until, resident=known.id)
    owed_calls.owe(store, asked, now)
    page = clerk.look(f"/residents/{known.id}").text
    for told in ("何秀珍", "河口路3号", "少盐", "人民医院", "巴中", "一个人住", "大女儿 王芳",
                 "还没问过", waits, over, "火车站", "邻里打去问办得怎么样"):  # fmt: skip
        assert told in page, told
    assert PHONE not in page
    assert KIN not in page
    assert "138****0077" in page


def test_numbers_are_shown_to_who_asks_and_the_audit_knows(home: House, clerk: Browser) -> None:
    known = elder(home, "何明")
    page = clerk.submit(f"/residents/{known.id}/reveal").text
    assert PHONE in page
    assert KIN in page
    assert deeds(home, "phone.revealed")[0] == f"resident {known.id}"


def test_what_is_put_right_is_kept_and_the_rest_stays(home: House, clerk: Browser) -> None:
    known = elder(home, "何玉兰")
    page = clerk.submit(f"/residents/{known.id}/reveal").text
    form = form_of(page) | {"diet": "少糖", "consent": "no", "c1-behalf": "1"}
    del form["lives_alone"]
    answer = clerk.submit(f"/residents/{known.id}", form)
    assert "资料存好了" in answer.text
    now = home.ledger.resident(known.id or 0)
    assert (now.diet, now.lives_alone, now.unrecorded) == ("少糖", False, True)
    assert now.behalf == {"王芳"}
    assert (now.phones, now.contacts, now.address) == (known.phones, known.contacts, known.address)
    assert now.profile["pills"] == ["降压药"]
    assert "可以替老人办事" in answer.text
    entry = audit.entries(home.ledger.store, what="resident.changed", limit=1)[0]
    assert entry.detail == {"fields": ["diet", "lives_alone", "profile"]}
    assert "少糖" not in str(entry)


def test_saving_what_stood_there_changes_nothing(home: House, clerk: Browser) -> None:
    known = elder(home, "何文")
    form = form_of(clerk.submit(f"/residents/{known.id}/reveal").text)
    before = len(deeds(home, "resident.changed"))
    assert clerk.submit(f"/residents/{known.id}", form).status_code == 200
    assert home.ledger.resident(known.id or 0) == known
    assert len(deeds(home, "resident.changed")) == before


def test_who_was_changed_meanwhile_is_not_overwritten(
    home: House, clerk: Browser, chief: Browser
) -> None:
    known = elder(home, "何淑")
    form = form_of(clerk.submit(f"/residents/{known.id}/reveal").text)
    chief.submit(f"/residents/{known.id}", form | {"hospital": "中医院"})
    late = clerk.submit(f"/residents/{known.id}", form | {"diet": "无糖"})
    assert (late.status_code, "别人刚改过" in late.text) == (409, True)
    now = home.ledger.resident(known.id or 0)
    assert (now.hospital, now.diet) == ("中医院", "少盐")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [({"phones": "12"}, "电话不对"), ({"name": ""}, "没有姓名"), ({"card": "卡 1"}, "卡号只能"),
     ({"note": "身份证 413001194001011234"}, "身份证号"), ({"c2-name": ""}, "没有名字")],
)  # fmt: skip
def test_what_cannot_be_is_told_and_nothing_is_kept(
    home: House, clerk: Browser, wrong: dict[str, str], told: str
) -> None:
    known = elder(home, "何立")
    form = form_of(clerk.submit(f"/residents/{known.id}/reveal").text) | {"diet": "新的忌口"}
    answer = clerk.submit(f"/residents/{known.id}", form | wrong)
    assert (answer.status_code, told in answer.text) == (400, True)
    assert "新的忌口" in answer.text  # what was typed is still there
    assert KIN not in re.sub(r"<input[^>]*>", "", answer.text)  # the rest shows no number unasked
    assert home.ledger.resident(known.id or 0).diet == "少盐"


def test_somebody_new_is_kept_and_no_card_twice(home: House, clerk: Browser) -> None:
    assert "登记一位老人" in clerk.look("/residents/new?search=周大爷").text
    form = {"name": "周建国", "card": "C-77", "phones": "0376-5550199", "lives_alone": "1"}
    page = clerk.submit("/residents", form)
    assert (page.status_code, "周建国" in page.text) == (200, True)
    assert home.ledger.resident_by_card("C-77") is not None
    again = clerk.submit("/residents", {"name": "别人", "card": "C-77"})
    assert (again.status_code, "周建国" in again.text) == (400, True)
    assert home.ledger.residents_by_name("别人") == ()


def test_a_copy_holds_everything_and_is_a_supervisors(
    home: House, clerk: Browser, chief: Browser
) -> None:
    known = elder(home, "何平")
    number = home.file(resident=known.id, slots={"destination": "东站"}, note="=1+1")
    talk = Conversation("copied", "phone", home.ledger.now(), resident=known.id)
    home.ledger.keep_conversation(talk)
    home.ledger.add_utterance(
        Utterance("copied", 1, home.ledger.now(), text="去东站", said=("好的。", "几个人？"))
    )
    assert clerk.submit(f"/residents/{known.id}/copy").status_code == 403
    assert "存一份给老人" in chief.look(f"/residents/{known.id}").text
    answer = chief.submit(f"/residents/{known.id}/copy")
    assert int(answer.headers["content-length"]) == len(answer.content)
    copy = zipfile.ZipFile(io.BytesIO(answer.content))
    page = copy.read("index.html").decode()
    for told in ("何平", PHONE, number, "东站", "去东站", "好的。几个人？"):
        assert told in page
    assert json.loads(copy.read("data.json"))["requests"][0]["number"] == number
    assert deeds(home, "resident.copied")[0] == f"resident {known.id}"


def test_deletion_needs_the_name_and_nothing_open_and_a_supervisor(
    home: House, clerk: Browser, chief: Browser
) -> None:
    known = elder(home, "何安")
    number = home.file(resident=known.id)
    path = f"/residents/{known.id}/forget"
    assert clerk.submit(path, {"name": "何安"}).status_code == 403
    assert "写的姓名不对" in chief.submit(path, {"name": "何按"}).text
    waits = chief.submit(path, {"name": "何安"})
    assert (waits.status_code, number in waits.text) == (409, True)
    assert home.ledger.residents_by_name("何安")
    home.ledger.cancel(number, by="wangfang", note="不要了")
    assert "都删掉了" in chief.submit(path, {"name": "何安"}).text
    assert not home.ledger.residents_by_name("何安")
    assert chief.look(f"/residents/{known.id}").status_code == 404
    assert deeds(home, "resident.forgotten")[0] == f"resident {known.id}"


def test_an_auditor_looks_and_does_nothing(home: House) -> None:
    known = elder(home, "何青")
    with Browser(home.address) as auditor:
        auditor.log_in("zhaomin", PASSWORD)
        page = auditor.look(f"/residents/{known.id}").text
        assert "何青" in page
        assert "/reveal" not in page
        for path in ("reveal", "copy", "forget"):
            assert auditor.submit(f"/residents/{known.id}/{path}").status_code == 403
        assert auditor.submit(f"/residents/{known.id}", {"name": "x"}).status_code == 403


def test_a_name_is_text_and_never_markup(home: House, clerk: Browser) -> None:
    known = home.ledger.upsert_resident(Resident(NASTY, contacts=(Contact(NASTY, NASTY),)))
    for page in (clerk.look(f"/residents/{known.id}"), clerk.look("/residents?search=script"),
                 clerk.submit(f"/residents/{known.id}/reveal")):  # fmt: skip
        assert "<script>alert" not in page.text
        assert "&lt;script&gt;" in page.text


def test_who_refused_is_not_recorded(tmp_path: Path) -> None:
    with Ledger.open(tmp_path / "ledger.db") as ledger:
        refused = ledger.upsert_resident(Resident("何静", profile={"consent": "no"}))
        for who, may in ((refused, False), (None, True)):
            desk = LedgerDesk(ledger, channel="kiosk", now=ledger.now, resident=who)
            kept = ledger.conversation(desk.conversation)
            assert kept is not None
            assert kept.consent is may


def test_the_served_console_copies_and_forgets_outside_the_ledger_as_well(tmp_path: Path) -> None:
    shipped = Settings.load(None, base=tmp_path)
    data = {"ledger": tmp_path / "var" / "ledger.db", "spool": tmp_path / "spool"}
    settings = shipped.model_copy(update={"data": shipped.data.model_copy(update=data)})
    with Ledger.open(settings.data.ledger) as ledger:
        known = ledger.upsert_resident(Resident("何远", phones=(PHONE,)))
        packed = copier(settings)(known.id or 0, "wangfang", tmp_path)
        assert zipfile.is_zipfile(packed)
        forgetter(settings)(known.id or 0, "wangfang")
        assert ledger.residents_by_name("何远") == ()
        entry = audit.entries(ledger.store, what="resident.forgotten", limit=1)[0]
    assert entry.by == "wangfang"
    assert forgotten_of(settings).read_text("utf-8").startswith(f"{known.id} ")
