"""A slip on paper: what was arranged, when, who does it, what to bring, and a code staff can check.

As a PDF, and as dots for a receipt printer (ESC/POS, 80 mm): a picture, because no two
printers agree on Chinese letters. The smallest letters are 14 points on both.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import qrcode
from PIL import Image, ImageDraw, ImageFont
from qrcode.constants import ERROR_CORRECT_M

from intents.conversation.dialogue import load_dialogues
from kiosk.words import words
from kiosk.wrap import wrap
from station.proof import Checked, Proofs
from station.requests import Request
from station.settings import Settings
from station.words import told_slots

from .cards import Cards
from .errors import UsageError
from .paths import MODELS
from .session import Filed

if TYPE_CHECKING:
    from station.ledger import Ledger

SMALLEST_PT: Final = 14.0
"""Of any letter."""
LARGE_PT: Final = 20.0
"""Of what matters most."""
DOTS_PER_INCH: Final = 203
PAPER_DOTS: Final = 576
"""An 80 mm roll prints 72 mm."""
_LONG_AGO: Final = 10
HOLDS_DAYS: Final = 30
"""A slip is good so long after the day it is for."""
_POINTS: Final = 72
_LONGEST_NAME: Final = 200
_SPACING: Final = 1.4
_MARGIN_MM, _PAGE_MM, _QR_MM = 10.0, (105.0, 148.0), 36.0


@dataclass(frozen=True, slots=True)
class Slip:
    """What stands on it."""

    title: str
    """The station's name."""
    lines: tuple[tuple[str, str], ...]
    """Name and value, in this order."""
    dates: tuple[str, str]
    """When it was written and until when it holds, in words."""
    code: str
    """What staff check; also as a QR code."""


def slip_of(settings: Settings, ledger: Ledger, number: str, today: date) -> Slip:
    """The slip of a request; raises UnknownRequest."""
    names = words()["slip"]
    request = ledger.request(number)
    until = _until(request, today)
    code = proofs(settings).code(request, until)
    facts = [(str(names[name]), value) for name, value in _facts(settings, ledger, request)]
    dates = [names[name].format(y=day.year, m=day.month, d=day.day)
             for name, day in (("issued", today), ("holds", until))]  # fmt: skip
    return Slip(
        settings.station.name, (*facts, (names["number"], number)), (dates[0], dates[1]), code
    )


def proofs(settings: Settings) -> Proofs:
    """The station's signature; its key lies beside the ledger."""
    return Proofs.of(settings.data.ledger.with_name("slip.key"))


def _until(request: Request, today: date) -> date:
    try:
        day = date.fromisoformat(str(request.slots.get("date")))
    except ValueError:
        day = today
    return max(day, today) + timedelta(days=HOLDS_DAYS)


def _facts(settings: Settings, ledger: Ledger, request: Request) -> list[tuple[str, str]]:
    """What, when, who, what to bring."""
    dialogue = load_dialogues().get(request.intent)
    if dialogue is None:
        return [("what", request.intent)]
    resident = ledger.resident(request.resident) if request.resident else None
    # Paper is read on another day: no 今天 and 明天, which an earlier day does not know of.
    cards = Cards.of(settings, resident, request.created - timedelta(days=_LONG_AGO))
    filed = Filed(request.number, request.intent, dict(request.slots), "new")
    facts = list(cards.card(filed).facts)
    return [*facts, ("bring", "、".join(dialogue.bring))] if dialogue.bring else facts


def give(settings: Settings, ledger: Ledger, number: str, out: Path | None, today: date) -> str:
    """Into a file, or onto the station's printer; gives its code. Raises UsageError."""
    slip = slip_of(settings, ledger, number, today)
    if out is not None:
        out.write_bytes(pdf(slip))
    elif settings.kiosk.printer:
        print_on(printer_at(settings.kiosk.printer), slip)
    else:
        raise UsageError(f"slip {number}: no printer is set; name a file: --out {number}.pdf")
    return slip.code


def checked(settings: Settings, ledger: Ledger, shown: str, today: date) -> list[Checked]:
    """What a code is worth, or every code in a picture where `shown` is a file.

    Raises UsageError where a picture shows none.
    """
    codes, file = [shown], Path(shown)
    # A code is no file's name, and a name may be longer than any file's.
    if len(file.name) < _LONGEST_NAME and file.is_file():
        from .slip_picture import codes_in

        codes = codes_in(file)
    return [proofs(settings).check(code, ledger, today) for code in codes]


def told(found: Checked) -> str:
    """A verdict as staff read it, with the request where the code is genuine."""
    said = str(words()["slip"]["verdicts"][found.verdict])
    request = found.request
    return said if request is None else f"{said}  {request.number}  {told_slots(request.slots)}"


# --- as PDF -----------------------------------------------------------------------------------


def pdf(slip: Slip) -> bytes:
    """A page of A6."""
    from fpdf import FPDF

    page = FPDF(unit="mm", format=_PAGE_MM)
    page.set_auto_page_break(False)
    page.add_font("Noto", fname=str(MODELS / "font" / "NotoSansSC-Medium.ttf"))
    page.add_page()
    page.set_margin(_MARGIN_MM)
    page.set_y(_MARGIN_MM)
    width = _PAGE_MM[0] - 2 * _MARGIN_MM
    for text, points in _rows(slip):
        page.set_font("Noto", size=points)
        em = points / _POINTS * 25.4
        for line in wrap(text, width / em):
            page.cell(w=width, h=em * _SPACING, text=line, new_x="LMARGIN", new_y="NEXT")
    picture = io.BytesIO()
    qr(slip.code, 8).save(picture, format="PNG")
    left = (_PAGE_MM[0] - _QR_MM) / 2
    page.image(picture, x=left, y=_PAGE_MM[1] - _QR_MM - 4, w=_QR_MM)
    return bytes(page.output())


def _rows(slip: Slip) -> Sequence[tuple[str, float]]:
    """Texts with their sizes in points."""
    rows = [(slip.title, LARGE_PT)]
    rows += [(f"{name}：{value}", SMALLEST_PT) for name, value in slip.lines]
    return [*rows, *((day, SMALLEST_PT) for day in slip.dates)]


# --- as dots ----------------------------------------------------------------------------------


def dots(slip: Slip) -> Image.Image:
    """Black and white, as wide as the roll."""
    rows = []
    for text, points in _rows(slip):
        em = -(-points * DOTS_PER_INCH // _POINTS)
        rows += [(line, int(em)) for line in wrap(text, PAPER_DOTS / em)]
    code = qr(slip.code, 8)
    height = sum(round(em * _SPACING) for _, em in rows) + code.height
    paper = Image.new("1", (PAPER_DOTS, height), 1)
    draw, y = ImageDraw.Draw(paper), 0
    for line, em in rows:
        font = ImageFont.truetype(str(MODELS / "font" / "NotoSansSC-Bold.ttf"), em)
        draw.text((0, y - em * 0.15), line, font=font, fill=0)
        y += round(em * _SPACING)
    paper.paste(code, ((PAPER_DOTS - code.width) // 2, y))
    return paper


def print_on(printer: Any, slip: Slip) -> None:
    """Print and cut, on any printer of python-escpos."""
    printer.image(dots(slip), impl="bitImageRaster")
    printer.cut()


def printer_at(address: str) -> Any:
    """The printer of `[kiosk] printer`: `file:/dev/usb/lp0` or `network:192.168.1.50`."""
    from escpos import printer

    kind, _, where = address.partition(":")
    return printer.File(where) if kind == "file" else printer.Network(where)


def qr(code: str, box: int) -> Image.Image:
    """A QR code with its quiet zone; `box` dots a module."""
    made = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=box, border=4)
    made.add_data(code)
    made.make(fit=True)
    picture: Image.Image = made.make_image().get_image().convert("1")
    return picture
