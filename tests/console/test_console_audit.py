"""The audit's page: who saw, played and changed what, and whether the record is whole."""

from __future__ import annotations

import ast
import html
import io
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
import yaml
from console_house import NASTY, Browser, House

from station import audit
from station.words import WORDS

SOURCES = Path(__file__).resolve().parents[2]


@pytest.fixture
def auditor(house: House) -> Iterator[Browser]:
    with Browser(house.address) as browser:
        assert browser.log_in("zhaomin").status_code == 200
        yield browser


def seen(browser: Browser, query: str = "") -> str:
    answer = browser.look(f"/audit?{query}")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def rows(text: str) -> list[str]:
    return re.findall(r"<tr><td>(.*?)</tr>", text, re.DOTALL)


def test_who_saw_a_number_and_played_a_recording_stands_there(
    house: House, staff: Browser, auditor: Browser
) -> None:
    number = house.file(phone="13800000002", conversation=house.talk("audited"))
    staff.submit(f"/requests/{number}/reveal")
    staff.look(f"/requests/{number}/sound/1")
    played, shown = rows(seen(auditor, f"target={number}"))
    assert "李静" in played
    assert "听了录音" in played
    assert "看了完整号码" in shown
    assert f'<a href="/requests/{number}">请求 {number}</a>' in shown
    assert "13800000002" not in played + shown


def test_who_changed_which_request_stands_there(
    house: House, staff: Browser, auditor: Browser
) -> None:
    number = house.file(slots={"destination": "火车站"})
    staff.submit(f"/requests/{number}/accept")
    staff.submit(f"/requests/{number}/note", {"note": NASTY})
    told = rows(seen(auditor, f"kind=changes&target=request {number}"))
    assert len(told) == 2
    assert "记一笔" in told[0]
    assert "新的 → 已接" in told[1]
    assert "<script>alert" not in auditor.look("/audit?kind=changes").text
    assert rows(seen(auditor, f"kind=changes&target={number}&what=noted")) == told[:1]
    assert rows(seen(auditor, f"kind=changes&target={number}&by=wangfang")) == []


def test_lines_are_found_by_who_what_and_day(house: House, boss: Browser, auditor: Browser) -> None:
    boss.submit("/people", {"login": "auditee", "name": "被审", "role": "staff"})
    today = house.ledger.now().date()
    for query in ("by=wangfang", "what=staff.added", f"since={today}", f"until={today}"):
        assert "加了账号" in "".join(rows(seen(auditor, query))), query
    for query in ("by=zhaomin", "what=logout", f"since={today + timedelta(days=1)}",
                  f"until={today - timedelta(days=1)}"):  # fmt: skip
        assert "加了账号" not in "".join(rows(seen(auditor, query))), query


def test_older_lines_follow_page_by_page(house: House, auditor: Browser) -> None:
    for n in range(60):
        audit.record(house.ledger.store, at=house.ledger.now(), by="linli", what="paged",
                     target=f"page {n}")  # fmt: skip
    first = seen(auditor, "what=paged")
    older = re.findall(r'href="(/audit\?[^"]*after=[^"]*)"', first)[0]
    second = html.unescape(auditor.look(older).text)
    assert len(rows(first)) == 50
    assert [re.findall(r"page \d+", row)[0] for row in rows(first) + rows(second)] == [
        f"page {n}" for n in reversed(range(60))
    ]


def test_one_click_tells_whether_the_record_is_whole(tmp_path: Path) -> None:
    folder = tmp_path / "house"
    folder.mkdir()
    house = House(folder)
    house.people()
    house.site = replace(house.site, heads=tmp_path / "audit.heads")
    with house.served(), Browser(house.address) as browser:
        assert browser.log_in("zhaomin").status_code == 200
        audit.note_head(house.ledger.store, tmp_path / "audit.heads", house.ledger.now())
        text = html.unescape(browser.submit("/audit/verify").text)
        assert "一条不少，一字没改" in text
        assert "1 个指纹" in text
        shell = sqlite3.connect(house.folder / "ledger.db")
        shell.execute("DROP TRIGGER audit_never_changes")
        shell.execute("UPDATE audit SET by = 'nobody' WHERE id = 2")
        shell.commit()
        shell.close()
        assert "从第 2 条起不对：这一条被改过" in html.unescape(
            browser.submit("/audit/verify").text
        )
        (tmp_path / "audit.heads").write_text("nonsense", "utf-8")
        assert "is no noted head" in html.unescape(browser.submit("/audit/verify").text)
    house.ledger.close()


def test_the_record_is_taken_out_as_it_is_looked_for(house: House, auditor: Browser) -> None:
    audit.record(house.ledger.store, at=house.ledger.now(), by="linli", what="taken",
                 target="=1+1")  # fmt: skip
    answer = auditor.look("/audit/excel?what=taken")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    (head, line) = [[cell.value for cell in row] for row in book.active.rows]
    assert head[2] == "谁"
    assert line[2:5] == ["邻里", "taken", "=1+1"]
    assert "f" not in {cell.data_type for row in book.active.rows for cell in row}
    assert audit.entries(house.ledger.store, what="audit.exported", limit=1)[0].by == "zhaomin"


def test_every_deed_of_the_audit_has_a_word() -> None:
    named = yaml.safe_load(WORDS.with_name("audit.yaml").read_text("utf-8"))["what"]
    told = {
        keyword.value.value
        for room in ("station", "linli", "ivr")
        for path in (SOURCES / room).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"audit.append", "audit.record"}
        for keyword in call.keywords
        if keyword.arg == "what" and isinstance(keyword.value, ast.Constant)
    }
    assert len(told) > 20
    assert told - set(named) == set()
