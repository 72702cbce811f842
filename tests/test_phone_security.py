"""Strangers stay outside, and nobody telephones at the station's cost: tried with real SIP."""

from __future__ import annotations

import re
import socket
import time
import uuid
from collections.abc import Iterator

import pytest
from little_linli import LittleLinli
from telephone import STRANGER, Line, telephone_line
from test_switch import Ears, switch_of

from ivr.events import CallCame, CallEnded, Connection
from ivr.loopback import CARRIER

ABROAD = ("0085212345678", "013912345678", "+85212345678", "9011442012345678", "16812345")


@pytest.fixture(scope="module")
def line() -> Iterator[Line]:
    with telephone_line() as running:
        yield running


@pytest.fixture
def media(line: Line) -> Iterator[LittleLinli]:
    with LittleLinli(line.settings.phone.media_port, line.passwords.media) as little:
        yield little


class Packet:
    """SIP by hand, from any address of this machine."""

    def __init__(self, line: Line, address: str) -> None:
        self.there = ("127.0.0.1", line.settings.phone.sip_port)
        self.address = address
        self.door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.door.bind((address, 0))
        self.door.settimeout(3)

    def ask(self, method: str, sender: str, to: str, *headers: str, body: str = "") -> int | None:
        """The first final answer's code, or the first at all; None when there is none."""
        port, tag = self.door.getsockname()[1], uuid.uuid4().hex
        uri = f"sip:{to}@127.0.0.1:{self.there[1]}"
        lines = [
            f"{method} {uri} SIP/2.0",
            f"Via: SIP/2.0/UDP {self.address}:{port};branch=z9hG4bK{tag};rport",
            f"From: {sender};tag={tag}",
            f"To: <{uri}>",
            f"Call-ID: {tag}",
            f"CSeq: 1 {method}",
            f"Contact: <sip:x@{self.address}:{port}>",
            "Max-Forwards: 70",
            *headers,
            f"Content-Length: {len(body)}",
        ]
        self.door.sendto("\r\n".join([*lines, "", body]).encode(), self.there)
        return self.answer()

    def answer(self) -> int | None:
        code = None
        try:
            while code is None or code < 180:
                found = re.match(rb"SIP/2.0 (\d+)", self.door.recv(65535))
                code = int(found[1]) if found else None
        except TimeoutError:
            return code
        return code

    def __enter__(self) -> Packet:
        return self

    def __exit__(self, *_: object) -> None:
        self.door.close()


OFFER = (
    "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\n"
    "m=audio 40000 RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
)


def invite(line: Line, address: str, sender: str, to: str, *headers: str) -> int | None:
    with Packet(line, address) as packet:
        body = OFFER.format(address)
        sdp = "Content-Type: application/sdp"
        return packet.ask("INVITE", sender, to, sdp, *headers, body=body)


@pytest.mark.parametrize("address", ["127.0.0.1", STRANGER])
@pytest.mark.parametrize(
    "sender",
    [
        "<sip:anonymous@anonymous.invalid>",
        "<sip:13912345678@example.net>",
        "<sip:linli-trunk@127.0.0.2>",
        "<sip:101@127.0.0.1>",
        "<sip:801@127.0.0.1>",
        "<sip:linli@127.0.0.1>",
    ],
)
@pytest.mark.parametrize(
    "method", ["INVITE", "REGISTER", "OPTIONS", "SUBSCRIBE", "MESSAGE", "REFER"]
)
def test_whoever_shows_no_password_is_refused(
    line: Line, address: str, sender: str, method: str
) -> None:
    with Packet(line, address) as packet:
        code = packet.ask(method, sender, "101")
    assert code is None or code in {401, 403, 404, 405, 489, 501, 603}
    assert line.server.ask("core show channels count").startswith("0 active channels")


def test_a_wrong_password_is_refused_for_calls_and_for_logging_in(line: Line) -> None:
    with line.phone("101", "1", password="guessed") as caller:  # noqa: S106
        assert caller.finish()["code"] in {401, 403}
    with line.desk("801", password="guessed") as desk:  # noqa: S106
        assert desk.wait_for("refused")["code"] in {401, 403}
    assert "InvalidPassword" in line.security() or "ChallengeResponseFailed" in line.security()


def test_the_right_password_from_another_network_is_refused(line: Line) -> None:
    with line.phone("101", "1", address=STRANGER) as caller:
        assert caller.finish()["code"] == 403
    with line.desk("801", address=STRANGER) as desk:
        assert desk.wait_for("refused")["code"] == 403


def test_a_telephone_cannot_take_another_ones_place(line: Line) -> None:
    own = line.passwords.telephones["101"]
    with line.phone("801", "101", password=own, login="101") as caller:
        assert caller.finish()["code"] in {401, 403}


@pytest.mark.parametrize("dialled", ["0085212345678", "%2b85212345678"])
def test_what_a_one_button_telephone_dials_reaches_linli_and_nobody_outside(
    line: Line, media: LittleLinli, dialled: str
) -> None:
    with line.phone("101", dialled) as elder:
        assert media.wait_for_call()["number"] == "03765550601"
        elder.wait_for("answered")
        assert "linli-trunk" not in line.server.ask("core show channels concise")


def test_desks_ring_own_telephones_and_nothing_else(line: Line) -> None:
    with line.phone("801", "0085212345678") as desk:
        assert desk.finish()["code"] not in {0, 200}
    with line.desk("101", hangup_after=0.5) as elder:
        elder.wait_for("registered")
        with line.phone("801", "101") as desk:
            elder.wait_for("incoming")
            assert desk.finish()["code"] == 200


def test_the_carrier_cannot_send_a_call_back_outside(line: Line, media: LittleLinli) -> None:
    hang_up_all(line)  # the telephones of the test before may still be saying goodbye
    for dialled in (*ABROAD, "101", "801", "linli-out", "linli-alert"):
        assert invite(line, CARRIER, "<sip:13900002222@127.0.0.2>", dialled) in {180, 183, 200}
        assert media.wait_for_call()["number"] == "13900002222"
        assert line.server.ask("core show channels concise").count("PJSIP/") == 1
        hang_up_all(line)


def hang_up_all(line: Line) -> None:
    """End every call, and wait until it is gone."""
    line.server.ask("channel request hangup all")
    while not line.server.ask("core show channels count").startswith("0 active channels"):
        time.sleep(0.05)


def test_a_telephone_cannot_pretend_to_be_another_resident(line: Line, media: LittleLinli) -> None:
    with line.phone("101", "1", name="03765550602") as elder:
        assert media.wait_for_call()["number"] == "03765550601"
        elder.wait_for("answered")


EVIL = (
    '"x%0d%0a%0d%0aAction: Hangup" <sip:139%0d%0a%0d%0aEvent:%20UserEvent@127.0.0.2>',
    "<sip:139%00%0aUserEvent:%20LinliGone@127.0.0.2>",
    '"${SHELL(touch /tmp/linli-owned)}" <sip:$%7BSHELL(id)%7D,1,x@127.0.0.2>',
    '"张三\u2028Event: Shutdown" <sip:13900003333&999,v(x=1)@127.0.0.2>',
)


@pytest.mark.parametrize("sender", EVIL, ids=["crlf", "nul", "function", "separator"])
def test_nothing_a_caller_calls_themselves_does_anything(
    line: Line, media: LittleLinli, sender: str
) -> None:
    ears = Ears()
    with switch_of(line, ears) as switch:
        assert switch.wait(10)
        assert invite(line, CARRIER, sender, "03765550000") in {180, 183, 200}
        call = media.wait_for_call()
        came = ears.wait_for(CallCame)
        assert re.fullmatch(r"\d*", call.get("number", ""))
        assert came.number == call.get("number", "")
        assert set(call) <= {"call_id", "number", "line", "media", "why", "task"}
        assert switch.connected
        assert switch.hang_up(call["call_id"])
        assert ears.wait_for(CallEnded).call == call["call_id"]
        assert {type(event) for event in ears.all} == {CallCame, Connection, CallEnded}


def test_a_flood_of_unknown_callers_leaves_no_trace_but_in_the_security_log(line: Line) -> None:
    before = line.server.pid
    with Packet(line, STRANGER) as packet:
        packet.door.settimeout(0.01)
        for number in range(300):
            packet.ask("INVITE", f"<sip:{number}@x>", "0085212345678")
    assert line.server.pid == before
    assert line.server.ask("core show channels count").startswith("0 active channels")
    with line.phone("101", "1", hangup_after=0.1) as elder:
        assert elder.finish(40)["code"] == 200
