"""What staff are told when something could not be done."""

from __future__ import annotations

from pathlib import Path

from station.console.words import trouble
from station.errors import LedgerError


def test_when_the_ledger_fails_staff_hear_what_to_do_and_where_the_request_is_meanwhile() -> None:
    error = LedgerError("disk", code="disk_full")
    assert trouble(error) == "硬盘满了，新的请求写不进台账。请马上清理硬盘。"
    error.spooled = Path("a.json")
    assert trouble(error).endswith("这个请求先存在备用文件夹里了，台账好了会自动补记。")
