"""A telephone line for tests: a real Asterisk on free loopback ports, and real telephones.

    with telephone_line() as line, line.phone("101", "999", play=wav, record=out) as phone:
        phone.wait_for("answered")
        ...
        told = phone.finish()          # {"answered", "ended", "code", "rtp", "keys", …}

`127.0.0.1` are our own telephones, `127.0.0.2` is the carrier (known by its address, no password),
any other 127.x is a stranger. Linli's own server listens where `line.settings.phone.media_port`
says, with `line.passwords.media` (user linli); it takes a call by the command ANSWER: Asterisk
gives the caller to a person when it does not come within `line.media_answers_s`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from patience import until
from sip_program import Phone, options

from ivr.conf import write
from ivr.folders import Folders
from ivr.loopback import CARRIER, phone_settings
from ivr.numbers import TRUNK
from ivr.passwords import Passwords
from ivr.server import Server
from linli.asterisk_packages import TREE
from linli.limits import limits
from linli.paths import ASSETS
from linli.phone_sounds import write as write_sounds
from station.settings import Settings
from voices.mouth import Mouth
from voices.pack import Pack

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
"""

PHONE = """\
media = "{transport}"
{more}

[[phone.lines]]
extension = "101"
phone = "0376-5550601"

[[phone.lines]]
extension = "102"
phone = "0376-5550602"
"""


@cache
def spoken() -> Path:
    """A folder with what Asterisk plays itself, out of the pack; made once a run."""
    folder = Path(tempfile.mkdtemp(prefix="linli-sounds-"))
    write_sounds(Settings.load(), Mouth(Pack(ASSETS / "pack")), folder)
    return folder


class Line:
    """A running Asterisk of ours, its settings, and telephones to call with."""

    def __init__(self, folder: Path, **changes: Any) -> None:
        self.folder = folder
        values: dict[str, Any] = {
            "days": [1, 2, 3, 4, 5, 6, 7],
            "opens": "00:00",
            "closes": "23:59",
            "transport": "websocket",
            "more": "",
            **changes,
        }
        path = folder / "station.toml"
        phone = phone_settings(400, PHONE.format(**values))
        path.write_text(f"{STATION.format(**values)}\n{phone}", "utf-8")
        self.settings = Settings.load(path)
        self.numbers = {**limits()["phone"], **limits()["line"]}
        self.folders = Folders(self.settings.phone.folder.absolute())
        write(self.settings, self.numbers, TREE)
        for sound in spoken().iterdir():
            shutil.copy(sound, self.folders.sounds)
        self.passwords = Passwords.read(self.folders.root)
        self.server = Server(self.folders, TREE)

    @property
    def serve(self) -> list[str]:
        """The command that takes this line's calls, as a station runs it."""
        settings = str(self.folder / "station.toml")
        return [sys.executable, "-m", "linli", "phone", "serve", "--settings", settings]

    @property
    def registrar(self) -> str:
        return f"sip:127.0.0.1:{self.settings.phone.sip_port}"

    def uri(self, dialled: str) -> str:
        return f"sip:{dialled}@127.0.0.1:{self.settings.phone.sip_port}"

    def phone(self, extension: str, dialled: str = "1", **more: Any) -> Phone:
        """One of our own telephones calls: with its password."""
        password = more.pop("password", self.passwords.telephones.get(extension, "wrong"))
        named = {"user": extension, "password": password, **more}
        return Phone(self.uri(dialled), *options(named))

    def carrier(self, number: str, dialled: str = "03765550000", **more: Any) -> Phone:
        """Somebody calls from outside, through the carrier."""
        return Phone(self.uri(dialled), *options({"address": CARRIER, "user": number, **more}))

    def stranger(self, dialled: str = "1", **more: Any) -> Phone:
        """Somebody calls from an address nobody knows."""
        return Phone(self.uri(dialled), *options({"address": STRANGER, **more}))

    def desk(self, extension: str = "801", **more: Any) -> Phone:
        """One of our own telephones logs in and waits to be called (it answers after 0.2 s)."""
        password = more.pop("password", self.passwords.telephones.get(extension, "wrong"))
        named = {"user": extension, "password": password, "register": self.registrar, **more}
        return Phone(*options(named))

    def outside(self, **more: Any) -> Phone:
        """Telephones in the carrier's network: whatever number we ring, this one is rung.

        `only=NUMBER` is rung for that number alone: Asterisk still asks for whom it gave up
        ringing a while ago, when nobody was there to say no. It asks once a minute whether the
        carrier is there, and rings nobody while it is not: here it is made to ask.
        """
        named = {"address": CARRIER, "port": self.settings.phone.trunk.port, **more}
        there = Phone(*options(named))
        there.wait_for("ready")
        self.server.ask(f"pjsip qualify {TRUNK}")
        until(self._carrier_is_there, 20)
        return there

    def _carrier_is_there(self) -> bool:
        """Whether Asterisk has seen it; that a telephone of ours is there says nothing of it."""
        told = self.server.ask("pjsip show contacts").splitlines()
        return any(f"{TRUNK}/" in each and " Avail " in each for each in told)

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
    """A line of its own for a block; see `STATION` and `PHONE` for what may be changed."""
    folder = Path(tempfile.mkdtemp(prefix="linli-line-"))
    folder.chmod(0o755)  # Asterisk runs as nobody where the tests are root
    try:
        line = Line(folder, **changes)
        with line.server:
            yield line
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def serving(line: Line) -> Iterator[subprocess.Popen[str]]:
    """The line's server, once it takes calls; killed in the end, whatever it is doing."""
    with subprocess.Popen(line.serve, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert str(line.settings.phone.media_port) in process.stdout.readline()
            yield process
        finally:
            process.kill()


def running(pid: int | None) -> bool:
    """Whether a process is there."""
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
