"""Photos of whom a resident may call, as files that staff put into a folder.

`photos/1001/大女儿.jpg` or `photos/1001/王芳.png`: the card, then the relation or the
name. Whatever cannot be shown (no file, no picture, far too large) is left out, the
log says why, and the drawing by relation stands there instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import structlog
from PIL import Image, ImageOps

from kiosk.view import Photo
from station.images import UNREADABLE, upright
from station.residents import Contact, Resident

log = structlog.get_logger(__name__)

SIDE: Final = 320
"""Pixels of the square that is kept: larger is no picture on any screen."""
ENDINGS: Final = (".jpg", ".jpeg", ".png", ".webp", ".bmp")
MOST_BYTES: Final = 40_000_000
MOST_PIXELS: Final = 50_000_000
"""More is no photo of a face, and opening it would take all memory."""
_HIGHER: Final = (0.5, 0.35)
"""Where a face is in an upright photo: above the middle."""


def album_of(folder: Path, card: str | None) -> Path | None:
    """Where the photos of a card's owner lie; None for a card that names no folder inside this."""
    return folder / card if card and card != ".." and Path(card).name == card else None


def photos_of(folder: Path, resident: Resident) -> dict[str, Photo]:
    """Relation → photo, of those contacts of whom there is one that can be shown."""
    album = album_of(folder, resident.card)
    if album is None:
        return {}
    found = {}
    for contact in resident.contacts:
        for path in _files(album, contact):
            photo = read(path)
            if photo is not None:
                found[contact.relation] = photo
                break
    return found


def _files(folder: Path, contact: Contact) -> Iterator[Path]:
    names = [name for name in (contact.relation, contact.name, contact.nick) if name]
    safe = [name for name in names if Path(name).name == name]
    paths = (folder / f"{name}{ending}" for name in safe for ending in ENDINGS)
    return (path for path in paths if path.is_file())


def read(path: Path) -> Photo | None:
    """A file as a small upright square; None, with a reason in the log, where it is none."""
    try:
        square = _square(path)
    except UNREADABLE as error:
        # The file's name would tell whose family it is.
        log.warning("photo_not_shown", folder=path.parent.name, reason=type(error).__name__)
        return None
    return Photo(SIDE, square.tobytes())


def _square(path: Path) -> Image.Image:
    """Raises one of UNREADABLE."""
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"{path}: more than {MOST_BYTES} bytes")
    whole = upright(path, side=SIDE, most=MOST_PIXELS)
    return ImageOps.fit(whole, (SIDE, SIDE), centering=_HIGHER)
