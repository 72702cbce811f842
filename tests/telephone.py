"""A telephone line for tests: a real Asterisk on free loopback ports, and real telephones.

    def test_x(asterisk: Line) -> None:
        with asterisk.phone("101", "999", play=wav, record=out) as phone:
            phone.wait_for("answered")
            ...
            told = phone.finish()          # {"answered", "ended", "code", "rtp", "keys", …}

`127.0.0.1` are our own telephones, `127.0.0.2` is the carrier (known by its address, no password),
any other 127.x is a stranger. Linli's own server listens where `asterisk.settings.phone.media_port`
says, with `asterisk.passwords.media` (user linli); it takes a call by the command ANSWER: Asterisk
gives the caller to a person when it does not come within `line.media_answers_s`.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
import pytest
import soundfile
from patience import until

from ivr.conf import write
from ivr.folders import Folders
from ivr.numbers import TRUNK
from ivr.passwords import Passwords
from ivr.server import Server
from linli.asterisk_packages import TREE
from linli.limits import limits
from linli.paths import ASSETS
from linli.phone_sounds import write as write_sounds
from station.settings import Settings
from voices.audio import resample
from voices.mouth import Mouth
from voices.pack import Pack
from voices.types import Pcm

CARRIER = "127.0.0.2"
STRANGER = "127.0.0.3"

STATION = """\
[station]
name = "河口站"
address = "河口路1号"

[hours]
days = {days}
opens = "{opens}"
closes = "{closes}"

[[operators]]
name = "值班员甲"
phone = "0376-5550101"
extension = "801"

[[operators]]
name = "值班员乙"
phone = "0376-5550102"
extension = "802"

[phone]
sip_port = {sip}
rtp_from = {rtp}
rtp_to = {rtp_to}
manager_port = {manager}
media_port = {media}
media = "{transport}"
{more}

[[phone.lines]]
extension = "101"
phone = "0376-5550601"

[[phone.lines]]
extension = "102"
phone = "0376-5550602"

[phone.trunk]
host = "{carrier}"
port = {carrier_port}
number = "0376-5550000"
logs_in = false
"""


def free_port(kind: int = socket.SOCK_STREAM, address: str = "127.0.0.1") -> int:
    """A port nobody uses now."""
    with socket.socket(socket.AF_INET, kind) as door:
        door.bind((address, 0))
        return int(door.getsockname()[1])


def free_block(size: int) -> int:
    """The first of `size` free UDP ports in a row."""
    while True:
        first = free_port(socket.SOCK_DGRAM) & ~1
        if first + size < 60_000 and all(_is_free(port) for port in range(first, first + size, 7)):
            return first


def free_beside(first: int, size: int) -> int:
    """A free UDP port outside the block of `size` ports from `first`."""
    while True:
        port = free_port(socket.SOCK_DGRAM)
        if not first <= port < first + size:
            return port


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        try:
            door.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_pair() -> int:
    """A free TCP port whose next one is free too."""
    while True:
        first = free_port()
        with socket.socket() as door:
            try:
                door.bind(("127.0.0.1", first + 1))
            except OSError:
                continue
        return first


class Phone:
    """One telephone (`sip_phone.py`) running as a program of its own."""

    def __init__(self, *arguments: str) -> None:
        self.events: list[dict[str, Any]] = []
        self.said: list[str] = []
        self._news: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        program = Path(__file__).with_name("sip_phone.py")
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", str(program), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            bufsize=1,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            if line.startswith("{"):
                self._news.put(json.loads(line))
            else:
                self.said.append(line.strip())
        self._news.put(None)

    def wait_for(self, event: str, seconds: float = 20) -> dict[str, Any]:
        """The next such event; fails the test when it does not come or the telephone has ended."""
        deadline = time.monotonic() + seconds
        while True:
            try:
                news = self._news.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                news = None
            if news is None:
                there = f"there were {self.events}, said {self.said}"
                raise AssertionError(f"no {event!r} within {seconds} s; {there}")
            self.events.append(news)
            if news["event"] == event:
                return news

    def order(self, words: str) -> None:
        """`play FILE`, `keys 12`, `hangup`, `answer`, `stop` or `quit`."""
        word, _, rest = words.partition(" ")
        if word == "play":
            words = f"play {playable(rest)}"
        assert self.process.stdin is not None
        self.process.stdin.write(f"{words}\n")
        self.process.stdin.flush()

    def finish(self, seconds: float = 30) -> dict[str, Any]:
        """Wait until the call is over; everything about it."""
        told = self.wait_for("done", seconds)
        self.process.wait(seconds)
        return told

    def close(self) -> dict[str, Any]:
        """End the telephone now; everything about its call."""
        self.order("quit")
        return self.finish()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        # Hung up properly: a telephone that just vanishes is in Asterisk's way for a while.
        if self.process.poll() is None:
            with suppress(BrokenPipeError):
                self.order("quit")
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._listener.join(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):
                    pipe.close()


@cache
def playable(path: str) -> str:
    """Any audio file as a 16-bit WAV, which is all that PJSIP reads."""
    if path.endswith(".wav") and soundfile.info(path).subtype == "PCM_16":
        return path
    pcm, rate = soundfile.read(path, dtype="int16")
    name = hashlib.sha256(path.encode()).hexdigest()[:16]
    out = Path(tempfile.mkdtemp(prefix="linli-play-")) / f"{name}.wav"
    soundfile.write(out, pcm, rate, subtype="PCM_16")
    return str(out)


@cache
def spoken() -> Path:
    """A folder with what Asterisk plays itself, out of the pack; made once a run."""
    folder = Path(tempfile.mkdtemp(prefix="linli-sounds-"))
    write_sounds(Settings.load(), Mouth(Pack(ASSETS / "pack")), folder)
    return folder


NARROW = 8_000


def heard(path: Path | str) -> Pcm:
    """A sound file as mono at 8 kHz."""
    pcm, rate = soundfile.read(path, dtype="float32")
    return resample(pcm if pcm.ndim == 1 else pcm[:, 0], rate, NARROW)


def likeness(recording: Path | str, original: Path | str, window: float = 0.3) -> float:
    """How much of `original` is in the recording, 0–1.

    Its windows are looked for one by one, because a telephone's buffer skips a little
    here and there; the median over windows.
    """
    there, wanted = heard(recording), heard(original)
    size = int(window * NARROW)
    found = []
    for at in range(0, len(wanted) - size, size):
        piece = wanted[at : at + size]
        if np.sqrt(np.mean(piece**2)) > 0.01:
            found.append(_best(there, piece))
    return float(np.median(found)) if found else 0.0


def _best(there: Pcm, piece: Pcm) -> float:
    length = 1 << (len(there) + len(piece) - 1).bit_length()
    spectrum = np.fft.rfft(there, length) * np.conj(np.fft.rfft(piece, length))
    dot = np.fft.irfft(spectrum, length)[: max(1, len(there) - len(piece))]
    power = np.concatenate([[0.0], np.cumsum(there.astype(np.float64) ** 2)])
    energy = power[len(piece) :][: len(dot)] - power[: len(dot)]
    norm = np.sqrt(energy * float((piece**2).sum())) + 1e-6
    return float((dot / norm).max())


def _options(named: dict[str, Any]) -> list[str]:
    """`play=x, never_answer=True` as `--play=x --never-answer`."""
    found = []
    if named.get("play"):
        named = {**named, "play": playable(str(named["play"]))}
    for name, value in named.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            found.append(option)
        elif value not in (None, False):
            found.append(f"{option}={value}")
    return found


class Line:
    """A running Asterisk of ours, its settings, and telephones to call with."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.folder = folder
        rtp = free_block(400)
        values: dict[str, Any] = {
            "days": [1, 2, 3, 4, 5, 6, 7],
            "opens": "00:00",
            "closes": "23:59",
            "sip": free_beside(rtp, 400),
            "rtp": rtp,
            "rtp_to": rtp + 399,
            "manager": free_port(),
            "media": free_pair(),
            "transport": "websocket",
            "carrier": CARRIER,
            "carrier_port": free_port(socket.SOCK_DGRAM, CARRIER),
            "more": "",
        }
        path = folder / "station.toml"
        path.write_text(STATION.format(**{**values, **changes}), "utf-8")
        self.settings = Settings.load(path)
        self.numbers = {**limits()["phone"], **limits()["line"]}
        self.folders = Folders(self.settings.phone.folder.absolute())
        write(self.settings, self.numbers, TREE)
        for sound in spoken().iterdir():
            shutil.copy(sound, self.folders.sounds)
        self.passwords = Passwords.read(self.folders.root)
        self.server = Server(self.folders, TREE)

    @property
    def registrar(self) -> str:
        return f"sip:127.0.0.1:{self.settings.phone.sip_port}"

    def uri(self, dialled: str) -> str:
        return f"sip:{dialled}@127.0.0.1:{self.settings.phone.sip_port}"

    def phone(self, extension: str, dialled: str = "1", **more: Any) -> Phone:
        """One of our own telephones calls: with its password."""
        password = more.pop("password", self.passwords.telephones.get(extension, "wrong"))
        named = {"user": extension, "password": password, **more}
        return Phone(self.uri(dialled), *_options(named))

    def carrier(self, number: str, dialled: str = "03765550000", **more: Any) -> Phone:
        """Somebody calls from outside, through the carrier."""
        return Phone(self.uri(dialled), *_options({"address": CARRIER, "user": number, **more}))

    def stranger(self, dialled: str = "1", **more: Any) -> Phone:
        """Somebody calls from an address nobody knows."""
        return Phone(self.uri(dialled), *_options({"address": STRANGER, **more}))

    def desk(self, extension: str = "801", **more: Any) -> Phone:
        """One of our own telephones logs in and waits to be called (it answers after 0.2 s)."""
        password = more.pop("password", self.passwords.telephones.get(extension, "wrong"))
        named = {"user": extension, "password": password, "register": self.registrar, **more}
        return Phone(*_options(named))

    def outside(self, **more: Any) -> Phone:
        """Telephones in the carrier's network: whatever number we ring, this one is rung.

        `only=NUMBER` is rung for that number alone: Asterisk still asks for whom it gave up
        ringing a while ago, when nobody was there to say no. It asks once a minute whether the
        carrier is there, and rings nobody while it is not: here it is made to ask.
        """
        named = {"address": CARRIER, "port": self.settings.phone.trunk.port, **more}
        there = Phone(*_options(named))
        there.wait_for("ready")
        self.server.ask(f"pjsip qualify {TRUNK}")
        until(lambda: " Avail " in self.server.ask("pjsip show contacts"), 20)
        return there

    def log(self) -> str:
        """What Asterisk complained about."""
        path = self.folders.log / "messages.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def security(self) -> str:
        """What Asterisk's security log says."""
        path = self.folders.log / "security.log"
        return path.read_text("utf-8", "replace") if path.exists() else ""


@contextmanager
def telephone_line(**changes: Any) -> Iterator[Line]:
    """A line of its own for a block; see `STATION` for what may be changed."""
    folder = Path(tempfile.mkdtemp(prefix="linli-line-"))
    folder.chmod(0o755)  # Asterisk runs as nobody where the tests are root
    try:
        line = Line(folder, **changes)
        with line.server:
            yield line
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Line]:
    """A running line, for all tests of a module."""
    with telephone_line() as line:
        yield line


def running(pid: int | None) -> bool:
    """Whether a process is there."""
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
