"""`linli helpers` and `linli settle`, from the command line."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from crew import LAO_WANG, crew_at
from typer.testing import CliRunner

from linli.cli import app
from station import audit, sheets
from station.ledger import Ledger
from station.settings import SHIPPED

HEADER = ["名称", "类别", "服务和价钱"]


@pytest.fixture
def station(tmp_path: Path) -> list[str]:
    file = tmp_path / "station.toml"
    file.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    return ["--settings", str(file)]


def run(*args: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, list(args))
    assert done.exit_code == code, done.output
    return done.output


def test_a_table_is_tried_taken_listed_and_written_again(
    tmp_path: Path, station: list[str]
) -> None:
    assert "还没有帮手" in run("helpers", "list", *station)
    table = tmp_path / "helpers.xlsx"
    sheets.write(
        table, [HEADER, ["福来家政", "家政公司", "家政维修 45元/小时"], ["坏的", "超人", ""]]
    )
    tried = run("helpers", "import", str(table), *station, code=1)
    assert "能加 1 位" in tried
    assert "第 3 行　坏的　类别不对：超人" in tried
    assert "还没有帮手" in run("helpers", "list", *station)
    run("helpers", "import", str(table), "--apply", *station, code=1)
    assert "家政公司　福来家政　家政维修 45.00元/小时　哪里都去　随时　手上 0 件" in run(
        "helpers", "list", *station
    )
    again = tmp_path / "again.csv"
    run("helpers", "export", str(again), *station)
    assert "一样的 1 位" in run("helpers", "import", str(again), *station)


def test_a_month_is_told_and_written_as_workbook_and_pdf(
    tmp_path: Path, station: list[str]
) -> None:
    (tmp_path / "var").mkdir()
    with crew_at(tmp_path / "var") as crew:
        crew.visit(crew.file(), LAO_WANG.name)
        crew.visit(crew.file("housekeeping"), "安心家政", 80)
        hasty = crew.step(crew.give(crew.file("housekeeping"), "安心家政"), "accepted")
        crew.step(hasty, "done")
    xlsx, pdf = tmp_path / "m.xlsx", tmp_path / "m.pdf"
    told = run("settle", "2026-11", "--xlsx", str(xlsx), "--pdf", str(pdf), *station)
    assert "2026-11：2 位帮手，2 单，2.50 小时，合计 87.50 元。还没有结算。" in told
    assert "王师傅　叫车　20.00元/次　1 次　1.00 小时　0 份　20.00 元" in told
    assert f"要核对：{hasty.number}　安心家政　没有记到时间" in told
    assert openpyxl.load_workbook(xlsx).worksheets[0].max_row > 6
    assert pdf.read_bytes().startswith(b"%PDF")
    assert (xlsx.stat().st_mode | pdf.stat().st_mode) & 0o077 == 0


def test_what_is_no_month_or_cannot_be_written_is_told_in_a_sentence(
    tmp_path: Path, station: list[str]
) -> None:
    for args in (["2026-13"], ["2026-11", "--pdf", str(tmp_path / "no" / "m.pdf")]):
        done = CliRunner().invoke(app, ["settle", *args, *station])
        assert done.exit_code != 0
        assert done.exception is not None
        assert "write it as 2026-11" in str(done.exception) or "cannot be written" in str(
            done.exception
        )


def test_the_audit_knows_who_took_the_list_out(tmp_path: Path, station: list[str]) -> None:
    run("helpers", "export", str(tmp_path / "out.csv"), *station)
    with Ledger.open(tmp_path / "var" / "ledger.db") as ledger:
        (entry,) = audit.entries(ledger.store, what="helpers.exported")
        assert entry.by.startswith("shell")
