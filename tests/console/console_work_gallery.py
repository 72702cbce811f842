"""Pictures of dispatch: a week of orders in every step, on the desk, on a phone, on paper."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from console_house import House
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page

from station import helpers, settlement, timebank, work_correct, work_orders, work_photos
from station.helper_words import hours_of
from station.helpers import Duty, Helper
from station.requests import FiledRequest
from station.work_correct import Correction
from station.work_model import Order
from station.work_orders import Told

_WEEK = hours_of("周一至周五 08:00-18:00；周六 09:00-12:00")
CREW = (
    Helper("taxi", "王师傅", "13800000901", ("光荣小区",), (), 3, (Duty("taxi", "visit", 2000),)),
    Helper("taxi", "城东车队", "0376-5550902", duties=(Duty("taxi", "visit", 2500),)),
    Helper("volunteer", "刘大姐", "13800000903", ("光荣小区", "河口路"), _WEEK, 2,
           (Duty("companionship"), Duty("taxi"), Duty("housekeeping")), "会修水管"),
    Helper("canteen", "社区食堂", "0376-5550301", duties=(Duty("meal", "item", 150),)),
    Helper("housekeeping", "安心家政", "0376-5550402", ("光荣小区",), _WEEK, 5,
           (Duty("housekeeping", "hour", 4500),)),
    Helper("doctor", "李大夫", "13800000906", (), _WEEK, 0, (Duty("medicine", "visit", 0),)),
    Helper("caregiver", "小陈（孝善护理员）", "13800000907", ("光荣小区",), _WEEK, 3,
           (Duty("medicine", "visit", 1000), Duty("appointment", "hour", 3000))),
)  # fmt: skip


def furnish(house: House, zhang: int, li: int) -> dict[str, int]:
    """Helpers, orders in every step, hours given and spent, a settled month."""
    kept = {each.name: helpers.keep(house.ledger, each, by="wangfang", prices=True).id or 0
            for each in CREW}  # fmt: skip
    day = f"{house.ledger.now() + timedelta(days=1):%Y-%m-%d}"
    done = _told(house, kept["王师傅"], "taxi", zhang, "done", destination="人民医院")
    _told(house, kept["社区食堂"], "meal", li, "done",
          items=[{"name": "红烧肉", "quantity": 1}, {"name": "米饭", "quantity": 2}])  # fmt: skip
    volunteer = _told(house, kept["刘大姐"], "companionship", li, "done")
    _right(house, volunteer, 90)
    _right(
        house, _told(house, kept["安心家政"], "housekeeping", zhang, "done", service="修水管"), 60
    )
    _told(house, kept["城东车队"], "taxi", li, "declined", destination="火车站")
    _told(house, kept["安心家政"], "housekeeping", li, "arrived", service="擦玻璃")
    waiting = _told(house, kept["王师傅"], "taxi", zhang, "given", destination="人民医院",
                    date=day, time="08:30", passengers=2)  # fmt: skip
    taken = _told(house, kept["王师傅"], "taxi", zhang, "accepted", destination="汽车站", date=day,
                  part="afternoon")  # fmt: skip
    at_hand = _told(house, kept["刘大姐"], "companionship", zhang, "arrived", date=day)
    timebank.adjust(house.ledger, kept["刘大姐"], 600, by="wangfang", why="去年的时间转过来")
    timebank.spend(house.ledger, kept["刘大姐"], 120, li, by="lijing", note="陪母亲看病")
    month = f"{house.ledger.now().replace(day=1) - timedelta(days=1):%Y-%m}"
    settlement.close(house.ledger, month, by="wangfang")
    house.ledger.file(FiledRequest("taxi", {"destination": "人民医院"}, "phone", zhang))
    return kept | {"done": done.id, "waiting": waiting.id, "taken": taken.id,
                   "at hand": at_hand.id, "doubt": volunteer.id}  # fmt: skip


def _told(
    house: House, helper: int, intent: str, resident: int, until: str, **slots: object
) -> Order:
    request = house.ledger.file(FiledRequest(intent, slots, "phone", resident))
    order = work_orders.give(
        house.ledger, request.number, helper, by="lijing", terms=house.site.work.terms
    )
    if until == "declined":
        return _step(house, order, "declined", "车都出去了")
    for what in ("accepted", "arrived", "done"):
        if until == "given":
            break
        photo = _picture() if what == "done" and intent == "taxi" else None
        order = _step(house, order, what, "送到门诊大厅了" if photo else "", photo)
        if what == until:
            break
    return order


def _step(
    house: House, order: Order, what: str, note: str = "", photo: bytes | None = None
) -> Order:
    told = Told(work_orders.by_helper(order), note, photo)
    return work_orders.step(house.ledger, order.id, what, told)  # type: ignore[arg-type]


def _right(house: House, order: Order, minutes: int) -> None:
    wanted = Correction(minutes=minutes)
    work_correct.correct(house.ledger, order.id, wanted, by="lijing", why="照纸条补记")


def _picture() -> bytes:
    """A door in the morning, drawn: nobody's real door."""
    picture = Image.new("RGB", (1200, 900), "#cfd8d3")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((420, 180, 780, 900), fill="#7a5a3c")
    draw.ellipse((720, 520, 750, 550), fill="#e8c15a")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return work_photos.harmless(out.getvalue())


def desk(page: Page, house: House, ids: dict[str, int]) -> Iterator[str]:
    """The desk's pages, one after the other, as a supervisor sees them."""
    newest = list(house.ledger.requests())[-1].number
    start, month = house.address.rstrip("/"), f"{house.ledger.now():%Y-%m}"
    last = f"{house.ledger.now().replace(day=1) - timedelta(days=1):%Y-%m}"
    for name, path in (
        ("dispatch", f"/requests/{newest}"),
        ("orders", "/orders"),
        ("order", f"/orders/{ids['waiting']}"),
        ("order-done", f"/orders/{ids['done']}"),
        ("order-paper", f"/orders/{ids['waiting']}/paper"),
        ("helpers", "/helpers"),
        ("helper", f"/helpers/{ids['小陈（孝善护理员）']}"),
        ("hours", "/hours"),
        ("hours-one", f"/hours/{ids['刘大姐']}"),
        ("settle", f"/settle?month={month}"),
        ("settle-closed", f"/settle?month={last}"),
    ):
        page.goto(start + path)
        yield name


@contextmanager
def pocket(browser: Browser) -> Iterator[Page]:
    """A helper's telephone."""
    context = browser.new_context(
        locale="zh-CN", viewport={"width": 320, "height": 640}, device_scale_factor=2
    )
    yield context.new_page()
    context.close()


def phone(page: Page, house: House, ids: dict[str, int]) -> Iterator[str]:
    """What a helper sees: offered, taken, at the door, over."""
    links = house.site.work.links
    for name, which in (("offered", "waiting"), ("taken", "taken"), ("at-the-door", "at hand"),
                        ("over", "done")):  # fmt: skip
        order = work_orders.order(house.ledger.store, ids[which])
        page.goto(f"{house.address}o/{links.token(order)}")
        yield f"phone-{name}"
