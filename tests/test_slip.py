"""Slips on paper: large enough, complete, and checked by the code on them."""

from __future__ import annotations

import re
import zlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from escpos.printer import Dummy
from typer.testing import CliRunner

from linli.cli import app
from linli.errors import UsageError
from linli.slip import DOTS_PER_INCH, PAPER_DOTS, dots, give, pdf, print_on, proofs, qr, slip_of
from station.ledger import Ledger
from station.requests import FiledRequest
from station.settings import SHIPPED, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
WANTED = {"date": "2026-11-24", "part": "morning", "hospital": "人民医院", "department": "骨科"}


@pytest.fixture(name="settings")
def fixture_settings(tmp_path: Path) -> Settings:
    (tmp_path / "station.toml").write_text(SHIPPED.read_text("utf-8"), "utf-8")
    return Settings.load(tmp_path / "station.toml")


@pytest.fixture(name="number")
def fixture_number(settings: Settings) -> str:
    with Ledger.open(settings.data.ledger, clock=lambda: NOW) as ledger:
        return ledger.file(FiledRequest("appointment", WANTED)).number


def test_it_says_what_when_who_and_what_to_bring_in_words_that_last(
    settings: Settings, number: str
) -> None:
    with Ledger.open(settings.data.ledger) as ledger:
        slip = slip_of(settings, ledger, number, NOW.date())
    told = dict(slip.lines)
    assert told["时间"] == "二十四号星期二上午"
    assert "骨科" in told["什么事"]
    assert "身份证" in told["要带"]
    assert told["号码"] == number
    assert not re.search("今天|明天|后天", "".join(told.values()))
    assert slip.dates == ("2026年11月23日开", "有效到2026年12月24日")


def test_the_smallest_letters_are_fourteen_points(settings: Settings, number: str) -> None:
    with Ledger.open(settings.data.ledger) as ledger:
        slip = slip_of(settings, ledger, number, NOW.date())
    content = pdf(slip)
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.S)
    drawn = b"".join(zlib.decompress(s) for s in streams if s[:1] == b"\x78")
    sizes = [float(size) for size in re.findall(rb"/F\d+ ([\d.]+) Tf", drawn)]
    assert sizes
    assert min(sizes) >= 14
    black = ~np.array(dots(slip))
    text = black[: -qr(slip.code, 8).height]
    rows = np.flatnonzero(np.diff(np.concatenate([[0], text.any(axis=1).astype(int), [0]])))
    heights = rows[1::2] - rows[::2]
    assert min(heights) >= 0.75 * 14 * DOTS_PER_INCH / 72
    assert black.shape[1] == PAPER_DOTS


def test_a_receipt_printer_gets_the_picture_and_a_cut(settings: Settings, number: str) -> None:
    with Ledger.open(settings.data.ledger) as ledger:
        slip = slip_of(settings, ledger, number, NOW.date())
    printer = Dummy()
    print_on(printer, slip)
    picture = dots(slip)
    head = b"\x1dv0\x00" + (PAPER_DOTS // 8).to_bytes(2, "little")
    assert head + picture.height.to_bytes(2, "little") in printer.output
    assert len(printer.output) > PAPER_DOTS * picture.height // 8
    assert printer.output.rstrip(b"\x00").endswith(b"\x1dV")


def test_a_printer_that_is_a_file_is_written_to(
    settings: Settings, number: str, tmp_path: Path
) -> None:
    paper = tmp_path / "lp0"
    paper.touch()
    kiosk = settings.kiosk.model_copy(update={"printer": f"file:{paper}"})
    with Ledger.open(settings.data.ledger) as ledger:
        code = give(settings.model_copy(update={"kiosk": kiosk}), ledger, number, None, NOW.date())
        assert paper.stat().st_size > 10_000
        assert proofs(settings).check(code, ledger, NOW.date()).verdict == "valid"
        with pytest.raises(UsageError, match="no printer is set"):
            give(settings, ledger, number, None, NOW.date())


def test_the_command_writes_a_slip_and_checks_it(number: str, tmp_path: Path) -> None:
    station = ["--settings", str(tmp_path / "station.toml")]
    given = CliRunner().invoke(app, ["slip", number, "--out", str(tmp_path / "slip.pdf"), *station])
    code = given.output.strip()
    assert (tmp_path / "slip.pdf").read_bytes().startswith(b"%PDF")
    checked = CliRunner().invoke(app, ["slip", "--check", code, *station])
    assert (checked.exit_code, checked.output[:2]) == (0, "有效")
    assert number in checked.output
    forged = CliRunner().invoke(app, ["slip", "--check", code[:-1] + "1", *station])
    assert forged.exit_code == 1
    assert "假的" in forged.output
