"""A month's settlement on paper: A4 across, the bundled font, a column to sign in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from .dispatch_words import words
from .settlement_table import Row, Sheet, Value, shown

_WIDTHS: Final = (48, 24, 26, 30, 16, 18, 16, 28, 71)
"""Millimetres of each column; together the page's width without its margins."""
_RIGHT: Final = frozenset({4, 5, 6, 7})
"""Columns of numbers."""
_MARGIN: Final = 10
_HEIGHT: Final = 9.0
_PT: Final = 10


def pdf(sheet: Sheet, fonts: Path) -> bytes:
    """The PDF's bytes; `fonts` is the folder of the bundled font."""
    from fpdf import FPDF

    said = words()["settle"]

    class Paper(FPDF):
        """Numbers its pages."""

        def footer(self) -> None:
            """Page n of m, and the checksum."""
            self.set_y(-_MARGIN - 4)
            self.set_font("Noto", size=8)
            self.cell(w=self.epw / 2, h=5, text=sheet.hash)
            # The library puts the number of pages in last, and measures the line before.
            many = said["page"].format(n=self.page_no(), nb="{nb}")
            self.cell(w=self.epw / 2, h=5, text=many, align="R")

    paper = Paper(orientation="landscape", format="A4", unit="mm")
    paper.set_creation_date(sheet.made)
    paper.set_title(sheet.title)
    paper.set_lang("zh-CN")
    paper.set_margins(_MARGIN, _MARGIN)
    paper.set_auto_page_break(True, _MARGIN + 8)
    paper.add_font("Noto", fname=str(fonts / "NotoSansSC-Regular.ttf"))
    paper.add_font("Noto", style="B", fname=str(fonts / "NotoSansSC-Bold.ttf"))
    paper.add_page()
    _heading(paper, sheet)
    _head(paper, sheet)
    for row in sheet.rows:
        if paper.will_page_break(_HEIGHT):
            paper.add_page()
            _head(paper, sheet)
        _row(paper, row)
    _foot(paper, sheet)
    return bytes(paper.output())


def _heading(paper: Any, sheet: Sheet) -> None:
    paper.set_font("Noto", style="B", size=16)
    paper.cell(w=0, h=10, text=sheet.title, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.set_font("Noto", size=10)
    paper.cell(w=0, h=7, text=sheet.state, align="C", new_x="LMARGIN", new_y="NEXT")
    paper.ln(2)


def _head(paper: Any, sheet: Sheet) -> None:
    paper.set_fill_color(235, 238, 235)
    _cells(paper, sheet.columns, bold=True, fill=True)


def _row(paper: Any, row: Row) -> None:
    paper.set_fill_color(245, 245, 240)
    _cells(paper, row.cells, bold=row.kind != "line", fill=row.kind != "line")


def _cells(paper: Any, cells: tuple[Value, ...], *, bold: bool, fill: bool) -> None:
    paper.set_font("Noto", style="B" if bold else "", size=_PT)
    last = len(cells) - 1
    for at, value in enumerate(cells):
        paper.cell(
            w=_WIDTHS[at], h=_HEIGHT, text=_fitting(paper, shown(value), _WIDTHS[at] - 2),
            border=1, fill=fill, align="R" if at in _RIGHT else "L",
            new_x="LMARGIN" if at == last else "RIGHT", new_y="NEXT" if at == last else "TOP",
        )  # fmt: skip


def _fitting(paper: Any, text: str, width: float) -> str:
    """The text, or as much of it as its cell holds."""
    text = "".join(each for each in text if each.isprintable())
    if paper.get_string_width(text) <= width:
        return text
    while text and paper.get_string_width(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def _foot(paper: Any, sheet: Sheet) -> None:
    if paper.will_page_break(3 * _HEIGHT):
        paper.add_page()
    paper.ln(3)
    paper.set_font("Noto", size=_PT)
    told = f"{words()['settle']['words']}：{sheet.words}"
    paper.cell(w=0, h=_HEIGHT, text=told, new_x="LMARGIN", new_y="NEXT")
    paper.cell(w=0, h=_HEIGHT, text=sheet.signed, new_x="LMARGIN", new_y="NEXT")
