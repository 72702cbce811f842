"""The manual shows every screen there is, as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kiosk.screens import PLACES
from linli.gallery import SCREENS, views
from linli.kiosk import display_there, glass_of, look_of
from linli.pictures import name_of
from station.settings import Settings


def test_every_kind_of_screen_is_in_the_manual() -> None:
    shown = dict(views(Settings.load(None)))
    assert {type(view) for view in shown.values()} == set(PLACES)
    assert {path.stem for path in SCREENS.glob("*.png")} == set(shown)
    page = (Path(SCREENS).parent / "kiosk.md").read_text("utf-8")
    assert set(re.findall(r"screens/([\w-]+)\.png", page)) == set(shown)


def test_pictures_are_named_after_their_screens() -> None:
    from kiosk_views import VIEWS

    assert name_of(VIEWS["read-back"]) == "read-back"
    assert name_of(VIEWS["still there"]) == "still-there"
    assert name_of(VIEWS["out of order"]) == "out-of-order"


def test_a_measured_pixel_goes_before_inches() -> None:
    settings = Settings.load(None)
    assert round(glass_of(settings).mm_per_px, 3) == 0.248
    kiosk = settings.kiosk.model_copy(update={"mm_per_px": 0.3, "hand": "left"})
    measured = settings.model_copy(update={"kiosk": kiosk})
    assert glass_of(measured, (1080, 1920)).mm_per_px == 0.3
    assert glass_of(measured, (1080, 1920)).portrait
    assert look_of(measured).left_handed


def test_where_there_is_no_display_none_is_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)
    assert not display_there()
    monkeypatch.delenv("SDL_VIDEODRIVER", raising=False)
    monkeypatch.setenv("DISPLAY", ":7")
    assert display_there()
