"""The pages of docs/ say what the code does."""

from __future__ import annotations

import re

import pytest

from linli.docs import DOCS, PAGES, printed, settings_keys
from station.model import StationModel
from station.settings import SHIPPED


@pytest.mark.parametrize("page", PAGES)
def test_a_printed_page_is_up_to_date(page: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    assert printed(page, text) == text, "run python -m linli.docs"


def test_every_setting_is_documented_with_a_meaning() -> None:
    text = (DOCS / "settings.md").read_text("utf-8")
    for key, field in settings_keys(StationModel):
        assert f"| `{key}` |" in text
        assert field.description


def test_every_setting_stands_in_the_shipped_example() -> None:
    text = SHIPPED.read_text("utf-8")
    for key, _ in settings_keys(StationModel):
        table, _, name = key.replace("[]", "").rpartition(".")
        if name == "holidays":
            table, name = f"{table}.{name}", r"\d{4}-\d\d-\d\d"
        header = rf"^\[+{re.escape(table)}\]+$"
        assert re.search(rf"{header}[^\[]*?(?:\[[^\[]*?)*?^{name} = ", text, re.M | re.S), key


def test_a_page_without_its_markers_is_told() -> None:
    with pytest.raises(ValueError, match="markers <!-- settings: begin -->"):
        printed("settings.md", "# Settings")
