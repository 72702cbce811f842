"""Pictures of the console's main pages: `python tests/console/console_gallery.py [FOLDER]`."""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

import console_work_gallery as work
from console_eyes import chromium, with_font
from console_house import House, opened
from playwright.sync_api import Browser, Page

from station import filing, handling, satisfaction
from station.requests import FiledRequest
from station.residents import Contact, Resident

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screens" / "console"


def furnish(house: House) -> dict[str, str]:
    """A morning at the station; gives the numbers of what was asked for."""
    zhang, li, _ = house.elders()
    chen = house.ledger.upsert_resident(
        Resident(
            "陈建国", called="陈爷爷", phones=("0376-5550104",), address="光荣小区一号楼四单元",
            contacts=(Contact("陈明", "儿子", phone="13800000401"),),
        )
    )  # fmt: skip
    day = f"{house.ledger.now():%Y-%m-%d}"
    taxi = house.file(
        resident=zhang.id, channel="phone", conversation=house.talk(), priority="urgent",
        slots={"destination": "人民医院", "date": day, "time": "10:30", "passengers": 2},
        summary="今天上午十点半到人民医院，两个人。",
    )  # fmt: skip
    meal = house.file(
        "meal", resident=li.id,
        slots={"items": [{"name": "红烧肉", "quantity": 1}, {"name": "米饭", "quantity": 2}],
               "meal": "lunch", "date": day, "delivery": True, "diet": "少盐"},
    )  # fmt: skip
    house.file("appointment", resident=chen.id, channel="phone", slots={
        "department": "骨科", "hospital": "人民医院", "date": day, "part": "morning"})  # fmt: skip
    handling.accept(house.ledger, meal, by="lijing")
    water = house.file("payment_help", channel="console", by="lijing", phone="13800000002",
                       slots={"bill": "water"})  # fmt: skip
    handling.assign(house.ledger, water, "王芳", by="lijing")
    house.file("housekeeping", channel="phone", unfinished=True, phone="0376-5550199",
               slots={"service": "修水管"})  # fmt: skip
    house.missed(message=b"RIFF")
    return {"taxi": taxi, "chen": str(chen.id), "zhang": str(zhang.id), "li": str(li.id)}


def a_month(house: House) -> None:
    """Three weeks of requests, answered and done, for the reports."""
    chance, ledger = random.Random(4), house.ledger
    now, villages = ledger.now(), ("东村", "西村", "光荣小区")
    elders = [ledger.upsert_resident(Resident(f"老人{n}", village=villages[n % 3])).id
              for n in range(12)]  # fmt: skip
    for n in range(180):
        asked = now - timedelta(days=chance.randrange(1, 21), minutes=chance.randrange(400))
        taken = asked + timedelta(seconds=chance.expovariate(1 / 240))
        done = taken + timedelta(seconds=chance.expovariate(1 / 5_000))
        intent = chance.choice(("taxi", "meal", "meal", "appointment", "housekeeping", "medicine"))
        filed = FiledRequest(intent, resident=chance.choice(elders), created=asked,
                             channel=chance.choice(("kiosk", "phone")))  # fmt: skip
        number = ledger.file(filed).number
        with ledger.store.writing("a month") as db:
            filing.advance(db, number, "accepted", filing.Deed("lijing", taken))
            end = "cancelled" if n % 9 == 0 else "done"
            filing.advance(db, number, end, filing.Deed("lijing", done))
        if n % 4 == 0:
            row = ledger.request(number).id
            satisfaction.keep(ledger.store, row, chance.choice((1, 1, 1, 2, 3)), "key", done)


def take(page: Page, folder: Path, name: str) -> None:
    page.wait_for_function("document.fonts.ready.then(() => true)")
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def main(folder: Path) -> None:
    """Take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        with_font(Path(home))
        with opened(Path(home) / "house") as house, chromium() as browser:
            numbers = furnish(house)
            page = browser.new_page(locale="zh-CN", viewport={"width": 1280, "height": 800})
            page.goto(house.address)
            take(page, folder, "login")
            page.fill("#login", "lijing")
            page.fill("#password", "rechts-am-brunnen-7")
            page.keyboard.press("Enter")
            page.wait_for_selector("h1:has-text('看板')")
            for name, path in (
                ("board", "/"),
                ("request", f"/requests/{numbers['taxi']}"),
                ("new", "/new?intent=taxi&who=张"),
                ("calls", "/calls"),
                ("slip", "/slip?code=L1.wrong"),
                ("resident", f"/residents/{numbers['zhang']}"),
            ):
                page.goto(house.address.rstrip("/") + path)
                take(page, folder, name)
            page.set_viewport_size({"width": 320, "height": 640})
            page.goto(house.address)
            take(page, folder, "narrow-board")
            page.goto(f"{house.address}requests/{numbers['taxi']}")
            take(page, folder, "narrow-request")
            page.set_viewport_size({"width": 1280, "height": 800})
            page.goto(house.address)
            house.alarm(resident=int(numbers["chen"]))
            page.wait_for_selector(".alarm")
            take(page, folder, "alarm")
            page.context.clear_cookies()
            page.goto(house.address)
            page.fill("#login", "wangfang")
            page.fill("#password", "rechts-am-brunnen-7")
            page.keyboard.press("Enter")
            page.click("#confirm")
            a_month(house)
            for name in ("people", "reports", "audit"):
                page.goto(f"{house.address}{name}")
                take(page, folder, name)
            take_work(page, browser, house, numbers, folder)


def take_work(
    page: Page, browser: Browser, house: House, numbers: dict[str, str], folder: Path
) -> None:
    """Dispatch, on the desk and on a helper's phone."""
    ids = work.furnish(house, int(numbers["zhang"]), int(numbers["li"]))
    for name in work.desk(page, house, ids):
        if name == "dispatch":
            page.click(".others summary")
        take(page, folder, name)
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(f"{house.address}orders")
    take(page, folder, "narrow-orders")
    with work.pocket(browser) as pocket:
        for name in work.phone(pocket, house, ids):
            take(pocket, folder, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
