"""Tables as files: CSV in the encodings that Chinese offices use, and Excel workbooks.

Every cell is read as text, as a person reads it; only what is a number for us is written as one.
Nothing that a table program would run is ever written: what begins like a formula gets an
apostrophe in CSV and is plain text in Excel.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeAlias

from .errors import StationError

Line: TypeAlias = tuple[int, list[str]]
"""Row number as the table program shows it, and the cells."""

Cell: TypeAlias = str | int | float
"""What is written: words, or a number to count with."""

MOST_BYTES: Final = 20_000_000
MOST_UNPACKED: Final = 300_000_000
MOST_ROWS: Final = 50_000
_SHEET_NAME: Final = re.compile(r"[\[\]:*?/\\']")
"""What no sheet may be called."""
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
FORMULA: Final = "=?"
"""What a formula of a workbook is read as: it has no text of its own."""


class SheetError(StationError):
    """A file cannot be read as a table; the message says why and what to do."""

    code = "data"


def read(path: Path) -> list[Line]:
    """All rows that have something in them. Raises SheetError."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SheetError(f"{path}: cannot be read ({error.strerror}): check the name") from error
    if len(data) > MOST_BYTES:
        raise SheetError(f"{path}: {len(data) // 1_000_000} MB is no register: split the file")
    lines = _workbook(path, data) if data.startswith(b"PK") else _text(path, data)
    found = [(number, cells) for number, cells in lines if any(cells)]
    if len(found) > MOST_ROWS:
        raise SheetError(f"{path}: {len(found)} rows, at most {MOST_ROWS}: split the file")
    return found


def write(path: Path, rows: Iterable[Sequence[Cell]]) -> None:
    """Write rows as .xlsx, or as CSV that Excel opens (UTF-8 with a mark). Raises SheetError."""
    if path.suffix.lower() == ".xlsx":
        write_book(path, {"": rows})
        return
    with _put(path) as part, part.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([_harmless(cell) for cell in row] for row in rows)


def write_book(path: Path, sheets: Mapping[str, Iterable[Sequence[Cell]]]) -> None:
    """Write a workbook of several sheets, by name (empty: the program's own). Raises SheetError."""
    with _put(path) as part:
        _write_workbook(part, sheets)


@contextmanager
def _put(path: Path) -> Iterator[Path]:
    """A file that gets its name when it is whole; only its owner reads it."""
    part = path.with_name(f".{path.name}.part")
    try:
        yield part
        part.chmod(0o600)
        part.replace(path)
    except OSError as error:
        raise SheetError(f"{path}: cannot be written ({error.strerror})") from error
    finally:
        part.unlink(missing_ok=True)


def _harmless(cell: Cell) -> Cell:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _plain(cell: str) -> str:
    """The inverse of `_harmless`, without spaces around."""
    text = cell.strip().strip("\ufeff\u3000").strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def _text(path: Path, data: bytes) -> Iterator[Line]:
    text = _decoded(path, data)
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=comma)
    before = 0
    try:
        for row in reader:
            yield before + 1, [_plain(cell) for cell in row]
            before = reader.line_num
    except csv.Error as error:
        raise SheetError(
            f"{path}:{reader.line_num}: is no CSV ({error}): save it as .xlsx or as CSV again"
        ) from error


def _decoded(path: Path, data: bytes) -> str:
    marks = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    marked = next((name for mark, name in marks if data.startswith(mark)), None)
    for encoding in [marked] if marked else ["utf-8-sig", "gb18030"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise SheetError(f"{path}: is neither UTF-8 nor GB18030 text nor .xlsx: save it as .xlsx")


def _workbook(path: Path, data: bytes) -> Iterator[Line]:
    """The first sheet with anything in it."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_UNPACKED:
                raise SheetError(f"{path}: unpacks to more than any register: split the file")
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, ValueError, SyntaxError) as error:
        raise SheetError(f"{path}: is no .xlsx ({error}): save it as .xlsx again") from error
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            rows = [
                (number, [_cell(cell) for cell in row])
                for number, row in enumerate(sheet.iter_rows(max_row=MOST_ROWS + 2), 1)
            ]
            if any(any(cells) for _, cells in rows):
                yield from rows
                return
    finally:
        book.close()


def _cell(cell: Any) -> str:
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return FORMULA
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # table programs keep telephone numbers as floating point
    return _plain(str(value))


def _write_workbook(path: Path, sheets: Mapping[str, Iterable[Sequence[Cell]]]) -> None:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell

    book = openpyxl.Workbook(write_only=True)
    for name, rows in sheets.items():
        sheet = book.create_sheet(_SHEET_NAME.sub(" ", name)[:31] or None)
        for row in rows:
            cells = []
            for value in row:
                cell = WriteOnlyCell(sheet, value=value)
                if isinstance(value, str):
                    cell = WriteOnlyCell(sheet, value=printable(value))
                    cell.data_type = "s"  # never a formula, and no number: 0376 keeps its zero
                    cell.number_format = "@"
                cells.append(cell)
            sheet.append(cells)
    with path.open("wb") as file:
        book.save(file)


def printable(text: str) -> str:
    """Workbooks refuse control characters."""
    return "".join(each for each in text if each >= " " or each in "\n\t")
