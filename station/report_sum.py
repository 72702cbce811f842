"""Sums over stations: village, township, county and city in one table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .figures import Figures
from .report_file import Counted
from .report_words import channel_name, head, number, service_name, words
from .sheets import Cell


@dataclass(frozen=True, slots=True)
class Line:
    """One area, station or village."""

    name: str
    """What it is called."""
    depth: int
    """0: the largest; what lies inside is one deeper."""
    figures: Figures
    """Everything inside it."""


def lines(counted: Sequence[Counted]) -> list[Line]:
    """All together, then each area before what lies in it, stations under the last of theirs."""
    whole = Line(words()["added"]["all"], 0, sum((each.whole for each in counted), Figures()))
    return [whole, *_inside(counted, 0)]


def _inside(counted: Sequence[Counted], level: int) -> Iterator[Line]:
    named: dict[str, list[Counted]] = {}
    for each in counted:
        # The last of a station's areas is the village it stands in: one of its villages.
        area = each.origin.area[:-1]
        named.setdefault(area[level] if level < len(area) else "", []).append(each)
    for name in sorted(named, key=lambda name: (not name, name)):
        inside = named[name]
        if name:
            yield Line(name, level + 1, sum((each.whole for each in inside), Figures()))
            yield from _inside(inside, level + 1)
        else:
            for each in sorted(inside, key=lambda each: each.origin.name):
                yield from _station(each, level + 1)


def _station(counted: Counted, depth: int) -> Iterator[Line]:
    said = words()["added"]["station"].format(name=counted.origin.name)
    yield Line(said, depth, counted.whole)
    own = counted.origin.area[-1] if counted.origin.area else words()["filters"]["own"]
    villages: dict[str, Figures] = {}
    for name, figures in counted.tables["villages"].items():
        villages[name or own] = villages.get(name or own, Figures()) + figures
    for name, figures in sorted(villages.items(), key=lambda pair: (-pair[1].filed, pair[0])):
        yield Line(name, depth + 1, figures)


def sheets(counted: Sequence[Counted]) -> dict[str, list[list[Cell]]]:
    """The sum as the sheets of a workbook: areas, services, channels."""
    said, columns = words()["added"], words()["columns"]
    heads = [*map(head, columns)]
    title = said["title"].format(period=counted[0].period, stations=len(counted))
    book: dict[str, list[list[Cell]]] = {
        said["columns"]: [
            [title],
            [said["columns"], *heads],
            *([f"{'　' * line.depth}{line.name}", *(number(c, line.figures) for c in columns)]
              for line in lines(counted)),
        ]
    }  # fmt: skip
    for table, name, named in (
        ("services", said["by_service"], service_name),
        ("channels", said["by_channel"], channel_name),
    ):
        summed: dict[str, Figures] = {}
        for each in counted:
            for key, figures in each.tables[table].items():
                summed[key] = summed.get(key, Figures()) + figures
        book[name] = [
            [words()["tables"][table]["first"], *heads],
            *([named(key), *(number(c, figures) for c in columns)]
              for key, figures in sorted(summed.items(), key=lambda pair: -pair[1].filed)),
        ]  # fmt: skip
    return book
