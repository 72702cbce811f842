"""`linli helpers`, `linli settle`: what these commands do, and what they say in Chinese."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from station import audit, clock, helper_sheet, helpers, settlement, sheets
from station.dispatch import load_of
from station.dispatch_words import price, service, words
from station.errors import StationError
from station.helper_words import duties_text, hours_text
from station.ledger import Ledger
from station.settlement import Closed, Month, summed
from station.settlement_book import book
from station.settlement_pdf import pdf as paper
from station.settlement_table import hours, sheet_of
from station.work_time import yuan

from .keeping import whoever
from .paths import MODELS

Tell = Callable[[str], object]


def lines(ledger: Ledger) -> Iterator[str]:
    """Everybody who helps, a line each."""
    said, told = words()["cli"], words()["helpers"]
    loads = load_of(ledger)
    found = helpers.helpers(ledger.store)
    for each in found:
        yield said["list"].format(
            id=each.id,
            kind=words()["kinds"][each.kind],
            name=each.name,
            services=duties_text(each.duties),
            areas="、".join(each.areas) or told["everywhere"],
            hours=hours_text(each.hours) or told["always"],
            load=loads.get(each.id or 0, 0),
            closed="" if each.active else said["closed"],
        )
    if not found:
        yield said["none"]


def bring(ledger: Ledger, file: Path, *, keep: bool, tell: Tell) -> bool:
    """Read a table and, with `keep`, take its good rows; True when every row is good.

    Raises SheetError or LedgerError; then nothing was kept.
    """
    said = words()["helpers"]
    # Whoever may write the station's files may set its prices.
    reading = helper_sheet.judge(sheets.read(file), ledger, prices=True)
    if keep:
        helper_sheet.apply(reading, ledger, by=whoever(), prices=True)
    for each in reading.bad:
        tell(f"{said['row'].format(n=each.row)}　{each.value}　{each.what}")
    tell(said["kept" if keep else "read"].format(**reading.counts))
    if not keep:
        tell(words()["cli"]["dry_end"])
    return not reading.bad


def take_out(ledger: Ledger, file: Path, *, tell: Tell) -> None:
    """Write the list; the audit knows. Raises SheetError or LedgerError."""
    found = helpers.helpers(ledger.store)
    audit.record(ledger.store, at=clock.now(), by=whoever(), what="helpers.exported",
                 detail={"count": len(found)})  # fmt: skip
    sheets.write(file, helper_sheet.table(found))
    tell(words()["cli"]["exported"].format(count=len(found), file=file))


def settled(
    ledger: Ledger, station: str, month: str, *, xlsx: Path | None, pdf: Path | None
) -> Iterator[str]:
    """A month as it was settled, else as it stands; written as files where some are named.

    Raises MonthError or LedgerError, StationError where a file cannot be written.
    """
    store, said = ledger.store, words()["cli"]
    now, versions = settlement.settle(store, month), settlement.closed(store, month)
    closed = versions[0] if versions else None
    shown = closed.month if closed else now
    yield _summary(shown, closed, now)
    for line in shown.lines:
        yield said["line"].format(
            helper=line.helper,
            service=service(line.intent),
            price=price(line.unit, line.fen),
            count=line.count,
            hours=hours(line.minutes),
            items=line.items,
            yuan=yuan(line.amount),
        )
    for order in settlement.doubts(store, month):
        why = words()["settle"]["doubt"][order.doubt]
        yield said["doubt"].format(number=order.number, helper=order.helper_name, why=why)
    sheet = sheet_of(shown, station, now=clock.now(), closed=closed)
    if xlsx is not None:
        yield _written(xlsx, book(sheet))
    if pdf is not None:
        yield _written(pdf, paper(sheet, MODELS / "font"))


def _summary(shown: Month, closed: Closed | None, now: Month) -> str:
    said = words()["cli"]
    state = "open"
    if closed is not None:
        state = "closed" if closed.month.figures == now.figures else "differs"
    return str(said["month"]).format(
        month=shown.month,
        helpers=len(shown.helpers),
        count=summed(shown.lines, "count"),
        hours=hours(summed(shown.lines, "minutes")),
        yuan=yuan(summed(shown.lines, "amount")),
        state=said["state"][state].format(n=closed.revision if closed else 0),
    )


def _written(file: Path, data: bytes) -> str:
    try:
        file.write_bytes(data)
        file.chmod(0o600)
    except OSError as error:
        raise StationError(
            f"{file}: cannot be written ({error.strerror}): name another folder", code="usage"
        ) from error
    return str(words()["cli"]["wrote"]).format(file=file)
