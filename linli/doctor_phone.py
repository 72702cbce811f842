"""The doctor's look at the telephone line: is it there, set up, and safe?"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

from intents.conversation.spoken import load_words
from ivr.conf import urgent_numbers
from ivr.errors import PhoneError
from ivr.folders import Folders
from ivr.numbers import Numbers
from ivr.passwords import Passwords
from ivr.tree import Tree
from station.errors import StationError
from station.settings import Settings

from . import emergency_words
from .doctor import Finding, finding
from .limits import limit
from .phone_setup import outdated

_WIDE = 16
"""A network of a longer prefix than this is somebody's own; a shorter one is half the world."""


def phone(settings_path: Path | None, root: Path, tree: Tree) -> Iterator[Finding]:
    """Everything about the line; `root` is the station's folder."""
    try:
        settings = Settings.load(settings_path, base=None if settings_path else root)
    except StationError:
        return  # said already
    if not settings.phone.enabled:
        yield finding("ok", "phone.off")
        return
    if not tree.here():
        yield finding("warn", "phone.absent", path=tree.root)
        return
    try:
        release = tree.check()
    except PhoneError as error:
        yield finding("bad", "phone.broken", reason=error)
        return
    yield from _set_up(settings, settings_path, release)
    yield from _safe(settings, settings_path)
    yield from _reached(settings)


def _set_up(settings: Settings, path: Path | None, release: str) -> Iterator[Finding]:
    folders = Folders(settings.phone.folder.absolute())
    if not folders.conf.exists():
        yield finding("warn", "phone.unset", path=folders.root)
        return
    try:
        Passwords.read(folders.root)
    except PhoneError as error:
        yield finding("bad", "phone.broken", reason=error)
        return
    if path is not None and path.stat().st_mtime > folders.conf.stat().st_mtime:
        yield finding("warn", "phone.stale", path=path)
    if outdated(settings):
        yield finding("bad", "phone.outdated")
    telephones = len(settings.phone.lines)
    if _answers(settings.phone.manager_port):
        yield finding("ok", "phone.ok", release=release, telephones=telephones)
    else:
        yield finding("warn", "phone.resting", release=release, telephones=telephones)


def _safe(settings: Settings, path: Path | None) -> Iterator[Finding]:
    for network in settings.phone.allow:
        if ip_network(network).prefixlen < _WIDE and not network.startswith(("127.", "10.")):
            yield finding("bad", "phone.open", network=network)
    if settings.phone.trunk.password and path is not None and path.stat().st_mode & 0o077:
        yield finding("warn", "phone.readable", path=path)
    if settings.phone.bind.startswith("127."):
        yield finding("warn", "phone.inside", port=settings.phone.sip_port)


def _reached(settings: Settings) -> Iterator[Finding]:
    """Does a person's telephone ring at all when one is wanted?"""
    shortest, longest = limit("line.number_digits")
    if not urgent_numbers(settings, Numbers.of(settings, (shortest, longest))):
        yield finding("bad", "phone.nobody")
    numbers = Numbers.of(settings, (shortest, longest))
    unreached = [each.name for each in settings.alarm.people if not numbers.reaches(each.phone)]
    if unreached:
        yield finding("warn", "phone.unreached", names=load_words().join(unreached))
    try:
        emergency_words.load(settings.alarm.words)
    except StationError as error:
        yield finding("bad", "phone.broken", reason=error)


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
