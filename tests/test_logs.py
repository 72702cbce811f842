"""Logs tell what happened and never who the elder is."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
import structlog

from linli.logs import HIDDEN, PERSONAL, configure


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_is_an_object_with_time_level_and_place(log_file: Path) -> None:
    structlog.get_logger("station.ledger").warning("request_filed", number="1123-007", ms=3.5)
    (line,) = lines(log_file)
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "request_filed",
        "level": "warning",
        "logger": "station.ledger",
        "number": "1123-007",
        "ms": 3.5,
    }


@pytest.mark.parametrize("field", sorted(PERSONAL))
def test_a_personal_field_is_never_written(log_file: Path, field: str) -> None:
    structlog.get_logger().info("heard", **{field.upper(): "王秀英"}, nested={field: ["河口路"]})
    text = log_file.read_text("utf-8")
    assert "王秀英" not in text
    assert "河口路" not in text
    assert lines(log_file)[0]["nested"] == {field: HIDDEN}


@pytest.mark.parametrize(
    "number",
    [
        "13812345678",
        "138 1234 5678",
        "138-1234-5678",
        "+86 13812345678",
        "１３８１２３４５６７８",
        "0376-6222333",
        "037662223334",
        "41150219400101123X",
        "幺三八幺二三四五六七八",
        13812345678,
    ],
)
def test_a_number_of_somebody_is_hidden_wherever_it_stands(log_file: Path, number: object) -> None:
    logger = structlog.get_logger()
    logger.info(f"打给{number}了", reason=[{"why": f"拨{number}"}], exact=number)
    logging.getLogger("asterisk").warning("dial %s failed", number)
    try:
        int(f"no such line {number}")
    except ValueError:
        logger.exception("dial_failed")
    text = re.sub(r'"timestamp": "[^"]*"', "", log_file.read_text("utf-8"))
    assert str(number) not in text
    assert "5678" not in text
    assert text.count(HIDDEN) >= 5
    assert len(lines(log_file)) == 3


@pytest.mark.parametrize("word", ["1123-007", "2026-11-23T09:00:00", "20261123", "三四五", "a0376"])
def test_what_is_nobodys_number_stays(log_file: Path, word: str) -> None:
    structlog.get_logger().info("seen", what=word)
    assert lines(log_file)[0]["what"] == word


def test_below_the_level_nothing_is_written(log_file: Path) -> None:
    structlog.get_logger().debug("detail")
    configure(log_file, level="error")
    structlog.get_logger().warning("detail")
    logging.getLogger("library").warning("detail")
    assert lines(log_file) == []


def test_a_full_file_makes_room_and_old_ones_go(log_file: Path) -> None:
    configure(log_file, megabytes=0.002, keep=2)
    for index in range(100):
        structlog.get_logger().info("tick", index=index)
    files = sorted(path.name for path in log_file.parent.iterdir())
    assert files == ["kiosk.log", "kiosk.log.1", "kiosk.log.2"]
    assert all(path.stat().st_size <= 2000 for path in log_file.parent.iterdir())
    assert lines(log_file)[-1]["index"] == 99


def test_without_a_file_logs_go_to_stderr_never_to_stdout(
    log_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(None)
    structlog.get_logger().warning("spooled_request_filed", number="1123-001")
    out, err = capsys.readouterr()
    assert out == ""
    assert json.loads(err)["event"] == "spooled_request_filed"
    assert not log_file.exists() or log_file.read_text() == ""
