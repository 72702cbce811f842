"""`linli report`: what its commands do, and what they say in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from station import audit, clock, report_file, report_sum, reports, sheets
from station.figures import Figures
from station.ledger import Ledger
from station.period import Period
from station.report_file import Counted, Origin
from station.report_words import FIGURES, groups, shown, words
from station.report_words import sheets as sheets_of
from station.reports import Report
from station.settings import Settings
from station.tally import Wanted

from .keeping import whoever
from .limits import limits
from .slip import proofs

Tell = Callable[[str], object]


def made(ledger: Ledger, period: Period) -> Report:
    """A period's report. Raises LedgerError."""
    return reports.make(ledger.store, Wanted(period), limits=limits()["console"], now=ledger.now())


def show(ledger: Ledger, period: Period, out: Path | None, tell: Tell) -> None:
    """Print a report, or write it as a workbook. Raises LedgerError, SheetError."""
    report = made(ledger, period)
    if out is not None:
        sheets.write_book(out, sheets_of(report))
        tell(str(out))
        return
    console = Console(markup=False)
    said = words()
    whole = Table(said["tables"]["whole"]["first"], str(period), box=None, pad_edge=False)
    for name in FIGURES:
        whole.add_row(said["figures"][name]["name"], shown(name, report.whole))
    console.print(whole)
    for name, rows in groups(report):
        lines = [(key, figures) for key, figures in rows.items() if figures.filed or figures.calls]
        if lines and name != "times":
            console.print()
            console.print(_table(said["tables"][name]["first"], lines))


def _table(first: str, lines: Sequence[tuple[str, Figures]]) -> Table:
    columns = words()["columns"]
    names = [words()["figures"][column]["name"] for column in columns]
    table = Table(first, *names, box=None, pad_edge=False, header_style="bold")
    for key, figures in lines:
        table.add_row(key, *(shown(column, figures) for column in columns))
    return table


def export(
    settings: Settings, ledger: Ledger, period: Period, *, out: Path, key: Path | None, tell: Tell
) -> None:
    """Write the file that a township adds up; the audit knows. Raises LedgerError, OSError."""
    said = words()["added"]
    secret = report_file.shared_key(key) if key else None
    counted = Counted.of(made(ledger, period), origin(settings))
    digest = report_file.write(out, counted, secret)
    audit.record(
        ledger.store, at=clock.now(), by=whoever(), what="report.exported",
        detail={"period": str(period), "sha256": digest},
    )  # fmt: skip
    tell(said["exported"].format(
        period=period, file=out, filed=counted.whole.filed, hash=digest[:16]))  # fmt: skip
    if not counted.over:
        tell(said["running"].format(station=counted.origin.name, period=period))


def origin(settings: Settings) -> Origin:
    """This station, as its files name it."""
    station = settings.station
    return Origin(proofs(settings).origin, station.name, tuple(station.area))


def add(files: Sequence[Path], out: Path | None, key: Path | None, tell: Tell) -> None:
    """Check files and add them up; one table. Raises ReportFileError, SheetError."""
    said = words()["added"]
    counted = report_file.read_all(files, report_file.shared_key(key) if key else None)
    title = said["title"].format(period=counted[0].period, stations=len(counted))
    lines = report_sum.lines(counted)
    if out is not None:
        sheets.write_book(out, report_sum.sheets(counted))
        filed = lines[0].figures.filed
        tell(said["done"].format(stations=len(counted), filed=filed, file=out))
    else:
        tell(title)
        rows = [(f"{'　' * line.depth}{line.name}", line.figures) for line in lines]
        Console(markup=False).print(_table(said["columns"], rows))
    for each in counted:
        if not each.over:
            tell(said["running"].format(station=each.origin.name, period=each.period))
    if key is None:
        tell(said["unsigned"])
