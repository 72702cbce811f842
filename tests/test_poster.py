"""The poster: what an elder needs to know, from the station's settings, in letters one can read."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_law import station
from typer.testing import CliRunner

from linli.cli import app
from linli.poster import SMALLEST_PT, days_told, lines, pdf, words
from station.settings import Settings


def told(settings: Settings) -> str:
    return "\n".join(text for text, _, _ in lines(settings))


def test_it_tells_the_number_the_hours_and_the_name_of_the_station(tmp_path: Path) -> None:
    settings = station(tmp_path)
    text = told(settings)
    assert settings.phone.trunk.number
    assert settings.phone.trunk.number in text
    assert f"{settings.hours.opens:%H:%M}" in text
    assert settings.station.name in text
    assert words()["without_number"] not in text
    assert pdf(settings).startswith(b"%PDF")


def test_without_a_number_it_tells_of_the_red_telephone_and_without_a_canteen_of_no_meals(
    tmp_path: Path,
) -> None:
    bare = tmp_path / "bare.toml"
    bare.write_text('[station]\nname = "河口站"\naddress = "河口路1号"\n', "utf-8")
    text = told(Settings.load(bare))
    assert words()["without_number"] in text
    assert words()["no_canteen"] not in text
    assert "120" in text
    assert words()["no_canteen"] in told(station(tmp_path))
    silent = station(tmp_path, ("keep_recordings = true", "keep_recordings = false"))
    assert words()["recording"] in text
    assert words()["recording"] not in told(silent)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([1, 2, 3, 4, 5], "星期一到星期五"),
        ([1, 2, 3, 4, 5, 6, 7], "天天"),
        ([1, 3], "星期一、星期三"),
        ([6, 7], "星期六、星期天"),
        ([2, 1, 3], "星期一到星期三"),
    ],
)
def test_days_are_said_as_people_say_them(days: list[int], said: str) -> None:
    assert days_told(days) == said


def test_no_line_is_smaller_than_can_be_read_and_one_that_would_be_is_refused(
    tmp_path: Path,
) -> None:
    assert all(most >= SMALLEST_PT for _, most, _ in lines(station(tmp_path)))
    long = tmp_path / "long.toml"
    long.write_text(f'[station]\nname = "{"很长的站名" * 9}"\naddress = "河口路1号"\n', "utf-8")
    with pytest.raises(ValueError, match="too long for the poster"):
        pdf(Settings.load(long))


def test_a_command_writes_it(tmp_path: Path) -> None:
    out = tmp_path / "poster.pdf"
    done = CliRunner().invoke(app, ["poster", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_bytes().startswith(b"%PDF")
