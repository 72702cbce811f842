"""Debian's Chromium at the console, and axe-core to look for what keeps people out."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from console_house import PASSWORD, House
from playwright.sync_api import Browser, Page, expect, sync_playwright

from linli.paths import MODELS

AXE = MODELS / "axe" / "axe.min.js"
WIDE = {"width": 1280, "height": 800}
"""A monitor at a desk."""
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--autoplay-policy=user-gesture-required",
]

expect.set_options(timeout=60_000)


@contextmanager
def chromium() -> Iterator[Browser]:
    """The browser of the Debian package `chromium` (requirements/apt-dev.txt)."""
    found = shutil.which("chromium")
    assert found, "no chromium: run scripts/setup --dev"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def seen(browser: Browser, size: dict[str, int]) -> Iterator[Page]:
    """A page of its own, of this size; whatever goes wrong in its scripts fails the test."""
    context = browser.new_context(locale="zh-CN", viewport=size)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    fresh = context.new_page()
    wrong: list[str] = []
    fresh.on("console", lambda told: told.type == "error" and wrong.append(told.text))
    fresh.on("pageerror", lambda error: wrong.append(str(error)))
    yield fresh
    context.close()
    assert [each for each in wrong if "Failed to load" not in each] == []


def log_in(page: Page, house: House, login: str = "lijing") -> None:
    """With the keyboard alone, up to the board."""
    page.goto(house.address)
    expect(page.locator("#login")).to_be_focused()
    page.keyboard.type(login)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("看板")


def press_until(page: Page, text: str, *, most: int = 60) -> None:
    """Tab until something with this text has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        told = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.labels?.[0]?.innerText"
            " || '').trim()"
        )
        if text in told:
            return
    raise AssertionError(f"{text} is never reached with the keyboard")


def serious(page: Page) -> list[str]:
    """What axe-core calls serious or critical on this page, WCAG 2.2 AA and best practice."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "async () => (await axe.run(document, {resultTypes: ['violations']})).violations"
        ".map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' ')).slice(0, 3)])"
    )
    return [json.dumps(each) for each in found if each[0] in {"serious", "critical"}]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    return int(page.evaluate(wide))


def with_font(home: Path) -> None:
    """Let programs started from now on find the project's Chinese font."""
    fonts = home / "fonts"
    fonts.mkdir(parents=True, exist_ok=True)
    for path in (MODELS / "font").glob("*.ttf"):
        target = fonts / path.name
        if not target.exists():
            target.symlink_to(path)
    config = home / "fonts.conf"
    config.write_text(
        '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>'
        f"<dir>{fonts}</dir><dir>/usr/share/fonts</dir><cachedir>{home / 'cache'}</cachedir>"
        "</fontconfig>",
        "utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(config)
    subprocess.run(["fc-list", ":lang=zh"], check=False, capture_output=True)
