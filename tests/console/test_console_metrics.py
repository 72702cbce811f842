"""The station's numbers: right, only for who may have them, and nobody can be found in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import requests
from console_house import NASTY, House, opened

from station import checks
from station.checks import Check, Checked
from station.console.model import ConsoleSection
from station.metrics import Watched, families, text
from station.requests import FiledRequest
from station.utterances import Utterance

KEY = "k" * 24
SECRETS = (
    *("张桂英", "张奶奶", "王芳", "李秀兰", NASTY, "1001", "0376", "13800000002", "13800000101"),
    *("光荣小区", "人民医院", "我要去", "两个", "好的", "钥匙在门口", "李静", "光明出租"),
)
"""Names, numbers, addresses, what was said, and who works there."""


@pytest.fixture(name="house")
def fixture_house(tmp_path: Path) -> Iterator[House]:
    with opened(tmp_path) as house:
        yield house


@pytest.fixture(name="busy")
def fixture_busy(house: House) -> House:
    """A day with everything in it."""
    elders = house.elders()
    house.talk()
    house.file("taxi", resident=elders[0].id, note="钥匙在门口", conversation="talk-1")
    house.file("taxi", slots={"destination": "人民医院"}, channel="phone", phone="13800000002")
    house.file("李秀兰要的东西", note=NASTY)
    house.alarm(resident=elders[1].id)
    house.missed()
    now = house.ledger.now()
    slow = Utterance("talk-1", 3, now, text="两个", confidence=0.5, timing={"answer": 2_500.0})
    house.ledger.add_utterance(slow)
    failed = Checked(now - timedelta(hours=1), (Check("line", "bad", "13800000002 没有接"),))
    checks.keep(checks.file_of(house.ledger.store.path), failed)
    return house


def watched(house: House) -> Watched:
    return Watched({"ledger": house.folder, "spool": house.folder / "spool"}, house.folder / "none")


def told(house: House) -> str:
    return text(families(house.ledger, watched(house)))


def test_the_numbers_are_those_of_the_ledger_and_the_disks(busy: House) -> None:
    found = told(busy)
    for line in (
        'linli_requests_day{service="taxi",channel="kiosk"} 1',
        'linli_requests_day{service="taxi",channel="phone"} 1',
        'linli_requests_open{status="new",priority="emergency"} 1',
        "linli_alarms_unconfirmed 1",
        'linli_talks_day{channel="phone"} 1',
        'linli_talks_day{channel="kiosk"} 0',
        'linli_answer_seconds{channel="phone",quantile="0.95"} 2.5',
        'linli_confidence{channel="phone",quantile="0.1"} 0.5',
        "linli_callbacks_waiting 1",
        'linli_selftest_ok{check="line"} 0',
    ):
        assert f"\n{line}\n" in found, line
    assert re.search(r"\nlinli_selftest_age_seconds 36\d\d", found)
    assert re.search(r'\nlinli_disk_free_bytes\{place="ledger"\} \d{6,}', found)
    assert "# TYPE linli_backup_age_seconds gauge\n" in found
    assert "\nlinli_backup_age_seconds " not in found


def test_every_line_is_in_prometheus_own_format(busy: House) -> None:
    sample = re.compile(
        r'linli_[a-z_]+(\{[a-z]+="[a-z0-9_.]*"(,[a-z]+="[a-z0-9_.]*")*\})? [0-9.e+-]+'
    )
    lines = told(busy).splitlines()
    samples = [line for line in lines if not line.startswith("# ")]
    assert [line for line in samples if not sample.fullmatch(line)] == []
    names = [line.split()[2] for line in lines if line.startswith("# TYPE ")]
    assert len(names) == len(set(names))
    assert len({line.rpartition(" ")[0] for line in samples}) == len(samples)


def revealed(found: str) -> list[str]:
    """What is somebody's: in a name, a label or a word of help, or as the whole of a figure.

    A part of a figure is not looked at: any four digits come up in the bytes free on a disk.
    """
    lines = [
        line if line.startswith("#") else line.rpartition(" ")[0] for line in found.split("\n")
    ]
    figures = {line.rpartition(" ")[2] for line in found.splitlines()}
    return [each for each in SECRETS if each in figures or any(each in line for line in lines)]


def test_a_number_is_somebodys_in_a_label_and_not_within_a_count_of_bytes() -> None:
    assert revealed('# HELP linli_free Bytes.\nlinli_free{place="ledger"} 203761001') == []
    assert revealed('linli_free{place="0376-5550101"} 1') == ["0376"]
    assert revealed("linli_free 13800000002") == ["13800000002"]
    assert revealed("# HELP linli_free Of 王芳.") == ["王芳"]


def test_nobody_is_in_them_whatever_stands_in_the_ledger(busy: House) -> None:
    found = told(busy)
    assert revealed(found) == []
    assert 'service="other"' in found
    assert found.isascii()


def test_this_machine_reads_them_and_a_proxys_guests_do_not(busy: House) -> None:
    busy.site = replace(busy.site, watched=watched(busy))
    with busy.served():
        address = busy.address
        answer = requests.get(f"{address}metrics", timeout=10)
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert answer.headers["cache-control"] == "no-store"
        for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
            passed = requests.get(f"{address}metrics", headers={header: "1.2.3.4"}, timeout=10)
            assert passed.status_code == 404, header


def test_who_has_the_key_reads_them_from_elsewhere(busy: House) -> None:
    busy.site = replace(
        busy.site, watched=watched(busy), metrics_key=KEY, hosts=("127.0.0.1", "linli.example")
    )
    with busy.served():
        address, other = busy.address, {"Host": "linli.example"}
        for given, status in (("", 404), ("Bearer x", 404), (f"Bearer {KEY}", 200)):
            headers = other | {"Authorization": given}
            answer = requests.get(f"{address}metrics", headers=headers, timeout=10)
            assert answer.status_code == status, given


def test_a_key_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 24"):
        ConsoleSection.model_validate({"metrics_key": "short"})
    assert ConsoleSection.model_validate({"metrics_key": KEY}).metrics_key == KEY


def test_a_request_that_waits_is_as_old_as_it_is(house: House) -> None:
    earlier = house.ledger.now() - timedelta(minutes=30)
    house.ledger.file(FiledRequest("meal", created=earlier))
    assert re.search(r"\nlinli_queue_oldest_seconds 180\d", told(house))
