"""Every page is for everybody: nobody is kept out, it fits 320 px, a screen reader finds its way.

The pages come from the application: a new one is looked at from the day it is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from console_eyes import WIDE, log_in, overflow, serious
from console_house import Browser, House, opened
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page
from starlette.routing import Route

from station import callbacks, helpers, lessons, work_orders
from station.console.app import build
from station.helpers import Duty, Helper

NARROW = {"width": 320, "height": 640}
PARTS: Final = 4
EMPTY: Final = {"/orders/{id}/photo/{step}", "/metrics"}
"""There is nothing behind these in a new house."""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A console with something on every page."""
    with opened(tmp_path_factory.mktemp("everybody") / "house") as ready:
        yield ready


@pytest.fixture(scope="module")
def examples(shop: House) -> Mapping[str, object]:
    """What stands in the parts of addresses, by `{first segment}.{part}` or `{part}`."""
    zhang = shop.elders()[0]
    number = shop.file(
        resident=zhang.id, conversation=shop.talk(), unfinished=True, priority="urgent",
        slots={"destination": "人民医院", "items": [{"name": "很长" * 40, "quantity": 1}]},
    )  # fmt: skip
    given = shop.file(resident=zhang.id, slots={"destination": "火车站"})
    other = shop.file(resident=zhang.id, slots={"destination": "人民医院"})
    heard = {"uid": "e1", "text": "那个管子又哭了", "understood": {"intent": "taxi"}}
    lessons.bring(shop.ledger, [{**heard, "corrected": {"intent": "housekeeping"}}], by="lijing")
    shop.missed("everybody", message=b"RIFF")
    call = callbacks.waiting(shop.ledger.store)[0].id
    driver = helpers.keep(
        shop.ledger,
        Helper("volunteer", "王师傅", "13800000901", duties=(Duty("taxi"), Duty("companionship"))),
        by="wangfang", prices=True,
    )  # fmt: skip
    with Browser(shop.address) as boss:
        boss.log_in("wangfang")
        done = boss.submit(f"/requests/{given}/dispatch", {"helper": driver.id})
        assert done.status_code == 200
    order = work_orders.of_request(shop.ledger.store, shop.ledger.request(given).id)[-1]
    return {
        "number": number, "other": other, "n": 1, "calls.id": call, "orders.id": order.id,
        "residents.id": zhang.id,
        "step": "done",
        "helpers.id": driver.id, "hours.id": driver.id, "month": f"{shop.ledger.now():%Y-%m}",
        "token": shop.site.work.links.token(order),
    }  # fmt: skip


def addresses(shop: House, examples: Mapping[str, object]) -> dict[str, str]:
    """Every address that is read, with an example in its place."""
    found = {}
    for route in build(shop.site).routes:
        if not isinstance(route, Route) or "GET" not in (route.methods or {"GET"}):
            continue
        first = route.path.split("/")[1]

        def part(match: re.Match[str], first: str = first) -> str:
            key = f"{first}.{match[1]}"
            return str(examples[key] if key in examples else examples[match[1]])

        found[route.path] = re.sub(r"\{(\w+)(?::\w+)?\}", part, route.path)
    return found | {
        "what is not there": "/requests/0101-001",
        "what is misspelt": "/nothing",
        "the board, searched": "/?status=all&search=张",
        "a form that is filled in": "/new?intent=meal&who=李",
        "a slip": "/slip?code=L1.wrong",
        "changes": "/audit?kind=changes",
    }


def pages(shop: House, found: Mapping[str, str]) -> list[str]:
    """Those of them that are whole pages."""
    whole = []
    with Browser(shop.address) as boss:
        boss.log_in("wangfang")
        for path, address in found.items():
            if path == "/news":  # a stream has no end
                continue
            answer = boss.look(address)
            there = answer.status_code == 200 or path in EMPTY or not path.startswith("/")
            assert there, f"{path}: give it an example that is there ({answer.status_code})"
            if "<html" in answer.text[:200]:
                whole.append(path)
    return whole


def unnamed(tree: str) -> list[str]:
    """Controls and pictures that a screen reader can only call by their kind."""
    kinds = "button|link|textbox|searchbox|combobox|checkbox|radio|spinbutton|img|slider"
    return [line.strip() for line in tree.splitlines()
            if re.fullmatch(rf"\s*- (?:{kinds})(?: \[[^\]]*\])*:?", line)]  # fmt: skip


def heard(page: Page) -> list[str]:
    """What is wrong with a page for who cannot see it."""
    tree = page.locator("body").aria_snapshot()
    levels = [int(level) for level in re.findall(r"- heading .*\[level=(\d)\]", tree)]
    wrong = unnamed(tree)
    if levels.count(1) != 1:
        wrong.append(f"headings of the first level: {levels.count(1)}")
    if any(after > before + 1 for before, after in zip([1, *levels], levels, strict=False)):
        wrong.append(f"headings skip a level: {levels}")
    if tree.count("- main") != 1:
        wrong.append("no main part")
    if not page.title() or page.locator("html").get_attribute("lang") != "zh-CN":
        wrong.append("no title or no language")
    return wrong


@pytest.fixture
def page(browser: Chromium, shop: House) -> Iterator[Page]:
    """The supervisor, inside."""
    context = browser.new_context(locale="zh-CN", viewport=WIDE)  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    fresh = context.new_page()
    log_in(fresh, shop, "wangfang")
    yield fresh
    context.close()


def looked_at(page: Page, address: str) -> list[str]:
    """What keeps somebody out of a page, wide and narrow, with everything unfolded."""
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    page.goto(address)
    page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    wrong = [*serious(page), *heard(page)]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    wider = overflow(page)
    return [*wrong, *([f"{wider} px wider than 320"] if wider > 0 else [])]


@pytest.mark.parametrize("part", range(PARTS))
def test_every_page_is_for_everybody(
    shop: House, examples: Mapping[str, object], page: Page, part: int
) -> None:
    found = addresses(shop, examples)
    home = shop.address.rstrip("/")
    wrong = {path: looked_at(page, home + found[path]) for path in pages(shop, found)[part::PARTS]}
    assert wrong
    assert {path: each for path, each in wrong.items() if each} == {}


def test_the_first_page_of_all_is_for_everybody(browser: Chromium, tmp_path: Path) -> None:
    house = House(tmp_path)
    with house.served():
        context = browser.new_context(locale="zh-CN", viewport=WIDE)  # type: ignore[arg-type]
        assert looked_at(context.new_page(), f"{house.address}first") == []
        context.close()
    house.ledger.close()


def test_an_alarm_is_for_everybody(shop: House, page: Page) -> None:
    number = shop.alarm(resident=shop.elders()[0].id)
    page.wait_for_selector("[role=alertdialog]")
    assert serious(page) == []
    assert unnamed(page.locator("body").aria_snapshot()) == []
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert overflow(page) <= 0
    page.get_by_role("button", name="我来处理").click()
    page.wait_for_selector(f"h1:has-text('{number}')")


def test_putting_a_resident_right_is_for_everybody(shop: House, page: Page) -> None:
    page.goto(f"{shop.address}residents/{shop.elders()[0].id}")
    page.get_by_role("button", name="显示电话和号码，改一改").click()
    page.wait_for_selector("#c1-name")
    assert [*serious(page), *heard(page)] == []
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert overflow(page) <= 0
    page.fill("#diet", "少糖")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=资料存好了")


@pytest.mark.parametrize(
    ("tree", "found"),
    [('- button "登录"', []), ("- button", ["- button"]), ("  - textbox:", ["- textbox:"]),
     ("- link [disabled]", ["- link [disabled]"]), ('- img "波形"\n- text: 张', [])],
)  # fmt: skip
def test_a_control_without_a_name_is_noticed(tree: str, found: list[str]) -> None:
    assert unnamed(tree) == found


def test_a_page_without_an_example_is_noticed(shop: House) -> None:
    with pytest.raises(KeyError):
        addresses(shop, {})
