"""The register as a table: every bad row is told with what to do, and nothing runs in Excel."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station import audit, register, residents, sheets
from station.ledger import Ledger
from station.register import Reading
from station.residents import Contact, Resident
from station.sheets import SheetError

HEADER = ("卡号", "姓名", "电话", "地址", "轮椅", "独居", "联系人1", "联系人1关系", "联系人1电话")
PHONES = "13812345678、0376-6222333"
WANG = ("A017", "王秀英", PHONES, "河口路3号", "是", "否", "李芳", "女儿", "13900000002")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(tmp_path / "ledger.db") as opened:
        yield opened


def saved(path: Path, *rows: Sequence[object], encoding: str = "utf-8") -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(list(row))
        book.save(path)
    else:
        with path.open("w", encoding=encoding, newline="") as file:
            csv.writer(file).writerows(rows)
    return path


def judged(ledger: Ledger, tmp_path: Path, *rows: Sequence[object]) -> Reading:
    return register.judge(sheets.read(saved(tmp_path / "in.csv", HEADER, *rows)), ledger)


def keep(ledger: Ledger, tmp_path: Path, *rows: Sequence[object]) -> None:
    reading = judged(ledger, tmp_path, *rows)
    assert reading.bad == []
    register.apply(reading, ledger, "lijing")


@pytest.mark.parametrize("name", ["in.csv", "in.xlsx"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_of_any_office_is_read(
    ledger: Ledger, tmp_path: Path, name: str, encoding: str
) -> None:
    lines = sheets.read(saved(tmp_path / name, HEADER, WANG, encoding=encoding))
    register.apply(register.judge(lines, ledger), ledger, "lijing")
    wang = ledger.resident_by_card("A017")
    assert wang is not None
    assert (wang.name, wang.phones) == ("王秀英", ("13812345678", "03766222333"))
    assert (wang.wheelchair, wang.lives_alone, wang.address) == (True, False, "河口路3号")
    assert wang.contacts == (Contact("李芳", "女儿", (), "", "13900000002"),)


def test_numbers_that_excel_took_for_numbers_are_read_as_people_wrote_them(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = saved(tmp_path / "in.xlsx", HEADER, [1001.0, "王秀英", 13812345678.0])
    register.apply(register.judge(sheets.read(path), ledger), ledger, "lijing")
    wang = ledger.resident_by_card("1001")
    assert wang is not None
    assert wang.phones == ("13812345678",)


@pytest.mark.parametrize(
    ("row", "value", "told"),
    [
        (["A1", "", "13812345678"], "A1", "没有姓名"),
        (["A1", "王" * 41], "王" * 20, "姓名太长（41 个字，最多 40 个）"),
        (["A1", "王\x07秀英"], "'王\\x07秀英'", "看不见的字符"),
        (["A1", "王秀英", "1381234567"], "1381234567", "电话不对"),
        (["A1", "王秀英", "问她女儿"], "问她女儿", "电话不对"),
        (["A1", "王秀英", "", "", "也许"], "也许", "轮椅只能填“是”或“否”"),
        (["A1", "王秀英", "", "413026194001011234"], "413026…", "身份证号"),
        (["张三的卡", "王秀英"], "张三的卡", "卡号只能用字母"),
        (["A1", "=1+1"], "=1+1", "是公式"),
        (["A1", "王秀英", "", "", "", "", "", "女儿", ""], "女儿", "没有名字"),
    ],
    ids=[
        "no-name",
        "long",
        "control",
        "short-phone",
        "no-phone",
        "flag",
        "identity",
        "card",
        "formula",
        "contact",
    ],
)
def test_a_bad_row_is_told_with_its_number_its_value_and_what_to_do(
    ledger: Ledger, tmp_path: Path, row: list[str], value: str, told: str
) -> None:
    reading = judged(ledger, tmp_path, WANG, row)
    (bad,) = reading.bad
    assert (bad.row, bad.value) == (3, value)
    assert told in bad.what
    assert "请" in bad.what or "填" in bad.what
    assert [each.row for each in reading.good] == [2]


def test_people_who_stand_there_twice_are_told_with_the_other_row(
    ledger: Ledger, tmp_path: Path
) -> None:
    reading = judged(
        ledger,
        tmp_path,
        WANG,
        ["A017", "李大山", "13812345679"],
        ["", "王秀英", "0376 6222333"],
        ["", "李大山", "03766222333"],  # her husband on the same line
    )
    assert [(each.row, "第 2 行" in each.what) for each in reading.bad] == [(3, True), (4, True)]
    assert [each.row for each in reading.good] == [2, 5]


def test_people_the_ledger_knows_are_brought_up_to_date_not_added_again(
    ledger: Ledger, tmp_path: Path
) -> None:
    keep(ledger, tmp_path, WANG, ["", "李大山", "13700000001"])
    reading = judged(
        ledger,
        tmp_path,
        WANG,
        ["", "李大山", "13700000001", "新村5栋"],
        ["", "王小明", "13700000001"],
    )
    assert [each.does for each in reading.good] == ["same", "changed", "new"]
    assert [each.row for each in reading.shared] == [4]
    register.apply(reading, ledger, "lijing")
    assert len(residents.everybody(ledger.store)) == 3
    (husband,) = ledger.residents_by_name("李大山")
    assert (husband.address, husband.phones) == ("新村5栋", ("13700000001",))


def test_empty_cells_change_nothing(ledger: Ledger, tmp_path: Path) -> None:
    known = ledger.upsert_resident(
        Resident("王秀英", card="A017", diet="少盐", profile={"medicines": ["硝苯地平"]},
                 contacts=(Contact("李强", "儿子", nick="强娃"),))
    )  # fmt: skip
    keep(ledger, tmp_path, ["A017", "王秀英", "13812345678"])
    wang = ledger.resident(known.id or 0)
    assert (wang.diet, wang.contacts, wang.profile) == ("少盐", known.contacts, known.profile)
    assert wang.phones == ("13812345678",)


def test_a_card_of_somebody_else_and_an_unclear_namesake_are_not_guessed(
    ledger: Ledger, tmp_path: Path
) -> None:
    keep(ledger, tmp_path, WANG)
    reading = judged(ledger, tmp_path, ["A017", "张三"], ["", "王秀英"])
    assert "在台账里是王秀英的" in reading.bad[0].what
    assert "1 个人也叫这个名字" in reading.bad[1].what


def test_a_dry_run_changes_nothing_and_keeping_is_all_or_nothing(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = judged(ledger, tmp_path, WANG, ["A018", "张三"])
    assert residents.everybody(ledger.store) == ()

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(audit, "append", fail)
        with pytest.raises(RuntimeError):
            register.apply(reading, ledger, "lijing")
    assert residents.everybody(ledger.store) == ()
    assert register.apply(reading, ledger, "lijing") == 2
    (entry,) = audit.entries(ledger.store)
    assert (entry.what, entry.detail) == ("residents.imported", {"new": 2, "changed": 0})


@pytest.mark.parametrize("name", ["out.csv", "out.xlsx"])
def test_what_is_exported_is_read_again_without_a_change(
    ledger: Ledger, tmp_path: Path, name: str
) -> None:
    ledger.upsert_resident(
        Resident("王秀英", card="A017", phones=("0376-6222333",), note="-周二\n不在", diet="+糖",
                 contacts=(Contact("李芳", "女儿", ("闺女", "大妞"), "", "13900000002"),))
    )  # fmt: skip
    ledger.upsert_resident(Resident("<script>", lives_alone=True))
    sheets.write(tmp_path / name, register.table(residents.everybody(ledger.store)))
    assert (tmp_path / name).stat().st_mode & 0o077 == 0
    reading = register.judge(sheets.read(tmp_path / name), ledger)
    assert reading.unknown == []
    assert [each.does for each in reading.good] + [each.what for each in reading.bad] == [
        "same",
        "台账里有 1 个人也叫这个名字，电话都对不上：请填卡号或电话，好认出是谁。",
    ]


@pytest.mark.parametrize("evil", ['=HYPERLINK("http://x")', "+1+1", "-1+1", "@SUM(1)", "\t=1"])
def test_nothing_that_is_exported_runs_in_a_table_program(tmp_path: Path, evil: str) -> None:
    sheets.write(tmp_path / "out.csv", [["姓名"], [evil]])
    text = (tmp_path / "out.csv").read_text("utf-8-sig")
    (cell,) = list(csv.reader(io.StringIO(text)))[1]
    assert cell == f"'{evil}"
    sheets.write(tmp_path / "out.xlsx", [["姓名"], [evil]])
    cells = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    assert (cells["A2"].data_type, cells["A2"].value) == ("s", evil)


def test_a_formula_in_a_workbook_is_not_worked_out(ledger: Ledger, tmp_path: Path) -> None:
    path = saved(tmp_path / "in.xlsx", HEADER, ["A1", '=WEBSERVICE("http://x")'])
    (bad,) = register.judge(sheets.read(path), ledger).bad
    assert "是公式" in bad.what


def test_columns_go_by_many_names_in_any_order_and_unknown_ones_are_told(
    ledger: Ledger, tmp_path: Path
) -> None:
    path = saved(
        tmp_path / "in.csv", ["手机（必填）", "血型", " 姓名* "], ["13812345678", "O", "王秀英"]
    )
    reading = register.judge(sheets.read(path), ledger)
    assert reading.unknown == ["血型"]
    assert reading.good[0].resident.phones == ("13812345678",)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "一行也没有"),
        ("电话,地址\n1,2\n".encode(), "没有“姓名”这一列"),
        ("姓名,电话,手机\n王,1,2\n".encode(), "有两遍"),
        (b"PK\x03\x04 no workbook", "is no .xlsx"),
        (b"\x00\x01\x02\x03", "neither UTF-8 nor GB18030"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "neither UTF-8 nor GB18030"),
        (b"x" * 20_000_001, "is no register"),
    ],
    ids=["empty", "no header", "column twice", "broken", "bytes", "picture", "huge"],
)
def test_a_file_that_is_no_register_is_told(
    ledger: Ledger, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "in.csv"
    path.write_bytes(content)
    with pytest.raises(SheetError, match=told):
        register.judge(sheets.read(path), ledger)


def test_a_workbook_that_unpacks_without_end_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "in.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb, bomb.open("big", "w") as part:
        for _ in range(310):
            part.write(b"0" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    with pytest.raises(SheetError, match="unpacks to more"):
        sheets.read(path)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.lists(st.text(max_size=30), max_size=9), max_size=4))
def test_whatever_stands_in_a_row_it_is_judged(ledger: Ledger, rows: list[list[str]]) -> None:
    lines = [(1, list(HEADER)), *((n, row) for n, row in enumerate(rows, 2))]
    reading = register.judge(lines, ledger)
    told = [each.row for each in reading.good] + [each.row for each in reading.bad]
    assert sorted(told) == [n for n, row in lines[1:] if any(row)]
