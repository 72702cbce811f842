"""The console's fixtures: one house for all tests that only look and ask, a browser in it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from console_eyes import WIDE, chromium, seen
from console_house import Browser, House, opened
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console that is being served; tests file what they need."""
    with opened(tmp_path_factory.mktemp("console") / "house") as ready:
        yield ready


@pytest.fixture
def staff(house: House) -> Iterator[Browser]:
    """李静, logged in."""
    with Browser(house.address) as browser:
        assert browser.log_in().status_code == 200
        yield browser


@pytest.fixture
def boss(house: House) -> Iterator[Browser]:
    """王芳, the supervisor, logged in."""
    with Browser(house.address) as browser:
        assert browser.log_in("wangfang").status_code == 200
        yield browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """A real browser, for the tests of a module."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Chromium) -> Iterator[Page]:
    """A page on a monitor at a desk."""
    yield from seen(browser, WIDE)
