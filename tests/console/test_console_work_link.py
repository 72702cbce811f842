"""A helper's phone: what the link shows, what it takes, and what nobody gets through it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from console_house import NASTY, PUBLIC, Browser, House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from station import audit, helpers, work_orders
from station.console.news import told_changes
from station.console.throttle import Throttle
from station.helpers import Duty, Helper
from station.work_links import Links
from station.work_model import Order, steps
from station.work_orders import Terms
from station.work_time import Rule

TERMS = Terms(Rule(), timedelta(hours=72))
SECRETS = ("张桂英", "三号楼", "03765550101", "少盐")


class Phone(requests.Session):
    """A helper's telephone: no log-in, no cookies of ours, only the link."""

    def __init__(self, house: House, order: Order) -> None:
        super().__init__()
        self.trust_env = False
        self.house = house
        self.token = house.site.work.links.token(order)

    def see(self, token: str = "", **kwargs: object) -> requests.Response:
        """Open the link."""
        return self.get(f"{self.house.address}o/{token or self.token}", timeout=30, **kwargs)  # type: ignore[arg-type]

    def tell(
        self, what: str, note: str = "", photo: bytes | None = None, **kwargs: object
    ) -> requests.Response:
        """Press a button of the page as it stands."""
        found = re.search(r'name="key" value="(\w+)"', self.see().text)
        form = {"key": found[1] if found else "", "note": note}
        files = {"photo": ("p.jpg", photo)} if photo is not None else None
        address = f"{self.house.address}o/{self.token}/{what}"
        return self.post(address, data=form, files=files, timeout=60, **kwargs)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def wang(house: House) -> Helper:
    told = Helper("taxi", "小王", "13800000911", duties=(Duty("taxi", "visit", 2000),))
    return helpers.keep(house.ledger, told, by="wangfang", prices=True)


@pytest.fixture
def order(house: House, wang: Helper) -> Order:
    return give(house, wang)


def give(house: House, to: Helper, intent: str = "taxi") -> Order:
    zhang = house.elders()[0]
    slots = {"destination": "人民医院", "date": f"{house.ledger.now():%Y-%m-%d}", "time": "23:30"}
    number = house.file(intent, resident=zhang.id, slots=slots, note="打13900000000也行")
    return work_orders.give(house.ledger, number, to.id or 0, by="lijing", terms=TERMS)


@pytest.fixture
def phone(house: House, order: Order) -> Iterator[Phone]:
    with Phone(house, order) as ready:
        yield ready


def photo(size: tuple[int, int] = (640, 480)) -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    Image.new("RGB", size, "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_before_it_is_taken_the_order_tells_what_where_about_and_when_but_not_for_whom(
    phone: Phone,
) -> None:
    page = phone.see()
    assert page.status_code == 200
    for told in ("叫车", "光荣小区", "23:30", "接单"):
        assert told in page.text
    assert [secret for secret in SECRETS if secret in page.text] == []
    assert "13900000000" not in page.text


def test_taken_it_tells_what_is_needed_and_no_more(phone: Phone) -> None:
    page = phone.tell("accepted")
    for told in ("接单了", "张桂英", "光荣小区三号楼二单元", "tel:03765550101", "人民医院"):
        assert told in page.text
    for hidden in ("13900000000", "1001", "王芳", "13800000101", "李静", "20.00"):
        assert hidden not in page.text


def test_done_with_a_word_and_a_picture_it_stands_in_the_story_and_shows_nothing_any_more(
    house: House, order: Order, phone: Phone
) -> None:
    phone.tell("accepted")
    phone.tell("arrived")
    page = phone.tell("done", "送到门诊了", photo())
    assert (page.status_code, "办完了，谢谢您" in page.text) == (200, True)
    assert [secret for secret in SECRETS if secret in page.text] == []
    request = house.ledger.request(order.number.rpartition("-")[0])
    assert request.status == "done"
    told = [each.note for each in house.ledger.history(request.number)][-3:]
    assert told == ["小王接单了", "小王到了", "小王办完了：送到门诊了（照片）"]
    last = steps(house.ledger.store, order.id)[-1]
    assert last.photo
    kept = work_orders.photo(house.ledger.store, order.id, last.id) or b""
    assert kept[:2] == b"\xff\xd8"
    assert b"SecretPhoneMaker" not in kept
    with Browser(house.address) as staff:
        staff.log_in()
        seen = staff.look(f"/orders/{order.id}/photo/{last.id}")
        assert (seen.headers["content-type"], seen.content) == ("image/jpeg", kept)
    assert audit.entries(house.ledger.store, what="photo.seen", target=f"order {order.id}")


def test_declining_needs_a_reason_and_the_desk_has_it(
    house: House, order: Order, phone: Phone
) -> None:
    page = phone.tell("declined", " ")
    assert (page.status_code, "请写一下为什么" in page.text) == (400, True)
    page = phone.tell("declined", "车坏了")
    assert "站里会另找人" in page.text
    request = house.ledger.request(order.number.rpartition("-")[0])
    assert (request.status, request.assigned) == ("accepted", "lijing")


def test_pressed_twice_a_button_counts_once_and_out_of_turn_not_at_all(
    house: House, order: Order, phone: Phone
) -> None:
    assert phone.tell("done").status_code == 409
    phone.tell("accepted")
    assert phone.tell("accepted").status_code == 200
    assert [each.what for each in steps(house.ledger.store, order.id)] == ["given", "accepted"]
    assert phone.tell("revoked").status_code == 404


def test_given_to_somebody_else_renewed_or_expired_the_link_opens_nothing(
    house: House, order: Order, wang: Helper, phone: Phone
) -> None:
    phone.tell("accepted")
    work_orders.renew(house.ledger, order.id, by="lijing", terms=TERMS)
    page = phone.see()
    assert page.status_code == 410
    assert [secret for secret in SECRETS if secret in page.text] == []
    number = order.number.rpartition("-")[0]
    with Phone(house, work_orders.order(house.ledger.store, order.id)) as fresh:
        assert fresh.see().status_code == 200
        work_orders.give(house.ledger, number, wang.id or 0, by="lijing", terms=TERMS)
        assert (fresh.see().status_code, "收回了" in fresh.see().text) == (410, True)
    short = Terms(Rule(), timedelta(seconds=-100_000))
    request = house.file()
    late = work_orders.give(house.ledger, request, wang.id or 0, by="lijing", terms=short)
    with Phone(house, late) as old:
        assert (old.see().status_code, "过期" in old.see().text) == (410, True)


def test_a_link_that_is_not_ours_opens_nothing_and_the_attempt_is_kept(
    house: House, phone: Phone
) -> None:
    before = len(audit.entries(house.ledger.store, what="link.refused", limit=1000))
    other = phone.token.translate(str.maketrans("234567abc", "345672bca"))
    for token in ("x", other, phone.token + "a", "1.2.3.4", "%00", "é"):
        page = phone.see(token)
        assert (page.status_code, "链接不对" in page.text) == (404, True), token
    after = audit.entries(house.ledger.store, what="link.refused", limit=1000)
    assert len(after) == before + 6
    assert after[0].detail == {"why": "forged"}


def test_every_opening_and_every_step_stands_in_the_audit(
    house: House, order: Order, phone: Phone
) -> None:
    phone.see()
    phone.tell("accepted")
    told = audit.entries(house.ledger.store, target=f"order {order.id}")
    assert [each.what for each in reversed(told)] == [
        "link.opened", "link.opened", "link.used", "link.opened"]  # fmt: skip
    assert {each.by for each in told} == {f"link:{order.id}"}


def test_no_cookie_is_given_and_a_session_is_of_no_use_there(
    house: House, order: Order, phone: Phone
) -> None:
    assert phone.see().headers.get("set-cookie") is None
    phone.tell("accepted")
    assert len(phone.cookies) == 0
    with Browser(house.address) as staff:
        staff.log_in()
        page = staff.look(f"/o/{phone.token}").text
        assert "/logout" not in page
        assert "李静" not in page
        refused = staff.submit(f"/o/{phone.token}/arrived")  # with the session's own key
        assert refused.status_code == 403
    assert work_orders.order(house.ledger.store, order.id).status == "accepted"


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_no_other_site_presses_its_buttons(phone: Phone, headers: dict[str, str]) -> None:
    assert phone.tell("accepted", headers=headers).status_code == 403


@pytest.mark.parametrize(
    "data",
    [b"<svg onload=alert(1)>", b"GIF89a....", b"\xff\xd8\xff broken", b"%PDF-1.7", b"x" * 1000],
    ids=["svg", "gif", "torn", "pdf", "noise"],
)
def test_what_is_no_photo_is_refused_and_the_step_is_not_taken(
    house: House, order: Order, phone: Phone, data: bytes
) -> None:
    phone.tell("accepted")
    phone.tell("arrived")
    page = phone.tell("done", "", data)
    assert (page.status_code, "这不是照片" in page.text) == (400, True)
    assert work_orders.order(house.ledger.store, order.id).status == "arrived"


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(phone: Phone) -> None:
    phone.tell("accepted")
    phone.tell("arrived")
    page = phone.tell("done", "", b"\xff\xd8\xff" + b"x" * 13_000_000)
    assert (page.status_code, "太大" in page.text) == (413, True)


def test_a_note_without_a_word_is_asked_for_and_a_script_is_only_a_word(phone: Phone) -> None:
    phone.tell("accepted")
    phone.tell("arrived")
    page = phone.tell("noted", "")
    assert (page.status_code, "请写一句" in page.text) == (400, True)
    page = phone.tell("noted", NASTY)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "记下了" in page.text


def test_its_page_holds_no_script_is_framed_by_nobody_and_kept_by_no_browser(phone: Phone) -> None:
    page = phone.see()
    assert re.findall(r"<script|<style|\son\w+=|\sstyle=|javascript:", page.text) == []
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert page.headers["cache-control"] == "no-store"
    assert "noindex" in page.text
    assert phone.see().headers["referrer-policy"] == "same-origin"


def test_under_the_public_name_only_links_are_answered(house: House, phone: Phone) -> None:
    name = {"Host": PUBLIC.partition("//")[2]}
    assert phone.see(headers=name).status_code == 200
    for path in ("", "login", "first", "helpers", "requests/1123-001", "news", "w"):
        page = phone.get(house.address + path, headers=name, timeout=30, allow_redirects=False)
        assert page.status_code == 404, path
    assert phone.get(f"{house.address}static/console.css", headers=name, timeout=30).ok


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[House]:
    """A station without a public address, patient with three openings a minute."""
    house = House(tmp_path)
    house.people()
    work = replace(house.site.work, links=Links(b"k" * 32), throttle=Throttle(tries=3))
    house.site = replace(house.site, work=work)
    with house.served():
        yield house
    house.ledger.close()


def test_too_many_openings_a_minute_are_slowed_down(remote: House) -> None:
    helper = helpers.keep(remote.ledger, Helper("taxi", "小王"), by="wangfang", prices=True)
    with Phone(remote, give(remote, helper)) as phone:
        assert [phone.see().status_code for _ in range(4)] == [200, 200, 200, 429]
        assert "点得太快了" in phone.see().text


def test_a_station_without_a_public_address_is_told_how_and_prints_all_the_same(
    remote: House,
) -> None:
    helper = helpers.keep(remote.ledger, Helper("taxi", "小王"), by="wangfang", prices=True)
    order = give(remote, helper)
    with Browser(remote.address) as staff:
        staff.log_in()
        page = staff.look(f"/orders/{order.id}").text
        assert "没有设对外地址" in page
        assert f"{remote.address}o/" in page  # to be tried on this machine
        paper = staff.look(f"/orders/{order.id}/paper").text
        assert "张桂英" in paper
        assert "/qr" not in paper


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(what=st.text(max_size=20), note=st.text(max_size=400), data=st.binary(max_size=200))
def test_whatever_is_sent_the_server_keeps_its_countenance(
    phone: Phone, what: str, note: str, data: bytes
) -> None:
    answer = phone.tell(quote(what, safe="") or "x", note, data)
    assert answer.status_code < 500


def test_an_open_console_hears_that_a_helper_cannot_come(house: House, phone: Phone) -> None:
    before = house.ledger.newest_change()
    phone.tell("declined", "车坏了")
    (change,) = house.ledger.changes(before)
    told = told_changes([change])
    assert '"urgent": true' in told
    assert "有帮手接不了" in told
    assert "车坏了" not in told
    assert "小王" not in told
