"""station.toml: read, checked, and every problem told with its line and what to do."""

from __future__ import annotations

import difflib
import re
import tomllib
import types
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .errors import SettingsError
from .model import StationModel
from .positions import Place, line_of, positions

if TYPE_CHECKING:
    # Every command reads settings, few need audio files or the database.
    from .recordings import Recordings
    from .retention import Rules

SHIPPED: Final = Path(__file__).resolve().parent.parent / "assets" / "station.toml"
"""The commented example of a station in Xinyang; used where a station has no settings yet."""

RENAMED: Final[dict[str, str]] = {}
"""Keys of earlier releases and what they are called now, from the top, e.g. phone.sip_port."""

_ENCODINGS: Final = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))


class Settings(StationModel):
    """The settings of one station; frozen."""

    @classmethod
    def load(cls, path: Path | None = None, *, base: Path | None = None) -> Self:
        """Read and check settings; the shipped example when `path` is None.

        Relative paths inside are relative to `base`, by default the file's folder (the
        program's own for the shipped example). Raises SettingsError that
        tells every problem at once.
        """
        source = SHIPPED if path is None else path
        if base is None:
            base = SHIPPED.parent.parent if path is None else path.resolve().parent
        text, values = parsed(source)
        try:
            return cls.model_validate(values, context={"base": base})
        except ValidationError as error:
            lines = positions(text)
            found = sorted({_told(source, lines, each) for each in error.errors()})
            raise SettingsError("\n".join(line for _, line in found), path=source) from None

    def facts(self) -> dict[str, Any]:
        """What a conversation must know of the station, as plain data.

        The keys and types are those of the intent room's station facts;
        `sessions` are mappings with activity, weekdays, start and place.
        Weekdays count from 0 (Monday).
        """
        meals = dict(self._meals())
        return {
            "name": self.station.name,
            "cutoffs": {meal: told.order_until for meal, told in meals.items()},
            "served": {meal: told.served for meal, told in meals.items()},
            "canteen_days": _weekdays(self.canteen.days if self.canteen else []),
            "menu": {meal: tuple(told.menu) for meal, told in meals.items() if told.menu},
            "delivers": bool(self.canteen and self.canteen.delivers),
            "hospitals": tuple(hospital.name for hospital in self.hospitals),
            "holidays": dict(self.hours.holidays),
            "service_days": _weekdays(self.housekeeping.days),
            "service_until": self.housekeeping.same_day_until,
            "volunteer_days": _weekdays(self.volunteers.days),
            "sessions": tuple(
                {
                    "activity": activity.name,
                    "weekdays": _weekdays(activity.days),
                    "start": activity.starts,
                    "place": activity.place,
                }
                for activity in self.activities
            ),
            "operator_from": self.hours.opens,
            "operator_until": self.hours.until,
            "operator_days": _weekdays(self.hours.days),
        }

    def kept_recordings(self) -> Recordings:
        """Where recordings lie, and their limits."""
        from .recordings import Recordings

        data = self.data
        return Recordings(
            data.recordings,
            data.keep_recordings,
            data.recording_quota_mb * 1_000_000,
            data.disk_reserve_mb * 1_000_000,
        )

    def retention(self) -> Rules:
        """How long things are kept."""
        from .retention import Rules

        data = self.data
        return Rules(
            data.recording_days,
            data.recording_days_after_closing,
            data.recording_days_at_most,
            data.request_days,
        )

    def vocabulary(self) -> dict[str, list[str]]:
        """The station's own names, for the intent engine: hospitals, dishes, activities, places."""
        dishes = [dish for _, told in self._meals() for dish in told.menu]
        return {
            "hospitals": [hospital.name for hospital in self.hospitals],
            "dishes": list(dict.fromkeys(dishes)),
            "activities": [activity.name for activity in self.activities],
            "places": [self.station.name],
        }

    def _meals(self) -> Iterator[tuple[str, Any]]:
        for meal in ("breakfast", "lunch", "dinner"):
            told = self.canteen and getattr(self.canteen, meal)
            if told:
                yield meal, told


def parsed(path: Path) -> tuple[str, dict[str, Any]]:
    """A settings file as text and as unchecked values. Raises SettingsError for no TOML."""
    text = _read(path)
    return text, _parse(path, text)


def _weekdays(days: list[int]) -> frozenset[int]:
    return frozenset(day - 1 for day in days)


def _read(path: Path) -> str:
    """The file as text with plain line ends; a byte order mark is forgiven."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise SettingsError(
            f"{path}: there is no such file: copy {SHIPPED.name} there and fill it in", path=path
        ) from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})", path=path) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SettingsError(_misread(path, data, error.start), path=path) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _misread(path: Path, data: bytes, at: int) -> str:
    """Which encoding it is instead: Windows editors like to save Chinese as GBK."""
    before = data[:at].decode("utf-8", "replace")
    line = before.count("\n") + 1
    column = len(before) - (before.rfind("\n") + 1) + 1
    other = next((name for mark, name in _ENCODINGS if data.startswith(mark)), None)
    if other is None and _decodes(data, "gb18030"):
        other = "GBK"
    guess = f" (it looks like {other})" if other else ""
    return f"{path}:{line}:{column}: this is not UTF-8{guess}: save the file as UTF-8"


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _parse(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message, line, column = _torn(str(error), text)
        raise SettingsError(
            f"{path}:{line}:{column}: this is not valid TOML: {message}: "
            'write key = value, text in "straight quotes"',
            path=path,
        ) from None


def _torn(message: str, text: str) -> tuple[str, int, int]:
    """Message, line and column of a syntax error."""
    match = re.fullmatch(r"(.*) \(at line (\d+), column (\d+)\)", message)
    if match:
        return match[1], int(match[2]), int(match[3])
    lines = text.rstrip("\n").split("\n")
    return message.removesuffix(" (at end of document)"), len(lines), len(lines[-1]) + 1


def _told(path: Path, lines: dict[Place, int], error: ErrorDetails) -> tuple[int, str]:
    """One problem as its line and its sentence."""
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    line = line_of(lines, place)
    name = key or "station.toml"
    kind = error["type"]
    if kind == "missing":
        return line, f"{path}:{line}: {name}: is missing: add it: {_meaning(place)}"
    if kind == "extra_forbidden":
        return line, f"{path}:{line}: {name}: unknown key: {_instead(place)}"
    reason = error["msg"].removeprefix("Value error, ")
    reason = reason[0].lower() + reason[1:]
    shown = "" if isinstance(error["input"], (dict, BaseModel)) else f" value {_short(error)}"
    meaning = _meaning(place)
    return line, f"{path}:{line}: {name}:{shown} {reason}" + (f": {meaning}" if meaning else "")


def _short(error: ErrorDetails) -> str:
    value = error["input"]
    plain = str(value) if isinstance(value, (date, time)) else repr(value)
    return plain if len(plain) <= 60 else plain[:57] + "…"


def nearest(place: Place) -> str:
    """The known key beside a place that an unknown one resembles most; empty when none does."""
    close = difflib.get_close_matches(str(place[-1]), _known(place), n=1, cutoff=0.5)
    return close[0] if close else ""


def _known(place: Place) -> list[str]:
    section = _section_at(place[:-1])
    return sorted(section.model_fields) if section else []


def _instead(place: Place) -> str:
    """What to write instead of an unknown key."""
    key = ".".join(part for part in place if isinstance(part, str))
    if key in RENAMED:
        return f"it is called {RENAMED[key]} now: write that"
    close = nearest(place)
    return (
        f"did you mean {close}?" if close else f"remove it; known here: {', '.join(_known(place))}"
    )


def _meaning(place: Place) -> str:
    """What the nearest described key around a place means."""
    while place:
        section = _section_at(place[:-1])
        if section and str(place[-1]) in section.model_fields:
            return section.model_fields[str(place[-1])].description or ""
        place = place[:-1]
    return ""


def _section_at(place: Place) -> type[BaseModel] | None:
    """The table type that lies at a place."""
    section: type[BaseModel] | None = StationModel
    for part in place:
        if isinstance(part, int):
            continue
        if section is None or part not in section.model_fields:
            return None
        section = section_of(section.model_fields[part].annotation)
    return section


def section_of(annotation: Any) -> type[BaseModel] | None:
    """The table type inside an annotation: itself, `list[…]` or `… | None`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in {list, types.UnionType}:
        return next(filter(None, map(section_of, get_args(annotation))), None)
    return None
