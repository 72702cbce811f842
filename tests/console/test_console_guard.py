"""Who is let in, what is refused, and what a browser may do with a page."""

from __future__ import annotations

import http.client
import re
from urllib.parse import quote, urlsplit

import pytest
from console_house import NASTY, PASSWORD, Browser, House
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from station import audit
from station.console.app import _FORMS, _PAGES
from station.listing import Filter

OPEN = {"/login", "/first", "/redeem"}


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


@pytest.mark.parametrize("path", [path for path, _ in _PAGES if path not in OPEN] + ["/news"])
def test_nobody_reads_a_page_without_logging_in(house: House, path: str) -> None:
    with Browser(house.address) as stranger:
        answer = stranger.look(filled(path), allow_redirects=False)
        assert (answer.status_code, answer.headers["location"][:12]) == (303, "/login?next=")


@pytest.mark.parametrize("path", [path for path, _ in _FORMS if path not in OPEN])
def test_nobody_does_anything_without_logging_in(house: House, path: str) -> None:
    with Browser(house.address) as stranger:
        answer = stranger.submit(filled(path), allow_redirects=False)
        assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/")


def test_a_part_of_a_page_sends_who_was_logged_out_to_the_log_in(house: House) -> None:
    with Browser(house.address) as stranger:
        answer = stranger.look("/alarm", headers={"HX-Request": "true"})
        assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/login?did=again")


@pytest.mark.parametrize("path", [path for path, _ in _FORMS if path not in OPEN])
def test_no_form_is_taken_without_the_key_of_our_pages(
    house: House, boss: Browser, path: str
) -> None:
    before = audit.head(house.ledger.store)
    answer = boss.post(boss.address + filled(path), data={"key": "0" * 64}, timeout=30)
    assert answer.status_code == 403
    assert audit.head(house.ledger.store) == before


@pytest.mark.parametrize(
    "headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]
)
def test_no_form_is_taken_from_another_site(staff: Browser, headers: dict[str, str]) -> None:
    assert staff.submit("/logout", headers=headers).status_code == 403
    assert staff.look("/me").status_code == 200


def test_a_form_that_is_too_large_or_without_a_length_is_refused(
    house: House, staff: Browser
) -> None:
    assert staff.submit("/me", {"old": "x" * 70_000}).status_code == 413
    parts = urlsplit(house.address)
    line = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    cookies = "; ".join(f"{name}={value}" for name, value in staff.cookies.items())
    line.request("POST", "/me", body=iter([b"key=1"]), headers={"Cookie": cookies})
    assert line.getresponse().status == 411
    line.close()


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example"])
def test_a_foreign_name_that_points_here_reaches_nothing(house: House, host: str) -> None:
    with Browser(house.address) as stranger:
        assert stranger.look("/login", headers={"Host": host}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/login", "/nothing", "/static/console.css", "/requests/x"])
def test_every_answer_forbids_foreign_scripts_and_frames(staff: Browser, path: str) -> None:
    headers = staff.look(path).headers
    policy = headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    kept = "max-age=31536000, immutable" if path.startswith("/static") else "no-store"
    assert headers["cache-control"] == kept


def test_the_session_is_seen_by_no_script_and_sent_by_no_other_site(house: House) -> None:
    with Browser(house.address) as browser:
        seen = browser.look("/login").text
        form = {"login": "lijing", "password": PASSWORD}
        answer = browser.submit("/login", form, seen=seen, allow_redirects=False)
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie


def test_pages_hold_no_script_and_no_style_of_their_own(house: House, staff: Browser) -> None:
    number = house.file(conversation=house.talk("guard"))
    for path in ("/", "/new?intent=meal", "/calls", "/slip", "/me", f"/requests/{number}"):
        text = staff.look(path).text
        assert re.findall(r"<script(?! src=)|<style|\son\w+=|\sstyle=|javascript:", text) == []


def test_a_name_that_is_a_script_is_only_a_name(house: House, staff: Browser) -> None:
    resident = house.elders()[2]
    number = house.file(
        "meal", resident=resident.id, note=NASTY, summary=NASTY,
        slots={"items": [{"name": NASTY, "quantity": 1}], "diet": NASTY, NASTY: NASTY},
    )  # fmt: skip
    staff.submit(f"/requests/{number}/note", {"note": NASTY})
    staff.submit(f"/requests/{number}/assign", {"to": NASTY})
    for path in ("/", f"/requests/{number}", "/?status=all&search=script",
                 "/new?intent=meal&who=script", f"/?search={NASTY}", f"/slip?code={NASTY}",
                 f"/requests/{NASTY}", f"/login?next={NASTY}"):  # fmt: skip
        text = staff.look(path).text
        assert "<script>alert" not in text, path
    assert "&lt;script&gt;" in staff.look("/").text


def test_an_auditor_looks_and_does_nothing(house: House) -> None:
    number = house.file()
    with Browser(house.address) as auditor:
        auditor.log_in("zhaomin")
        assert auditor.look(f"/requests/{number}").status_code == 200
        assert auditor.look("/new").status_code == 403
        assert auditor.submit(f"/requests/{number}/accept").status_code == 403
    assert house.ledger.request(number).status == "new"


@pytest.mark.parametrize("path", ["/people"])
def test_only_a_supervisor_sees_who_works_here(staff: Browser, boss: Browser, path: str) -> None:
    assert staff.look(path).status_code == 403
    assert boss.look(path).status_code == 200


ODD = st.text(max_size=12) | st.sampled_from(
    [
        "\x00",
        "-1",
        "9" * 30,
        "../../etc/passwd",
        "%",
        "'; --",
        "2026-02-30",
        "1e9",
        "null",
        "\ud800",
    ]
)


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from([path for path, _ in _PAGES]),
    parts=st.lists(ODD, min_size=2, max_size=2),
    query=st.dictionaries(
        st.sampled_from(["status", "search", "day", "after", "intent", "who", "code", "did"]), ODD
    ),
)
def test_no_odd_address_breaks_a_page(
    boss: Browser, path: str, parts: list[str], query: dict[str, str]
) -> None:
    given_ = iter(parts)
    safe = {name: value.encode("utf-8", "replace") for name, value in query.items()}

    def part(_: re.Match[str]) -> str:
        return quote(next(given_).encode("utf-8", "replace"), safe="")

    answer = boss.look(re.sub(r"\{\w+\}", part, path), params=safe)
    assert answer.status_code < 500


@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    path=st.sampled_from([path for path, _ in _FORMS if path not in {"/logout", "/me"}]),
    deed=st.sampled_from(["accept", "assign", "note", "done", "cancel", "undo", "change", "x"]),
    form=st.dictionaries(
        st.sampled_from(["to", "note", "version", "slot.date", "slot.items", "intent", "resident",
                         "uid", "login", "name", "role", "password", "code", "priority"]), ODD),
)  # fmt: skip
def test_no_odd_form_breaks_a_page(
    house: House, boss: Browser, path: str, deed: str, form: dict[str, str]
) -> None:
    number = next((each.number for each in house.ledger.requests(Filter(limit=1))), "1")
    address = path.replace("{number}", number).replace("{deed}", deed).replace("{id}", "1")
    address = address.replace("{login}", "nobody").replace("{act}", "code")
    safe = {name: value.encode("utf-8", "replace") for name, value in form.items()}
    answer = boss.submit(address, safe, allow_redirects=False)
    assert answer.status_code < 500


def test_who_takes_a_recording_in_parts_has_listened_once_and_nobody_unseen(
    house: House, staff: Browser
) -> None:
    number = house.file(conversation=house.talk("parts"))
    store, path = house.ledger.store, f"/requests/{number}/sound/1"

    def heard() -> int:
        return len(audit.entries(store, what="recording.played", target=f"request {number}"))

    for wanted in ("bytes=1-", "bytes=-500", "bytes=100-200"):
        assert staff.look(path, headers={"Range": wanted}).status_code == 206
        assert heard() == 1, wanted
    staff.look(path, headers={"Range": "bytes=0-"})
    assert heard() == 2


def test_over_tls_browsers_are_told_to_come_no_other_way(house: House) -> None:
    with Browser(house.address) as stranger:
        plain = stranger.look("/login").headers
    with Browser(house.address) as stranger:
        secure = stranger.look("/login", headers={"X-Forwarded-Proto": "https"})
    assert "strict-transport-security" not in plain
    assert secure.headers["strict-transport-security"] == "max-age=31536000"
    assert "Secure" in secure.headers["set-cookie"]
