"""Files of counts: checked, added up once each, and nobody's name in them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner
from wall import MONDAY, Wall

from linli.cli import app
from linli.limits import limits
from station import handling, report_file, report_sum, reports, sheets
from station.figures import Figures
from station.ledger import Ledger
from station.period import Period
from station.proof import Proofs
from station.report_file import Counted, Origin, ReportFileError
from station.requests import FiledRequest
from station.residents import Resident
from station.spread import Spread
from station.tally import Wanted

NOVEMBER = Period.parse("2026-11")
KEY = b"a key that townships share"


def counted(
    name: str = "东站", filed: int = 2, *, period: Period = NOVEMBER, **area: Any
) -> Counted:
    spread = Spread.of(np.array([60 * (n + 1) for n in range(filed)], dtype=np.int64))
    figures = Figures(filed=filed, done=filed, in_time=filed, answered=spread)
    where = area.get("area", ("某市", "某县", "某镇", "某村"))
    tables = {"services": {"meal": figures}, "channels": {"kiosk": figures},
              "villages": {"": figures}}  # fmt: skip
    return Counted(Origin(f"id-{name}", name, where), period, figures, tables, over=True)


def kept(tmp_path: Path, told: Counted, key: bytes | None = None) -> Path:
    path = tmp_path / f"{told.origin.name}-{told.period}.linli.json"
    report_file.write(path, told, key)
    return path


def test_a_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    told = counted()
    assert report_file.read(kept(tmp_path, told)) == told
    assert report_file.read(kept(tmp_path, told, KEY), KEY) == replace(told, signed=True)


def test_a_station_tells_its_report_and_nobody_s_name(tmp_path: Path, wall: Wall) -> None:
    with Ledger.open(tmp_path / "ledger.db", clock=wall) as ledger:
        resident = ledger.upsert_resident(
            Resident("王秀英", called="王奶奶", phones=("13812345678",), address="河口路3号",
                     village="东村")
        ).id  # fmt: skip
        request = ledger.file(
            FiledRequest("taxi", {"destination": "人民医院"}, "phone", resident, note="带伞")
        )
        handling.accept(ledger, request.number, by="lijing")
        report = reports.make(
            ledger.store, Wanted(NOVEMBER), limits=limits()["console"], now=ledger.now()
        )
    told = Counted.of(report, Origin("id", "东站", ()))
    text = kept(tmp_path, told).read_text("utf-8")
    for secret in ("王秀英", "王奶奶", "13812345678", "河口路", "人民医院", "带伞", "lijing",
                   request.number, request.uid):  # fmt: skip
        assert secret not in text
    assert "东村" in text
    assert (told.whole.filed, told.over) == (1, False)
    assert report_file.read(kept(tmp_path, told)) == told


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(place=st.floats(0, 1), byte=st.integers(0, 255))
def test_no_byte_of_a_file_can_be_another(tmp_path: Path, place: float, byte: int) -> None:
    path = kept(tmp_path, counted())
    data = bytearray(path.read_bytes())
    at = int(place * (len(data) - 2))
    before, data[at] = data[at], byte
    path.write_bytes(data)
    if before == byte:
        assert report_file.read(path) == counted()
    else:
        with pytest.raises(ReportFileError):
            report_file.read(path)


def sealed(path: Path, **changed: Any) -> Path:
    """The file with other content and a hash that fits it again."""
    import hashlib

    content = {**json.loads(path.read_text("utf-8")), **changed}
    content.pop("sha256")
    content.pop("hmac", None)
    content["sha256"] = hashlib.sha256(report_file._canonical(content)).hexdigest()
    path.write_text(json.dumps(content), "utf-8")
    return path


@pytest.mark.parametrize(
    "changed",
    [
        {"period": "2026-99"},
        {"period": 7},
        {"whole": {}},
        {"whole": []},
        {"over": 1},
        {"station": {"id": "x", "name": "y"}},
        {"station": {"id": "x", "name": "y" * 100, "area": []}},
        {"station": {"id": "x", "name": "y\n", "area": []}},
        {"station": {"id": "x", "name": "y", "area": ["a"] * 9}},
        {"services": {}},
        {"villages": {"东村": Figures(filed=-1).to_plain()}},
        {"channels": {"kiosk": {**Figures(filed=2).to_plain(), "more": 1}}},
    ],
)
def test_counts_that_cannot_be_are_refused_even_where_the_hash_fits(
    tmp_path: Path, changed: dict[str, Any]
) -> None:
    with pytest.raises(ReportFileError, match="不合规矩"):
        report_file.read(sealed(kept(tmp_path, counted()), **changed))


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"7", b"{}", b"\xff", b"[" * 100_000])
def test_what_is_no_file_of_ours_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(ReportFileError, match="不是邻里的统计文件"):
        report_file.read(path)


def test_a_file_of_a_newer_linli_or_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError, match="新版本"):
        report_file.read(sealed(kept(tmp_path, counted()), format=2))
    with pytest.raises(ReportFileError, match="读不出来"):
        report_file.read(tmp_path / "nowhere.json")
    with pytest.raises(ReportFileError, match="没有文件"):
        report_file.read_all([])


def test_with_a_shared_key_nobody_else_can_write_one(tmp_path: Path) -> None:
    with pytest.raises(ReportFileError, match="没有签名"):
        report_file.read(kept(tmp_path, counted()), KEY)
    with pytest.raises(ReportFileError, match="没有签名"):
        report_file.read(kept(tmp_path, counted(), b"another key of the township"), KEY)
    forged = sealed(kept(tmp_path, counted(), KEY), over=False)
    with pytest.raises(ReportFileError, match="没有签名"):
        report_file.read(forged, KEY)
    short = tmp_path / "key"
    short.write_bytes(b"short\n")
    with pytest.raises(ReportFileError, match="密钥太短"):
        report_file.shared_key(short)
    short.write_bytes(KEY + b"\n")
    assert report_file.shared_key(short) == KEY


def test_no_station_is_added_twice_and_no_other_period(tmp_path: Path) -> None:
    east, west = kept(tmp_path, counted("东站")), kept(tmp_path, counted("西站"))
    copy = tmp_path / "copy.json"
    copy.write_bytes(east.read_bytes())
    renamed = kept(tmp_path, replace(counted("新名"), origin=Origin("id-东站", "新名", ())))
    october = kept(tmp_path, counted("北站", period=Period.parse("2026-10")))
    assert len(report_file.read_all([east, west])) == 2
    for other in (copy, renamed):
        with pytest.raises(ReportFileError, match="一个站只能加一次"):
            report_file.read_all([east, west, other])
    other_machine = {"id": "third", "name": "东站", "area": [*counted().origin.area]}
    with pytest.raises(ReportFileError, match="一个站只能加一次"):
        report_file.read_all([east, sealed(west, station=other_machine)])
    with pytest.raises(ReportFileError, match="只能加同一段时间的"):
        report_file.read_all([east, october])


def test_areas_add_up_from_village_to_city(tmp_path: Path) -> None:
    told = [
        counted("甲站", 1, area=("某市", "某县", "甲镇", "甲村")),
        counted("乙站", 2, area=("某市", "某县", "甲镇", "乙村")),
        counted("丙站", 4, area=("某市", "他县", "丙镇", "丙村")),
        counted("丁站", 8, area=()),
    ]
    lines = [(line.name, line.depth, line.figures.filed) for line in report_sum.lines(told)]
    assert lines == [
        ("全部", 0, 15),
        ("某市", 1, 7),
        ("他县", 2, 4), ("丙镇", 3, 4), ("丙站（站）", 4, 4), ("丙村", 5, 4),
        ("某县", 2, 3), ("甲镇", 3, 3),
        ("乙站（站）", 4, 2), ("乙村", 5, 2), ("甲站（站）", 4, 1), ("甲村", 5, 1),
        ("丁站（站）", 1, 8), ("本站（没写村）", 2, 8),
    ]  # fmt: skip
    path = tmp_path / "sum.xlsx"
    sheets.write_book(path, report_sum.sheets(told))
    book = openpyxl.load_workbook(path)
    assert [sheet.max_row for sheet in book] == [2 + len(lines), 2, 2]
    assert book.worksheets[1]["A2"].value == "订餐"
    assert book.worksheets[1]["B2"].value == 15


def test_the_median_of_all_stations_is_that_of_all_requests(tmp_path: Path) -> None:
    paths = [kept(tmp_path, counted(name, n)) for name, n in (("甲站", 3), ("乙站", 9))]
    whole = report_sum.lines(report_file.read_all(paths))[0].figures
    every = [60 * (n + 1) for many in (3, 9) for n in range(many)]
    assert whole.answered.median == float(np.median(every))


def test_a_station_keeps_its_name_and_gives_nothing_of_its_key_away() -> None:
    assert Proofs(b"k" * 32).origin == Proofs(b"k" * 32).origin != Proofs(b"l" * 32).origin


def test_the_commands_export_and_add_and_say_what_to_know(tmp_path: Path) -> None:
    from station.settings import SHIPPED

    def linli(*given_: object, code: int = 0) -> str:
        done = CliRunner().invoke(app, ["report", *map(str, given_)])
        assert done.exit_code == code, done.output
        return done.output

    files = []
    for name in ("甲", "乙"):
        toml = tmp_path / name / "station.toml"
        toml.parent.mkdir()
        toml.write_text(
            SHIPPED.read_text("utf-8").replace('name = "示例社区服务站"', f'name = "{name}站"', 1),
            "utf-8",
        )
        wall = Wall(MONDAY - timedelta(days=400))
        with Ledger.open(toml.parent / "var" / "ledger.db", clock=wall) as ledger:
            ledger.file(FiledRequest("taxi"))
        files.append(tmp_path / f"{name}.json")
        said = linli("export", f"{wall.time:%Y-%m}", "--out", files[-1], "--settings", toml)
        assert "1 件请求，只有数字" in said
        assert "还没有过完" not in said
        assert "叫车" in linli("show", f"{wall.time:%Y}", "--settings", toml)
        book = tmp_path / f"{name}.xlsx"
        linli("show", f"{wall.time:%Y}", "--out", book, "--settings", toml)
        assert book.exists()
    added = linli("add", *files)
    assert "2 个站加起来" in added
    assert "没有用密钥核对" in added
    linli("add", *files, "--out", tmp_path / "sum.xlsx")
    assert openpyxl.load_workbook(tmp_path / "sum.xlsx").worksheets[0]["B3"].value == 2
    assert CliRunner().invoke(app, ["report", "add", str(files[0]), str(files[0])]).exit_code == 1
    assert CliRunner().invoke(app, ["report", "show", "gestern"]).exit_code == 1
