"""What `linli phone …` does: everything of the line except talking."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Any

from ivr.conf import TEMPLATES, extensions, write
from ivr.errors import PhoneError
from ivr.folders import Folders
from ivr.passwords import Passwords
from ivr.server import Server
from ivr.tree import Tree
from ivr.trial import problems
from station import callbacks, clock
from station.ledger import Ledger
from station.settings import Settings

from . import phone_sounds
from .asterisk_packages import TREE
from .errors import UsageError
from .limits import limits
from .phone_sounds import words

README = "README.md"


def numbers() -> dict[str, Any]:
    """The numbers that bind which Asterisk's settings need."""
    return {**limits()["phone"], **limits()["line"]}


def moved(settings: Settings, out: Path | None) -> Settings:
    """The settings with another folder for the line."""
    if out is None:
        return settings
    phone = settings.phone.model_copy(update={"folder": out.absolute()})
    return settings.model_copy(update={"phone": phone})


def folders_of(settings: Settings) -> Folders:
    """Where the line keeps its things."""
    return Folders(settings.phone.folder.absolute())


def installed(tree: Tree = TREE) -> Tree:
    """Asterisk, as set-up has brought it; PhoneError where it has not."""
    if not tree.here():
        raise PhoneError(f"{tree.root}: Asterisk is not here: run scripts/setup")
    return tree


def set_up(
    settings: Settings,
    *,
    out: Path | None,
    check: bool,
    tell: Callable[[str], None],
    tree: Tree = TREE,
) -> bool:
    """Write everything, try it when `check`; False when the trial found something.

    Raises PhoneError.
    """
    from .mouths import load_mouth

    settings, tree = moved(settings, out), installed(tree)
    folders = folders_of(settings)
    written = write(settings, numbers(), tree)
    shutil.copyfile(TEMPLATES / README, folders.root / README)
    mouth = load_mouth(settings)
    try:
        sounds = phone_sounds.write(settings, mouth, folders.sounds)
    finally:
        mouth.close()
    said = words()["setup"]
    tell(said["written"].format(folder=folders.root, files=len(written), sounds=len(sounds)))
    if settings.phone.bind.startswith("127."):
        tell(said["inside"].format(port=settings.phone.sip_port))
    if not check:
        return True
    wrong = problems(settings, numbers(), tree)
    for each in wrong:
        tell(said["wrong"].format(reason=each))
    if not wrong:
        tell(said["tried"].format(release=tree.release()))
    return not wrong


def telephones(settings: Settings, *, out: Path | None = None) -> Iterator[str]:
    """A line for each telephone; raises PhoneError before `linli phone setup`."""
    settings = moved(settings, out)
    passwords = Passwords.read(folders_of(settings).root).telephones
    said, phone = words()["setup"], settings.phone
    yield said["server"].format(address=phone.bind, port=phone.sip_port)
    names = {line.extension: line.name or line.phone for line in phone.lines}
    names |= {each.extension: each.name for each in settings.operators if each.extension}
    for extension in extensions(settings):
        password = passwords.get(extension)
        if password is None:
            raise UsageError(f"{extension} is new in station.toml: run linli phone setup")
        yield said["telephone"].format(
            extension=extension, password=password, name=names[extension]
        )


def outdated(settings: Settings) -> bool:
    """Whether nothing was set up, or by a Linli that knew less of the dialplan."""
    folders = folders_of(settings)
    here = {path.name for path in folders.etc.glob("*.conf")}
    wanted = {path.name for path in TEMPLATES.glob("*.conf")} - {"small.conf"}
    return not (folders.conf.exists() and wanted <= here)


def ready(settings: Settings, tree: Tree = TREE) -> Server:
    """A server on what was set up; PhoneError where something is missing."""
    folders = folders_of(settings)
    if not folders.conf.exists():
        raise PhoneError(f"{folders.conf} is missing: run linli phone setup")
    return Server(folders, installed(tree))


def run_asterisk(settings: Settings, *, out: Path | None = None) -> int:
    """Run Asterisk in the foreground until SIGTERM or Ctrl-C; its exit code."""
    server = ready(moved(settings, out))

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        # Whoever waits for a process holds its lock: it is let go before the process is ended.
        on_signal(signal.SIG_IGN)
        raise _ToldToStop

    on_signal(end)
    try:
        server.start()
        code = server.wait()
        on_signal(signal.SIG_IGN)  # told a moment after Asterisk was, it still ends well
    except _ToldToStop:
        server.stop()
        return 0
    return 0 if code in {0, -signal.SIGTERM} else 1


def on_signal(handler: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """What happens from now on at SIGTERM and at Ctrl-C."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, handler)


class _ToldToStop(Exception):
    """SIGTERM or Ctrl-C."""


def call_backs(
    ledger: Ledger, *, settle: int | None, by: str, now: Callable[[], datetime] = clock.now
) -> Iterator[str]:
    """The list of people to call back, after one of them was settled."""
    said = words()["callbacks"]
    if settle is not None:
        if not by.strip():
            raise UsageError("--settle needs --by NAME: who has called back")
        callbacks.settle(ledger.store, settle, by=by, at=now())
    waiting = callbacks.waiting(ledger.store)
    if not waiting:
        yield said["none"]
    for each in waiting:
        yield said["line"].format(
            id=each.id,
            at=f"{each.at:%m-%d %H:%M}",
            due=f"{each.due:%m-%d %H:%M}",
            phone=each.phone or said["withheld"],
            name=each.resident_name or said["stranger"],
            message=said["message"].format(file=each.message) if each.message else "",
            late=said["late"] if each.due < now() else "",
        )
