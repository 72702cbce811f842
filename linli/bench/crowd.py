"""Many callers at a time: real SIP and sound over UDP, all of them in one event loop.

Each caller rings from outside through the carrier, is silent or says something, presses
keys, and remembers when it heard what: a ringing tone, or sound that is no silence.
"""

from __future__ import annotations

import asyncio
import re
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from typing import Any, Final, Literal, TypeAlias

import numpy as np

from voices.types import Pcm

PIECE_S: Final = 0.06
"""Seconds of sound in a packet: a third of the usual number, so that the crowd is no load."""
ALAW: Final = 8
KEYS: Final = 101
QUIET: Final = bytes([0xD5]) * round(8_000 * PIECE_S)
AGAIN_S: Final = (0.5, 1.0, 2.0, 4.0)
"""Seconds after which an unanswered INVITE is sent again."""

State: TypeAlias = Literal["new", "ringing", "talking", "refused", "over"]


@dataclass(eq=False)
class Ringer(asyncio.DatagramProtocol):
    """One caller of the crowd; seconds are those of the crowd's clock."""

    number: str
    """Who calls."""
    rang_at: float
    """When they rang up."""
    state: State = "new"
    """What their telephone shows."""
    code: int = 0
    """Why it was refused."""
    heard_at: list[float] = field(default_factory=list)
    """Every half second in which something was to be heard, a ringing tone included."""
    answered_at: float | None = None
    """When it was answered."""
    ended_at: float | None = None
    """When it was over."""
    _crowd: Any = None
    _voice: bytes = b""
    _remote: tuple[str, int] | None = None
    _rtp: asyncio.DatagramTransport | None = None
    _to: str = ""
    _target: str = ""
    _sent: int = 0
    _tick: int = 0

    @property
    def call_id(self) -> str:
        """The SIP dialogue."""
        return f"{self.number}-{self.rang_at:.3f}@crowd"

    def hears(self, at: float) -> None:
        """Something is to be heard now."""
        if not self.heard_at or at - self.heard_at[-1] >= 0.5:
            self.heard_at.append(at)

    def longest_silence(self, until: float) -> float:
        """Seconds without anything to be heard, from ringing up to the end."""
        end = self.ended_at or until
        marks = [self.rang_at, *self.heard_at, end]
        return max(after - before for before, after in pairwise(marks))

    def say(self, pcm: Pcm) -> None:
        """Speak this, mono at 8 kHz."""
        self._voice += alaw(pcm)

    def press(self, key: str) -> None:
        """Press a key for 0.1 s, as RFC 4733 has it."""
        event = "0123456789*#".index(key)
        for number, end in enumerate((0, 0, 1, 1, 1)):
            body = struct.pack("!BBH", event, end << 7 | 10, 160 * (number + 1))
            self._packet(body, KEYS, marked=number == 0)

    # --- sound ------------------------------------------------------------------------------------

    def connection_made(self, transport: Any) -> None:
        """The sound's own port is open."""
        self._rtp = transport

    def datagram_received(self, data: bytes, _: Any) -> None:
        """A packet of sound; more than two levels in it are no silence."""
        if len(set(data[12:])) > 3:
            self.hears(self._crowd.now())

    def speak(self) -> None:
        """Send the next piece."""
        piece, self._voice = self._voice[: len(QUIET)], self._voice[len(QUIET) :]
        self._tick += len(QUIET)
        self._packet(piece.ljust(len(QUIET), b"\xd5"), ALAW)

    def _packet(self, body: bytes, kind: int, *, marked: bool = False) -> None:
        if self._remote is None or self._rtp is None:
            return
        self._sent += 1
        head = struct.pack("!BBHII", 0x80, marked << 7 | kind, self._sent & 0xFFFF, self._tick, 7)
        self._rtp.sendto(head + body, self._remote)


class Crowd(asyncio.DatagramProtocol):
    """Callers at `address` who ring `line` at the exchange `(host, port)`."""

    def __init__(
        self,
        exchange: tuple[str, int],
        *,
        line: str,
        address: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.exchange, self.line, self.address, self.now = exchange, line, address, clock
        self.ringers: dict[str, Ringer] = {}
        self._port = 0
        self._door: asyncio.DatagramTransport | None = None
        self._clock: asyncio.Task[None] | None = None
        self._inviting: list[asyncio.Task[None]] = []

    async def open(self, port: int) -> None:
        """Be there, as the carrier's machine."""
        loop = asyncio.get_running_loop()
        door, _ = await loop.create_datagram_endpoint(lambda: self, (self.address, port))
        self._door, self._port = door, port
        self._clock = asyncio.create_task(self._keep_time())

    async def close(self) -> None:
        """Everybody hangs up."""
        for ringer in self.ringers.values():
            self.hang_up(ringer)
        await asyncio.sleep(1.0)
        if self._clock is not None:
            self._clock.cancel()
        for ringer in self.ringers.values():
            if ringer._rtp is not None:
                ringer._rtp.close()
        if self._door is not None:
            self._door.close()

    async def ring(self, number: str) -> Ringer:
        """Ring up; returns at once."""
        ringer = Ringer(number, self.now(), _crowd=self)
        loop = asyncio.get_running_loop()
        sound, _ = await loop.create_datagram_endpoint(lambda: ringer, (self.address, 0))
        self.ringers[ringer.call_id] = ringer
        port = int(sound.get_extra_info("sockname")[1])
        self._inviting.append(asyncio.create_task(self._invite(ringer, port)))
        return ringer

    def hang_up(self, ringer: Ringer) -> None:
        """End the call, or give up ringing."""
        if ringer.state == "talking":
            self._send(ringer, "BYE", 2)
        elif ringer.state in {"new", "ringing"}:
            self._send(ringer, "CANCEL", 1)
        self._over(ringer, "over")

    # --- SIP --------------------------------------------------------------------------------------

    async def _invite(self, ringer: Ringer, port: int) -> None:
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\n"
            f"m=audio {port} RTP/AVP {ALAW} {KEYS}\r\na=rtpmap:{KEYS} telephone-event/8000\r\n"
            "a=ptime:60\r\n"
        )
        for wait in AGAIN_S:
            self._send(ringer, "INVITE", 1, sdp)
            await asyncio.sleep(wait)
            if ringer.state != "new" or ringer._to:
                return

    def _send(self, ringer: Ringer, method: str, sequence: int, body: str = "") -> None:
        target = ringer._target or f"sip:{self.line}@{self.exchange[0]}:{self.exchange[1]}"
        here = f"{self.address}:{self._port}"
        branch = "INVITE" if method != "BYE" and not ringer._target else method
        to = ringer._to if method not in {"INVITE", "CANCEL"} else ""
        kind = "Content-Type: application/sdp\r\n" if body else ""
        self._out(
            f"{method} {target} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {here};branch=z9hG4bK{ringer.number}{branch};rport\r\n"
            f"Max-Forwards: 70\r\nFrom: <sip:{ringer.number}@{self.address}>;tag=t1\r\n"
            f"To: <sip:{self.line}@{self.exchange[0]}>{to}\r\nCall-ID: {ringer.call_id}\r\n"
            f"CSeq: {sequence} {method}\r\nContact: <sip:{ringer.number}@{here}>\r\n"
            f"{kind}Content-Length: {len(body)}\r\n\r\n{body}"
        )

    def _out(self, text: str) -> None:
        if self._door is not None and not self._door.is_closing():
            self._door.sendto(text.encode(), self.exchange)

    def datagram_received(self, data: bytes, _: Any) -> None:
        """An answer, or something the exchange wants."""
        text = data.decode("utf-8", "replace")
        first, _, rest = text.partition("\r\n")
        ringer = self.ringers.get(_header(rest, "Call-ID"))
        if not first.startswith("SIP/2.0"):
            self._asked(first, rest, ringer)
        elif ringer is not None and _header(rest, "CSeq").endswith("INVITE"):
            self._answered(ringer, int(first.split()[1]), text)

    def _asked(self, first: str, rest: str, ringer: Ringer | None) -> None:
        """OPTIONS or BYE: agreed to; nobody here can be rung."""
        kept = [
            f"{name}: {_header(rest, name)}" for name in ("Via", "From", "To", "Call-ID", "CSeq")
        ]
        answer = "486 Busy Here" if first.startswith("INVITE") else "200 OK"
        self._out("\r\n".join([f"SIP/2.0 {answer}", *kept, "Content-Length: 0", "", ""]))
        if first.startswith("BYE") and ringer is not None:
            self._over(ringer, "over")

    def _answered(self, ringer: Ringer, code: int, text: str) -> None:
        tag = re.search(r"^To:.*?(;tag=[^;\s]+)", text, re.MULTILINE | re.IGNORECASE)
        ringer._to = tag[1] if tag else ringer._to
        if code == 100:
            ringer._to = ringer._to or ";trying"
        elif code < 200:
            ringer.state = "ringing" if ringer.state == "new" else ringer.state
            self._sound(ringer, text)
        elif code < 300:
            contact = re.search(r"^Contact:\s*<([^>]+)>", text, re.MULTILINE | re.IGNORECASE)
            ringer._target = contact[1] if contact else ""
            self._sound(ringer, text)
            self._send(ringer, "ACK", 1)
            if ringer.state in {"new", "ringing"}:
                ringer.state, ringer.answered_at = "talking", self.now()
        else:
            self._send(ringer, "ACK", 1)
            ringer.code = code
            self._over(ringer, "refused")

    @staticmethod
    def _sound(ringer: Ringer, text: str) -> None:
        host, port = re.search(r"c=IN IP4 ([\d.]+)", text), re.search(r"m=audio (\d+)", text)
        if host and port:
            ringer._remote = (host[1], int(port[1]))

    def _over(self, ringer: Ringer, state: State) -> None:
        if ringer.ended_at is None:
            ringer.ended_at = self.now()
        if ringer.state != "refused":
            ringer.state = state

    async def _keep_time(self) -> None:
        due = time.monotonic()
        while True:
            due += PIECE_S
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            for ringer in self.ringers.values():
                if ringer.state == "talking":
                    ringer.speak()
                elif ringer.state == "ringing":
                    ringer.hears(self.now())  # the tone of its own telephone


def _header(text: str, name: str) -> str:
    found = re.search(rf"^{name}:\s*(.+?)\r?$", text, re.MULTILINE | re.IGNORECASE)
    return found[1] if found else ""


def alaw(pcm: Pcm) -> bytes:
    """Mono float32 as G.711 A-law."""
    levels, codes = _levels()
    wanted = np.clip(pcm, -1, 1) * 32_256
    right = np.clip(np.searchsorted(levels, wanted), 1, len(levels) - 1)
    nearer = wanted - levels[right - 1] < levels[right] - wanted
    return codes[np.where(nearer, right - 1, right)].astype(np.uint8).tobytes()


@cache
def _levels() -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """What each A-law code sounds like, sorted, and the codes."""
    codes = np.arange(256)
    plain = codes ^ 0x55
    part, step = plain >> 4 & 7, plain & 15
    size = np.where(part == 0, step * 16 + 8, (step * 16 + 264) << np.maximum(part - 1, 0))
    heard = np.where(plain & 0x80, size, -size)
    order = np.argsort(heard)
    return heard[order], codes[order]
