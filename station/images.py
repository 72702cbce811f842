"""Pictures that somebody else made: opened with care, turned upright, never too large."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps

UNREADABLE: Final = (
    OSError,  # also what is no picture, or one that ends too soon
    ValueError,
    SyntaxError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)
"""What Pillow raises for a file that is no picture."""


class TooLarge(ValueError):
    """More pixels than are ever opened."""


def upright(
    source: Path | bytes, *, side: int, most: int, kinds: tuple[str, ...] | None = None
) -> Image.Image:
    """The picture in a file or in its bytes, in RGB, at least `side` pixels long if it was.

    `most` pixels are opened; `kinds` are formats as Pillow calls them, None for all it knows.
    Raises one of UNREADABLE, TooLarge among them.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    with Image.open(file, formats=kinds) as picture:
        if picture.width * picture.height > most:
            raise TooLarge(f"{picture.width}×{picture.height} pixels, at most {most}")
        picture.draft("RGB", (2 * side, 2 * side))
        return ImageOps.exif_transpose(picture).convert("RGB")
