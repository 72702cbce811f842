"""A trial of the line's settings: Asterisk is started on them, apart from everything, and asked.

The trial uses other ports on this machine only and logs in nowhere, so it can
be made while the line is serving.
"""

from __future__ import annotations

import re
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from station.settings import Settings

from .conf import TEMPLATES, extensions, write
from .errors import PhoneError
from .folders import Folders
from .numbers import TRUNK
from .server import Server
from .tree import Tree

CONTEXTS: Final = ("linli-call", "linli-person", "linli-message", "linli-out", "linli-from-line")
_COMPLAINT: Final = re.compile(r"\b(?:WARNING|ERROR)\[\d+\][^:]*: (.*)")


def problems(settings: Settings, limits: Mapping[str, Any], tree: Tree) -> list[str]:
    """What Asterisk finds wrong with these settings; empty when it would serve."""
    with tempfile.TemporaryDirectory(prefix="linli-trial-") as folder:
        Path(folder).chmod(0o755)  # Asterisk may run as nobody
        changed = _apart(settings, Path(folder) / "phone")
        try:
            write(changed, limits, tree)
            folders = Folders(changed.phone.folder)
            with Server(folders, tree) as server:
                return [*_missing(server, changed), *_complaints(folders)]
        except PhoneError as error:
            return [str(error)]


def _apart(settings: Settings, folder: Path) -> Settings:
    """The same settings on other ports of this machine."""
    doors = [socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_DGRAM, *[_TCP] * 2)]
    for door in doors:
        door.bind(("127.0.0.1", 0))
    sip, manager, media = (door.getsockname()[1] for door in doors)
    for door in doors:
        door.close()
    trunk = settings.phone.trunk.model_copy(update={"logs_in": False})
    update = {
        "folder": folder,
        "bind": "127.0.0.1",
        "sip_port": sip,
        "manager_port": manager,
        "media_port": media,
        "trunk": trunk,
    }
    return settings.model_copy(update={"phone": settings.phone.model_copy(update=update)})


_TCP: Final = socket.SOCK_STREAM


def _missing(server: Server, settings: Settings) -> Iterator[str]:
    loaded = server.ask("module show")
    for name in re.findall(r"^load = (\S+)", (TEMPLATES / "modules.conf").read_text(), re.M):
        if name not in loaded:
            yield f"the module {name} does not load"
    telephones = server.ask("pjsip show endpoints")
    wanted = [*extensions(settings), *([TRUNK] if settings.phone.trunk.host else [])]
    for name in wanted:
        if not re.search(rf"Endpoint:\s+{re.escape(name)}\b", telephones):
            yield f"the telephone {name} is not known"
    for context in CONTEXTS:
        if f"'{context}'" not in server.ask(f"dialplan show {context}"):
            yield f"the part {context} of the dialplan is not there"


def _complaints(folders: Folders) -> Iterator[str]:
    path = folders.log / "messages.log"
    text = path.read_text("utf-8", "replace") if path.exists() else ""
    yield from _COMPLAINT.findall(text)
