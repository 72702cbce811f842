"""Pictures that helpers send: looked at, drawn anew, and kept without what a phone writes beside.

Nothing of the file that came is kept but its picture: no place, no time, no maker's notes.
"""

from __future__ import annotations

import io
import warnings
from datetime import datetime
from typing import Final

from PIL import Image

from .clock import to_text
from .errors import StationError
from .images import UNREADABLE, TooLarge, upright
from .store import Store

MOST_BYTES: Final = 12_000_000
"""A telephone's photo is smaller."""
MOST_PIXELS: Final = 60_000_000
SIDE: Final = 1280
"""Pixels of the longer side that are kept: enough to see a mended tap."""
_KINDS: Final = ("JPEG", "PNG", "WEBP")
_QUALITY: Final = 78


class PhotoError(StationError):
    """A file that is not kept: `code` is photo_wrong or photo_large."""

    code = "photo_wrong"


def harmless(data: bytes) -> bytes:
    """The picture in a file, upright, as a new JPEG. Raises PhotoError."""
    if len(data) > MOST_BYTES:
        raise PhotoError(f"{len(data)} bytes, at most {MOST_BYTES}", code="photo_large")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _drawn(data)
    except TooLarge as error:
        raise PhotoError(str(error), code="photo_large") from error
    except UNREADABLE as error:
        raise PhotoError(f"no picture that can be read ({type(error).__name__})") from error


def _drawn(data: bytes) -> bytes:
    whole = upright(data, side=SIDE, most=MOST_PIXELS, kinds=_KINDS)
    whole.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", whole.size)
    fresh.paste(whole)  # a new picture: nothing rides along in `info`
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def sweep(store: Store, until: datetime) -> int:
    """Delete the pictures from before a moment; how many."""
    with store.writing("sweep the photos", durable=False) as db:
        return db.execute("DELETE FROM work_photos WHERE at < ?", (to_text(until),)).rowcount
