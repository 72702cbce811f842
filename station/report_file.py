"""Report files: a station's figures as a small file that a township adds up with others.

A file holds counts and nothing else: no name, no number, no single request. Its hash shows
whether it arrived as it was written; with a key that the stations and the township share, a
signature shows who wrote it, too.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from .errors import StationError
from .figures import Figures
from .period import Period, PeriodError
from .report_words import words
from .reports import Report

FORMAT: Final = 1
MOST_BYTES: Final = 5_000_000
LEAST_KEY: Final = 16
"""Bytes of a shared key."""
_TABLES: Final = ("services", "channels", "villages")
_LONGEST: Final = 60
_LEVELS: Final = 5


class ReportFileError(StationError):
    """A file cannot be added; the message says why and what to do, in Chinese."""

    code = "data"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where figures come from."""

    id: str
    """The station's own, as long as it exists."""
    name: str
    """What it is called."""
    area: tuple[str, ...]
    """Where it lies, from the largest to the smallest."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A station's figures in a period."""

    origin: Origin
    """Whose."""
    period: Period
    """When."""
    whole: Figures
    """All together."""
    tables: Mapping[str, Mapping[str, Figures]]
    """By services, channels and villages."""
    over: bool
    """The period was over when it was written."""
    signed: bool = False
    """A shared key was looked at."""

    @classmethod
    def of(cls, report: Report, origin: Origin) -> Self:
        """A report as it is sent; every request in the period is in it."""
        tables = {name: getattr(report, name) for name in _TABLES}
        over = report.at >= report.wanted.period.ends
        return cls(origin, report.wanted.period, report.whole, tables, over)


def write(path: Path, counted: Counted, key: bytes | None = None) -> str:
    """Write a file that gets its name when it is whole; gives its hash. Raises OSError."""
    content = {
        "linli": "report",
        "format": FORMAT,
        "station": {
            "id": counted.origin.id,
            "name": counted.origin.name,
            "area": [*counted.origin.area],
        },
        "period": str(counted.period),
        "over": counted.over,
        "whole": counted.whole.to_plain(),
        **{
            name: {key: figures.to_plain() for key, figures in table.items()}
            for name, table in counted.tables.items()
        },
    }
    digest = hashlib.sha256(_canonical(content)).hexdigest()
    sealed = {**content, "sha256": digest}
    if key is not None:
        sealed["hmac"] = _signature(content, key)
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(sealed, ensure_ascii=False, separators=(",", ":")) + "\n", "utf-8")
    part.replace(path)
    return digest


def read(path: Path, key: bytes | None = None) -> Counted:
    """Read and check a file, its signature where a key is given. Raises ReportFileError."""
    content = _loaded(path)
    if content.get("linli") != "report":
        raise _wrong("not_ours", path)
    if content.get("format") != FORMAT:
        raise _wrong("newer", path)
    digest, signature = content.pop("sha256", ""), content.pop("hmac", "")
    if digest != hashlib.sha256(_canonical(content)).hexdigest():
        raise _wrong("changed", path)
    if key is not None and not hmac.compare_digest(str(signature), _signature(content, key)):
        raise _wrong("unsigned", path)
    try:
        return _counted(content, signed=key is not None)
    except (ValueError, TypeError, KeyError, AttributeError, PeriodError) as error:
        raise _wrong("wrong", path, why=str(error)[:80]) from error


def read_all(paths: Sequence[Path], key: bytes | None = None) -> list[Counted]:
    """Read files of one period, each station once. Raises ReportFileError."""
    if not paths:
        raise ReportFileError(words()["problems"]["none"])
    found: list[Counted] = []
    for path in paths:
        counted = read(path, key)
        if found and counted.period != found[0].period:
            raise _wrong("period", path, period=counted.period, other=found[0].period)
        for other, seen in zip(paths, found, strict=False):
            same_place = (seen.origin.name, seen.origin.area)
            if seen.origin.id == counted.origin.id or same_place == (
                counted.origin.name, counted.origin.area,
            ):  # fmt: skip
                raise _wrong("twice", path, station=counted.origin.name, other=other.name)
        found.append(counted)
    return found


def shared_key(path: Path) -> bytes:
    """The key in a file, without the line end. Raises ReportFileError."""
    try:
        key = path.read_bytes().strip()
    except OSError as error:
        raise _wrong("unreadable", path, why=error.strerror) from error
    if len(key) < LEAST_KEY:
        raise _wrong("short_key", path, least=LEAST_KEY)
    return key


def _loaded(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise _wrong("not_ours", path)
        loaded = json.loads(path.read_bytes())
    except OSError as error:
        raise _wrong("unreadable", path, why=error.strerror) from error
    except (ValueError, RecursionError) as error:
        raise _wrong("not_ours", path) from error
    if not isinstance(loaded, dict):
        raise _wrong("not_ours", path)
    return loaded


def _counted(content: Mapping[str, Any], *, signed: bool) -> Counted:
    station = content["station"]
    area = tuple(_text(each) for each in station["area"])
    if len(area) > _LEVELS:
        raise ValueError(f"{len(area)} areas")
    whole = Figures.from_plain(content["whole"])
    tables = {
        name: {_text(key): Figures.from_plain(each) for key, each in content[name].items()}
        for name in _TABLES
    }
    for name, table in tables.items():
        if sum(each.filed for each in table.values()) != whole.filed:
            raise ValueError(f"{name} do not add up")
    if type(content["over"]) is not bool:
        raise ValueError("over")
    origin = Origin(_text(station["id"]), _text(station["name"]), area)
    period = Period.parse(_text(content["period"]))
    return Counted(origin, period, whole, tables, content["over"], signed)


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST or not (value.isprintable()):
        raise ValueError(f"{str(value)[:20]!r}")
    return value


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":")).encode()


def _signature(content: Mapping[str, Any], key: bytes) -> str:
    return hmac.new(key, _canonical(content), hashlib.sha256).hexdigest()


def _wrong(problem: str, path: Path, **told: object) -> ReportFileError:
    text = words()["problems"][problem].format(file=path.name, **told)
    return ReportFileError(text, path=path)
