"""The parts of a station, made of its settings."""

from __future__ import annotations

from linli.wiring import load_agreed, load_settings


def test_a_station_believes_the_reading_that_makes_sense() -> None:
    agreed = load_agreed(load_settings())
    assert agreed(["水管漏了"]) == 0
    assert agreed(["睡过头了", "水管漏了", "水管漏啦"]) == 1
