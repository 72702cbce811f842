"""The doctor on the telephone line: what is missing, open to strangers or reaches nobody."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from telephone import telephone_line

from ivr.conf import write
from ivr.tree import Tree
from linli.asterisk_packages import TREE
from linli.doctor import words
from linli.doctor_phone import phone
from linli.phone_setup import numbers
from station.settings import SHIPPED, Settings


@pytest.fixture
def station(tmp_path: Path) -> Path:
    """A station with the shipped settings and a line that was set up."""
    path = tmp_path / "station.toml"
    path.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    path.chmod(0o600)
    write(Settings.load(path), numbers(), TREE)
    return path


def said(path: Path, tree: Tree = TREE) -> list[tuple[str, str]]:
    """Level and case of every finding."""
    texts = {name: text["what"].split("{")[0] for name, text in words()["findings"].items()}
    found = []
    for each in phone(path, path.parent, tree):
        assert each.area == "电话"
        names = [n for n, start in texts.items() if n.startswith("phone.") and start]
        found.append((each.level, next((n for n in names if each.what.startswith(texts[n])), "")))
    return found


def changed(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")


def test_a_line_that_is_set_up_and_does_not_run_can_be_started(station: Path) -> None:
    findings = list(phone(station, station.parent, TREE))
    assert [found.level for found in findings] == ["warn", "warn", "warn"]
    assert "没有运行" in findings[0].what
    assert "只有本机能打" in findings[1].what
    assert "值班员甲、值班员乙的号码打不通" in findings[2].what


def test_settings_that_an_older_linli_wrote_are_to_be_written_anew(station: Path) -> None:
    (Settings.load(station).phone.folder / "etc" / "office.conf").unlink()
    assert ("bad", "phone.outdated") in said(station)


def test_a_running_line_is_well() -> None:
    with telephone_line() as line:
        (found, inside) = phone(line.folder / "station.toml", line.folder, TREE)
    assert (found.level, inside.level) == ("ok", "warn")
    assert "2 台一键电话" in found.what


def test_a_station_without_asterisk_or_without_a_line_is_told_what_to_do(
    station: Path, tmp_path: Path
) -> None:
    assert [f.fix for f in phone(station, tmp_path, Tree(tmp_path))] == [
        "连上网，运行 scripts/setup。"
    ]
    changed(station, "enabled = true", "enabled = false")
    assert [found.level for found in phone(station, tmp_path, Tree(tmp_path))] == ["ok"]


def test_before_the_set_up_and_after_a_change_the_set_up_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    assert "linli phone setup" in next(phone(path, tmp_path, TREE)).fix
    write(Settings.load(path), numbers(), TREE)
    conf = tmp_path / "var" / "phone" / "etc" / "asterisk.conf"
    os.utime(conf, (0, 0))
    assert any("重启 Asterisk" in found.fix for found in phone(path, tmp_path, TREE))
    (tmp_path / "var" / "phone" / "passwords.json").write_text("{")
    assert next(phone(path, tmp_path, TREE)).level == "bad"


def test_half_the_world_a_readable_password_and_no_person_are_found(station: Path) -> None:
    changed(station, '["127.0.0.1/32"]', '["0.0.0.0/0"]')
    assert ("bad", "phone.open") in said(station)
    changed(station, 'host = ""', 'host = "sip.example.cn"')
    changed(station, 'user = ""', 'user = "linli"')
    changed(station, 'password = ""', 'password = "geheim"')
    station.chmod(0o644)
    assert any("chmod 600" in found.fix for found in phone(station, station.parent, TREE))
    station.chmod(0o600)
    assert not any("chmod 600" in found.fix for found in phone(station, station.parent, TREE))
    changed(station, 'host = "sip.example.cn"', 'host = ""')
    changed(station, 'extension = "801"', 'extension = ""')
    assert ("bad", "phone.nobody") in said(station)
