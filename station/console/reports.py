"""Reports: a period in figures, with pictures that print in black and white."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlencode

from markupsafe import Markup
from starlette.responses import Response

from station import charts, reports, sheets
from station.charts import Bar, Words
from station.figures import Figures, share
from station.period import Period, PeriodError
from station.report_words import FIGURES, groups, service_name, shown, village_name, words
from station.report_words import sheets as sheets_of
from station.reports import Report
from station.tally import Wanted

from .board import services
from .render import page
from .site import Visit

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart and the table that tells the same."""

    drawing: Markup
    """SVG; every text in it is escaped."""
    caption: str
    """What it shows."""
    heads: tuple[str, ...]
    """Over the columns of its table."""
    lines: list[tuple[str, ...]]
    """The table's rows."""


def overview(visit: Visit) -> Response:
    """The page."""
    wanted, wrong = _wanted(visit)
    report = _made(visit, wanted)
    asked = {name: visit.asked(name) for name in ("service", "channel", "village")}
    about = {name: value for name, value in asked.items() if value}
    return page(
        visit,
        "reports.html",
        said=wrong,
        wrong=bool(wrong),
        r=words(),
        report=report,
        period=wanted.period,
        asked=asked,
        links=list(_links(visit, wanted.period, about)),
        excel="/reports/excel?" + urlencode({"period": wanted.period, **about}),
        services=services(),
        villages=_villages(visit),
        village_name=village_name,
        figures=[(name, shown(name, report.whole)) for name in FIGURES],
        tables=list(groups(report)),
        shown=shown,
        pictures=list(_pictures(report)) if report.whole.filed else [],
        made=f"{report.at:%Y-%m-%d %H:%M}",
    )


def excel(visit: Visit) -> Response:
    """The same as a workbook; the audit knows who took it."""
    wanted, _ = _wanted(visit)
    report = _made(visit, wanted)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.xlsx"
        sheets.write_book(path, sheets_of(report))
        book = path.read_bytes()
    visit.note("report.exported", detail={"period": str(wanted.period)})
    name = quote(f"{words()['title']}-{wanted.period}.xlsx")
    kept = {"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    return Response(book, media_type=XLSX, headers=kept)


def _made(visit: Visit, wanted: Wanted) -> Report:
    site = visit.site
    return reports.make(site.ledger.store, wanted, limits=site.limits, now=visit.now)


def _wanted(visit: Visit) -> tuple[Wanted, str]:
    """What the address asks for, and what is wrong with it; this month instead of no period."""
    wrong, period = "", Period.parse(f"{visit.now:%Y-%m}")
    try:
        period = Period.parse(visit.asked("period") or str(period))
    except PeriodError:
        wrong = words()["filters"]["wrong"]
    village = visit.asked("village")
    return (
        Wanted(
            period,
            visit.asked("service"),
            visit.asked("channel"),
            {"": None, "-": ""}.get(village, village),
        ),
        wrong,
    )


def _links(
    visit: Visit, period: Period, about: Mapping[str, str]
) -> Iterator[tuple[str, str, bool]]:
    """Where to go from here: name, address, whether one is there."""
    said, today = words()["filters"], visit.now.date()
    named = [(said["day"], f"{today}"), (said["month"], f"{today:%Y-%m}"),
             (said["year"], f"{today:%Y}")]  # fmt: skip
    for name, step in ((said["before"], -1), (said["after"], 1)):
        try:
            named.append((name, str(period.beside(step))))
        except PeriodError:
            continue
    for name, told in named:
        yield name, "/reports?" + urlencode({"period": told, **about}), told == str(period)


def _villages(visit: Visit) -> list[str]:
    sql = "SELECT DISTINCT village FROM residents WHERE village <> '' ORDER BY village"
    rows = visit.site.ledger.store.read(sql, what="list the villages")
    return [str(row["village"]) for row in rows]


# --- pictures ---------------------------------------------------------------------------------


def _pictures(report: Report) -> Iterator[Picture]:
    said = words()["charts"]
    tables = dict(groups(report))
    times = [Bar(key, f.filed, f"{f.filed}", part=f.done) for key, f in tables["times"].items()]
    yield _picture(
        "times", times, charts.columns,
        [(bar.label, bar.shown, f"{bar.part:.0f}") for bar in times],
        (words()["tables"]["times"]["first"], words()["figures"]["filed"]["name"], said["done"]),
    )  # fmt: skip
    yield _lying("services", _counted(tables["services"]))
    answered = {
        service_name(intent): part
        for intent, f in report.services.items()
        if (part := share(f.in_time, f.in_time + f.late)) is not None
    }
    if answered:
        yield _lying("in_time", [Bar(k, v, f"{v:.0f}%") for k, v in answered.items()], 100)
    if report.whole.answered.n:
        yield _lying("waits", list(_waits(report.whole)))
    if len(report.villages) > 1:
        yield _lying("villages", _counted(tables["villages"])[:20])
    if report.whole.pleased.n:
        often = report.whole.pleased.counts
        yield _lying(
            "pleased",
            [Bar(name, often.get(score, 0), f"{often.get(score, 0)}")
             for score, name in words()["scores"].items()],
        )  # fmt: skip


def _counted(rows: Mapping[str, Figures]) -> list[Bar]:
    return [Bar(key, f.filed, f"{f.filed}") for key, f in rows.items()]


def _waits(whole: Figures) -> Iterator[Bar]:
    steps = words()["waits"]
    for (low, name), after in zip(steps, [*steps[1:], None], strict=True):
        count = whole.answered.between(low, after and after[0])
        yield Bar(name, count, f"{count}")


def _lying(name: str, bars: list[Bar], most: float | None = None) -> Picture:
    said = words()
    heads = (said["charts"][name]["title"], said["tables"]["figure"])
    lines: list[tuple[str, ...]] = [(bar.label, bar.shown) for bar in bars]
    return _picture(name, bars, lambda told, each: charts.rows(told, each, most), lines, heads)


def _picture(
    name: str,
    bars: list[Bar],
    draw: Callable[[Words, list[Bar]], str],
    lines: list[tuple[str, ...]],
    heads: tuple[str, ...],
) -> Picture:
    said = words()["charts"][name]
    # Of what is told in per cent the least is the one to look at.
    telling = (min if name == "in_time" else max)(bars, key=lambda bar: bar.value)
    desc = said["desc"].format(most=telling.label, n=telling.shown.removesuffix("%"))
    told = Words(f"chart-{name}", said["title"], desc)
    return Picture(Markup(draw(told, bars)), said["title"], heads, lines)  # noqa: S704 - escaped
