"""A month's settlement as a table: what stands on the page, in the workbook and on paper alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, TypeAlias

from .dispatch_words import price, service, words
from .settlement import Closed, Line, Month, summed
from .work_time import yuan

Value: TypeAlias = str | int | Decimal
"""A cell: text, a count, or an amount in yuan or hours with its decimals."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row."""

    kind: Literal["line", "subtotal", "total"]
    """What it is."""
    cells: tuple[Value, ...]
    """One for each column, the last empty for a signature."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The whole table."""

    title: str
    """Station, year and month."""
    state: str
    """Settled by whom and when, or that it is a draft."""
    columns: tuple[str, ...]
    """Their names."""
    rows: tuple[Row, ...]
    """Lines, the sum of each helper who has several, the total."""
    words: str
    """The total in the characters of cheques."""
    signed: str
    """Who signs below."""
    hash: str
    """What a copy can be compared with."""
    order_columns: tuple[str, ...]
    """Names of the columns of single orders."""
    orders: tuple[tuple[Value, ...], ...]
    """Every order."""
    made: datetime
    """When it was settled, or drawn up."""


def sheet_of(
    month: Month, station: str, *, now: datetime, closed: Closed | None, by: str = ""
) -> Sheet:
    """The table of a month; `by` is the name of whoever settled it."""
    said = words()["settle"]
    state = said["draft"]
    if closed is not None:
        when = f"{closed.at:%Y-%m-%d %H:%M}"
        state = said["closed"].format(name=by or closed.by, when=when, n=closed.revision)
    total = summed(month.lines, "amount")
    return Sheet(
        title=said["sheet"].format(station=station, year=month.month[:4], month=month.month[5:]),
        state=state,
        columns=tuple(said["columns"]),
        rows=tuple(_rows(month)),
        words=in_words(total),
        signed=said["signed"],
        hash=said["hash"].format(hash=month.hash[:16]),
        order_columns=tuple(said["order_columns"]),
        orders=tuple(
            (each.number, each.helper, service(each.intent), each.done, each.minutes, each.items,
             price(each.unit, each.fen), Decimal(yuan(each.amount)))
            for each in month.items
        ),
        made=closed.at if closed else now,
    )  # fmt: skip


def _rows(month: Month) -> Iterator[Row]:
    said = words()
    for helper, lines in month.helpers.items():
        for each in lines:
            yield Row("line", (
                helper, said["kinds"][each.kind], service(each.intent),
                price(each.unit, each.fen), each.count, hours(each.minutes), each.items,
                Decimal(yuan(each.amount)), "",
            ))  # fmt: skip
        if len(lines) > 1:
            yield Row("subtotal", (helper, said["settle"]["subtotal"], "", "", *_sums(lines), ""))
    yield Row("total", (said["settle"]["total"], "", "", "", *_sums(month.lines), ""))


def _sums(lines: tuple[Line, ...]) -> tuple[Value, ...]:
    return (
        summed(lines, "count"), hours(summed(lines, "minutes")), summed(lines, "items"),
        Decimal(yuan(summed(lines, "amount"))),
    )  # fmt: skip


def shown(value: Value) -> str:
    """A cell as people read it: amounts and hours with two decimals."""
    return f"{value:,.2f}" if isinstance(value, Decimal) else str(value)


def hours(minutes: int) -> Decimal:
    """Minutes as hours with two decimals."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.01"))


def in_words(fen: int) -> str:
    """An amount in the characters of cheques: 壹佰壹拾贰元整."""
    import cn2an

    return str(cn2an.an2cn(yuan(fen), "rmb"))
