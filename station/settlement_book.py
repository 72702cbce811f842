"""A month's settlement as an Excel workbook: text is text, numbers are numbers, nothing runs."""

from __future__ import annotations

import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from .settlement_table import Sheet, Value
from .sheets import printable

_WIDTHS: Final = (22, 14, 14, 16, 8, 9, 8, 13, 22)
_ORDER_WIDTHS: Final = (18, 22, 14, 19, 9, 8, 16, 13)
_MONEY: Final = "#,##0.00"
_HEAD: Final = 4
"""The row that names the columns: title, state and an empty row stand above."""


def book(sheet: Sheet) -> bytes:
    """The workbook's bytes: the table with a column for signatures, and every order."""
    import openpyxl

    made = openpyxl.Workbook()
    _table(made.active, sheet)
    _orders(made.create_sheet(), sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _table(page: Any, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font

    last = len(sheet.columns)
    for row, (text, size) in enumerate(((sheet.title, 16), (sheet.state, 11)), 1):
        page.merge_cells(start_row=row, start_column=1, end_row=row, end_column=last)
        cell = _put(page, row, 1, text)
        cell.font = Font(size=size, bold=size > 11)
        cell.alignment = Alignment(horizontal="center", wrap_text=True)
    _row(page, _HEAD, sheet.columns, bold=True)
    for at, each in enumerate(sheet.rows, _HEAD + 1):
        _row(page, at, each.cells, bold=each.kind != "line")
        page.row_dimensions[at].height = 24
    below = _HEAD + len(sheet.rows) + 2
    for at, text in enumerate((sheet.words, sheet.signed, sheet.hash), below):
        page.merge_cells(start_row=at, start_column=1, end_row=at, end_column=last)
        _put(page, at, 1, text)
    _finish(page, _WIDTHS, f"{_HEAD}:{_HEAD}")


def _orders(page: Any, sheet: Sheet) -> None:
    _row(page, 1, sheet.order_columns, bold=True)
    for at, cells in enumerate(sheet.orders, 2):
        _row(page, at, cells)
    _finish(page, _ORDER_WIDTHS, "1:1")


def _row(page: Any, row: int, cells: Iterable[Value], *, bold: bool = False) -> None:
    from openpyxl.styles import Border, Font, Side

    thin = Side(style="thin")
    for at, value in enumerate(cells, 1):
        cell = _put(page, row, at, value)
        cell.font = Font(bold=bold)
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)


def _put(page: Any, row: int, column: int, value: Value) -> Any:
    cell = page.cell(row, column)
    if isinstance(value, str):
        cell.value = printable(value) or None
        if cell.value:
            cell.data_type = "s"  # never a formula, whatever somebody is called
        cell.number_format = "@"
    else:
        cell.value = value
        cell.number_format = _MONEY if isinstance(value, Decimal) else "0"
    return cell


def _finish(page: Any, widths: tuple[int, ...], head: str) -> None:
    from openpyxl.utils import get_column_letter

    for at, width in enumerate(widths, 1):
        page.column_dimensions[get_column_letter(at)].width = width
    page.print_title_rows = head
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
