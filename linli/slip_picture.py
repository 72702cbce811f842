"""The codes of slips in a picture: a photo of the paper, a scan, a screenshot.

Needs the decoder zxing-cpp, which is installed for development; where it is not,
the text of the code (any scanner or telephone reads it) is checked instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from PIL import Image, ImageFilter, ImageOps

from station.proof import MARK

from .errors import UsageError

SMALL: Final = 1000
"""Pixels of the longer side below which a picture is enlarged."""
LARGE: Final = 3000
"""Pixels of the longer side above which it is reduced."""


def codes_in(path: Path) -> list[str]:
    """The codes in a picture, each once; raises UsageError where there is none to be read."""
    try:
        import zxingcpp
    except ImportError:
        raise UsageError(
            f"{path}: pictures need a decoder: pip install zxing-cpp, or give the code's text"
        ) from None
    try:
        with Image.open(path) as opened:
            picture = ImageOps.exif_transpose(opened).convert("L")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise UsageError(
            f"{path}: no picture that can be read ({type(error).__name__}): take a PNG or JPEG"
        ) from error
    for view in _views(picture):
        found = zxingcpp.read_barcodes(view)
        codes = [each.text for each in found if each.text.startswith(f"{MARK}.")]
        if codes:
            return list(dict.fromkeys(codes))
    raise UsageError(
        f"{path}: no slip's code is to be seen: photograph it from nearer, flat and in good light"
    )


def _views(picture: Image.Image) -> Iterator[Image.Image]:
    """The picture as it is, then as a worn or small code is easier to read."""
    yield picture
    longer = max(picture.size)
    if longer > LARGE:
        yield _scaled(picture, LARGE / longer)
    even = ImageOps.autocontrast(picture, cutoff=2)
    for times in (1.0, 2.0, 3.0) if longer < SMALL else (1.0, 0.5):
        scaled = _scaled(even, times)
        yield scaled
        for radius in (2, 4, 8):
            yield scaled.filter(ImageFilter.UnsharpMask(radius, percent=250, threshold=0))


def _scaled(picture: Image.Image, times: float) -> Image.Image:
    size = round(picture.width * times), round(picture.height * times)
    return picture if times == 1.0 else picture.resize(size, Image.Resampling.LANCZOS)
