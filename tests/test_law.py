"""The legal papers say what this station does, from its settings, and leave nothing unfilled."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.cli import app
from linli.law import TEMPLATES, filled, papers, retention, words
from linli.paths import ASSETS
from station.settings import Settings

PAPERS = sorted(TEMPLATES.glob("*.zh.md"))


def station(folder: Path, *changes: tuple[str, str]) -> Settings:
    """The shipped example with some lines changed."""
    text = (ASSETS / "station.toml").read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / "station.toml"
    file.write_text(text, "utf-8")
    return Settings.load(file)


def test_the_table_tells_the_periods_of_this_station(tmp_path: Path) -> None:
    table = retention(
        station(
            tmp_path,
            ("recording_days = 14", "recording_days = 3"),
            ("request_days = 365", "request_days = 77"),
            ("backups_kept = 7", "backups_kept = 4"),
        )
    )
    for told in ("| 3 天；", "| 77 天 |", "| 最近 4 份 |"):
        assert told in table
    rows = table.splitlines()
    assert {row.count("|") for row in rows} == {len(words()["columns"]) + 1}
    assert "{" not in table


def test_a_station_that_records_nothing_says_so_in_table_and_notice(tmp_path: Path) -> None:
    settings = station(tmp_path, ("keep_recordings = true", "keep_recordings = false"))
    assert words()["unkept"] in retention(settings)
    notice = filled((TEMPLATES / "notice.zh.md").read_text("utf-8"), settings)
    assert words()["short_unkept"] in notice


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_paper_is_filled_with_name_address_and_number(paper: Path, tmp_path: Path) -> None:
    settings = station(tmp_path)
    text = filled(paper.read_text("utf-8"), settings)
    assert not re.search("【[^】]*】", text)
    assert "{{" not in text
    if "【站名】" in paper.read_text("utf-8"):
        assert settings.station.name in text


def test_a_lawyer_is_asked_for_and_nothing_claims_to_be_advice() -> None:
    text = (TEMPLATES / "README.zh.md").read_text("utf-8")
    assert "律师" in text
    assert "不是法律意见" in text
    assert {path.name for path in PAPERS} - {"README.zh.md"} == set(
        re.findall(r"\]\(([\w-]+\.zh\.md)\)", text)
    )


def test_the_assessment_has_what_the_law_asks_of_it() -> None:
    text = (TEMPLATES / "impact-assessment.zh.md").read_text("utf-8")
    for article in (
        "第五十五条",
        "第五十六条第一项",
        "第五十六条第二项",
        "第五十六条第三项",
        "三年",
    ):
        assert article in text
    elder = (TEMPLATES / "consent-elder.zh.md").read_text("utf-8")
    assert elder.count("**单独同意**") >= 3


def test_a_command_writes_pages_that_print_and_lead_to_each_other(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["law", str(tmp_path / "out")])
    assert done.exit_code == 0, done.output
    pages = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert len(pages) == len(PAPERS)
    assert all("<h1>" in page and "@page" in page for page in pages.values())
    links = set(re.findall(r'href="([\w-]+\.html)"', pages["README.zh.html"]))
    assert links <= set(pages)
    assert "<table>" in pages["retention.zh.html"]


def test_papers_are_made_of_the_settings_alone(tmp_path: Path) -> None:
    assert dict(papers(station(tmp_path))) == dict(papers(station(tmp_path)))
