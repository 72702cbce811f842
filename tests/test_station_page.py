"""A station's settings, written as its deployer would: complete, and read back as told."""

from __future__ import annotations

import tomllib

from hypothesis import given
from hypothesis import settings as options
from hypothesis import strategies as st

from linli.setup_answers import merged
from linli.setup_station import page
from linli.station_page import fill
from station.model import StationModel
from station.settings import SHIPPED, Settings, section_of


def test_the_shipped_example_written_again_says_the_same() -> None:
    values = tomllib.loads(SHIPPED.read_text("utf-8"))
    again = tomllib.loads(page(values))
    for key, value in values.items():
        assert merged(again[key], value) == again[key] if isinstance(value, dict) else True
    assert Settings.model_validate(again) == Settings.model_validate(values)


def test_nothing_of_the_example_slips_into_a_station() -> None:
    text = page({"station": {"name": "光荣站", "address": "光荣路"}})
    settings = Settings.model_validate(tomllib.loads(text))
    assert (settings.operators, settings.hospitals, settings.services) == ([], [], [])
    assert (settings.canteen, settings.activities, settings.phone.lines) == (None, [], [])
    assert settings.hours.holidays == {}
    assert "示例社区服务站" not in text


def test_a_list_of_several_has_its_comments_once() -> None:
    operators = [{"name": "甲", "phone": "13900000001"}, {"name": "乙", "phone": "13900000002"}]
    text = page({"station": {"name": "站", "address": "路"}, "operators": operators})
    assert [line for line in text.splitlines() if line == "[[operators]]"] == ["[[operators]]"] * 2
    assert text.count("桌上接在本机的座机号") == 1


@options(deadline=None)
@given(
    name=st.text(min_size=1).map(str.strip).filter(bool),
    holidays=st.dictionaries(st.dates().map(str), st.text(max_size=9), max_size=3),
    menu=st.lists(st.text(min_size=1).map(str.strip).filter(bool), max_size=3),
)
def test_whatever_is_answered_is_what_is_read(
    name: str, holidays: dict[str, str], menu: list[str]
) -> None:
    lunch = {"order_until": "10:30", "served": "11:30", "menu": menu}
    values = {
        "station": {"name": name, "address": "路"},
        "hours": {"holidays": holidays},
        "canteen": {"lunch": lunch},
    }
    read_back = tomllib.loads(page(values))
    assert read_back["station"]["name"] == name
    assert {str(key): value for key, value in read_back["hours"]["holidays"].items()} == holidays
    assert read_back["canteen"]["lunch"]["menu"] == menu


def test_every_table_of_the_settings_can_be_written() -> None:
    text = fill(SHIPPED.read_text("utf-8"), tomllib.loads(SHIPPED.read_text("utf-8")), "")
    for name, field in StationModel.model_fields.items():
        if section_of(field.annotation):
            assert f"[{name}" in text
