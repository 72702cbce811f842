"""Staff hold a slip before a camera: what is on it is read, and only what is genuine counts."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter
from typer.testing import CliRunner

from linli.cli import app
from linli.errors import UsageError
from linli.slip import DOTS_PER_INCH, checked, dots, proofs, qr, slip_of
from linli.slip_picture import codes_in
from station.ledger import Ledger
from station.requests import FiledRequest, Request
from station.settings import SHIPPED, Settings

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))
WANTED = {"date": "2026-11-24", "part": "morning", "hospital": "人民医院", "department": "骨科"}


@pytest.fixture(name="settings")
def fixture_settings(tmp_path: Path) -> Settings:
    (tmp_path / "station.toml").write_text(SHIPPED.read_text("utf-8"), "utf-8")
    return Settings.load(tmp_path / "station.toml")


@pytest.fixture(name="request_")
def fixture_request(settings: Settings) -> Request:
    with Ledger.open(settings.data.ledger, clock=lambda: NOW) as ledger:
        return ledger.file(FiledRequest("appointment", WANTED))


def paper(settings: Settings, number: str) -> Image.Image:
    """The slip as it comes out of the printer, on a table."""
    with Ledger.open(settings.data.ledger) as ledger:
        slip = dots(slip_of(settings, ledger, number, NOW.date())).convert("L")
    table = Image.new("L", (slip.width + 200, slip.height + 200), 120)
    table.paste(slip, (100, 100))
    return table


def verdicts(settings: Settings, picture: Image.Image, tmp_path: Path) -> list[str]:
    picture.save(tmp_path / "photo.png")
    with Ledger.open(settings.data.ledger) as ledger:
        found = checked(settings, ledger, str(tmp_path / "photo.png"), NOW.date())
    return [each.verdict for each in found]


def turned(degrees: float) -> Callable[[Image.Image], Image.Image]:
    return lambda slip: slip.rotate(
        degrees, expand=True, fillcolor=120, resample=Image.Resampling.BICUBIC
    )


def small(slip: Image.Image) -> Image.Image:
    """From far: three pixels of the camera a module."""
    return slip.resize((slip.width * 3 // 8, slip.height * 3 // 8), Image.Resampling.BOX)


def blurred(slip: Image.Image) -> Image.Image:
    """Out of focus by half a module."""
    return slip.filter(ImageFilter.GaussianBlur(4))


def dim(slip: Image.Image) -> Image.Image:
    """In the shade, with a noisy sensor."""
    pale = ImageEnhance.Contrast(slip).enhance(0.25)
    noise = np.random.default_rng(1).normal(0, 8, (slip.height, slip.width))
    return Image.fromarray(np.clip(np.asarray(pale) + noise, 0, 255).astype(np.uint8))


def aslant(slip: Image.Image) -> Image.Image:
    """From the side: the far edge is a fifth shorter."""
    w, h = slip.size
    corners = (0, 0, 0, h, w, h * 1.1, w, -h * 0.1)
    return slip.transform(
        (w, h), Image.Transform.QUAD, corners, Image.Resampling.BICUBIC, fillcolor=120
    )


def upside_down_and_small_and_soft(slip: Image.Image) -> Image.Image:
    return small(turned(170)(slip)).filter(ImageFilter.GaussianBlur(1))


def compressed(slip: Image.Image) -> Image.Image:
    """As a messenger sends it on."""
    file = io.BytesIO()
    slip.save(file, format="JPEG", quality=12)
    return Image.open(io.BytesIO(file.getvalue()))


@pytest.mark.parametrize(
    "taken",
    [
        turned(0), turned(7), turned(45), turned(90), turned(133), turned(180), turned(270),
        small, blurred, dim, aslant, compressed, upside_down_and_small_and_soft,
    ],
    ids=["flat", "7°", "45°", "90°", "133°", "180°", "270°", "small", "blurred", "dim", "aslant",
         "compressed", "upside down, small and soft"],
)  # fmt: skip
def test_a_genuine_slip_is_known_from_a_photo(
    settings: Settings,
    request_: Request,
    tmp_path: Path,
    taken: Callable[[Image.Image], Image.Image],
) -> None:
    assert verdicts(settings, taken(paper(settings, request_.number)), tmp_path) == ["valid"]


def test_a_code_copied_with_another_day_is_forged(
    settings: Settings, request_: Request, tmp_path: Path
) -> None:
    code = proofs(settings).code(request_, NOW.date())
    later = code.replace(f"{NOW:%Y%m%d}", "20991231")
    assert later != code
    assert verdicts(settings, qr(later, 8), tmp_path) == ["forged"]


def test_a_slip_of_last_month_is_expired(
    settings: Settings, request_: Request, tmp_path: Path
) -> None:
    code = proofs(settings).code(request_, NOW.date() - timedelta(days=1))
    assert verdicts(settings, qr(code, 8), tmp_path) == ["expired"]


def test_a_cancelled_one_proves_nothing(
    settings: Settings, request_: Request, tmp_path: Path
) -> None:
    slip = paper(settings, request_.number)
    with Ledger.open(settings.data.ledger) as ledger:
        ledger.cancel(request_.number, by="elder")
    assert verdicts(settings, slip, tmp_path) == ["cancelled"]


def test_every_slip_in_a_picture_is_checked(
    settings: Settings, request_: Request, tmp_path: Path
) -> None:
    genuine = qr(proofs(settings).code(request_, NOW.date()), 6)
    forged = qr("L1.1123-001.00000000.20991231.AAAAAAAAAAAAAAAA", 6)
    both = Image.new("L", (genuine.width * 2 + 60, genuine.height + 40), 255)
    both.paste(genuine, (20, 20))
    both.paste(forged, (genuine.width + 40, 20))
    assert sorted(verdicts(settings, both, tmp_path)) == ["forged", "valid"]


def test_other_codes_and_other_pictures_are_told(settings: Settings, tmp_path: Path) -> None:
    assert settings
    qr("https://example.org/ticket", 8).save(tmp_path / "other.png")
    (tmp_path / "letter.png").write_text("no picture", "utf-8")
    Image.new("L", (400, 300), 200).save(tmp_path / "grey.png")
    for name, words in {
        "other": "no slip's code",
        "grey": "no slip's code",
        "letter": "no pict",
    }.items():
        with pytest.raises(UsageError, match=words):
            codes_in(tmp_path / f"{name}.png")


def test_without_a_decoder_the_text_is_asked_for(
    settings: Settings, request_: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    with pytest.raises(UsageError, match="zxing-cpp"):
        verdicts(settings, paper(settings, request_.number), tmp_path)
    code = proofs(settings).code(request_, NOW.date())
    with Ledger.open(settings.data.ledger) as ledger:
        assert checked(settings, ledger, code, NOW.date())[0].verdict == "valid"


def test_the_page_of_a_pdf_shows_a_code_that_is_large_enough(
    settings: Settings, request_: Request
) -> None:
    code = proofs(settings).code(request_, NOW.date())
    modules = qr(code, 1).width
    assert 36.0 / modules >= 0.5  # millimetres a module on paper of A6
    assert 8 / DOTS_PER_INCH * 25.4 >= 0.5  # and on the roll


def test_the_command_takes_a_picture(settings: Settings, request_: Request, tmp_path: Path) -> None:
    from station import clock

    station = ["--settings", str(tmp_path / "station.toml")]
    today = clock.now().date()
    qr(proofs(settings).code(request_, today), 8).save(tmp_path / "photo.jpg")
    shown = CliRunner().invoke(app, ["slip", "--check", str(tmp_path / "photo.jpg"), *station])
    assert (shown.exit_code, shown.output[:2]) == (0, "有效")
    old = qr(proofs(settings).code(request_, today - timedelta(days=1)), 8)
    old.save(tmp_path / "old.png")
    shown = CliRunner().invoke(app, ["slip", "--check", str(tmp_path / "old.png"), *station])
    assert (shown.exit_code, shown.output[:3]) == (1, "过期了")
