"""What a helper's phone sends is a picture and nothing else, or it is refused."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from crew import Crew, crew_at
from PIL import Image

from linli.limits import limit
from linli.sweeping import sweep
from station import work_orders, work_photos
from station.settings import Settings
from station.work_photos import PhotoError, harmless


@pytest.fixture
def crew(tmp_path: Path) -> Iterator[Crew]:
    with crew_at(tmp_path) as ready:
        yield ready


def snapped(kind: str = "JPEG", size: tuple[int, int] = (800, 400), **more: object) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", size, "red")
    picture.paste("blue", (0, 0, size[0] // 2, size[1]))
    picture.save(out, kind, **more)
    return out.getvalue()


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhoneMaker"
    exif[0x0112] = 6  # held upright
    exif.get_ifd(0x8825)[2] = (32.0, 8.0, 24.0)
    return snapped(exif=exif, comment=b"secret comment")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_a_phone_takes_is_kept_as_a_small_jpeg(kind: str) -> None:
    with Image.open(io.BytesIO(harmless(snapped(kind, (3000, 1500))))) as kept:
        assert (kept.format, kept.size) == ("JPEG", (1280, 640))
        red, _, blue = kept.convert("RGB").getpixel((100, 300))
        assert blue > 200
        assert red < 50


def test_where_and_with_what_it_was_taken_is_gone_and_it_stands_upright() -> None:
    sent = with_place()
    assert b"SecretPhoneMaker" in sent
    kept = harmless(sent)
    assert b"Secret" not in kept
    assert b"secret" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (400, 800)
        assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def _bomb() -> bytes:
    """A PNG of 20,000 × 20,000 pixels that is small as a file."""
    import struct

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", 20_000, 20_000, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", SVG, b"<html>", b"\xff\xd8\xff", snapped()[:500], snapped("BMP"),
     snapped("GIF"), snapped("TIFF"), b"%PDF-1.7", _bomb()],
    ids=["nothing", "gif", "svg", "html", "head", "torn", "bmp", "a gif", "tiff", "pdf", "bomb"],
)  # fmt: skip
def test_what_is_no_photo_is_refused(data: bytes) -> None:
    with pytest.raises(PhotoError):
        harmless(data)


def test_a_file_that_is_far_too_large_is_not_even_opened() -> None:
    with pytest.raises(PhotoError) as refused:
        harmless(snapped() + b"\0" * work_photos.MOST_BYTES)
    assert refused.value.code == "photo_large"


def test_a_picture_and_something_behind_it_is_only_the_picture() -> None:
    assert b"<script>" not in harmless(snapped() + b"<script>alert(1)</script>")


def test_pictures_go_after_their_time(crew: Crew) -> None:
    order = crew.step(crew.give(crew.file(), "王师傅"), "accepted")
    crew.step(order, "noted", "门口", photo=harmless(snapped()))
    store, now = crew.ledger.store, crew.clock.time
    (step,) = store.read("SELECT step_id FROM work_photos")
    assert (work_orders.photo(store, order.id, step["step_id"]) or b"")[:2] == b"\xff\xd8"
    assert work_orders.photo(store, order.id + 1, step["step_id"]) is None
    assert work_photos.sweep(store, now) == 0
    settings = Settings.load(None, base=crew.ledger.store.path.parent)
    kept = timedelta(days=limit("dispatch.photo_days"))
    assert sweep(settings, crew.ledger, now + kept - timedelta(hours=1)).photos == 0
    assert sweep(settings, crew.ledger, now + kept + timedelta(seconds=1)).photos == 1
    assert work_orders.photo(store, order.id, step["step_id"]) is None
