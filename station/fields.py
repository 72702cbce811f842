"""What a value of station.toml may be: times of day, numbers, names, folders, days.

Each type refuses what it is not in a few words (`is no time of day`); the line
and what the key means are put around them by `station.settings`.
"""

from __future__ import annotations

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Final, TypeAlias

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationInfo,
)

_PHONE: Final = re.compile(r"^\+?[0-9][0-9 \-]{1,18}[0-9]$")


def _clock(value: object) -> object:
    """`08:30` as text, which is how people write it, or as TOML's own 08:30:00."""
    if not isinstance(value, str):
        return value
    if not re.fullmatch(r"\d{1,2}:\d{2}", value):
        raise ValueError("is no time of day")
    hour, minute = map(int, value.split(":"))
    if hour > 23 or minute > 59:
        raise ValueError("is no time of day")
    return time(hour, minute)


def _phone(value: str) -> str:
    if not _PHONE.match(value):
        raise ValueError("is no telephone number")
    return value


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("is empty")
    return value.strip()


def _printer(value: str) -> str:
    if value and not re.fullmatch(r"(file:/\S+|network:[\w.-]+)", value):
        raise ValueError("is no printer")
    return value


def _path(value: object, info: ValidationInfo) -> object:
    """Relative to the settings file's folder; `~` is the user's home."""
    if not isinstance(value, str) or not value.strip():
        return value
    base = info.context["base"] if info.context else Path()
    return base / Path(value.strip()).expanduser()


def _maybe_path(value: object, info: ValidationInfo) -> object:
    return None if value == "" else _path(value, info)


def _dates(value: object) -> object:
    """TOML's keys are text: 2027-02-06 = "…"."""
    if not isinstance(value, dict):
        return value
    return {_date(key): name for key, name in value.items()}


def _date(key: str) -> date:
    try:
        return date.fromisoformat(key)
    except ValueError:
        raise ValueError(f"{key!r} is no date") from None


def _weekdays(value: list[int]) -> list[int]:
    if len(set(value)) != len(value):
        raise ValueError("a day stands there twice")
    return value


Clock: TypeAlias = Annotated[time, BeforeValidator(_clock)]
Phone: TypeAlias = Annotated[str, AfterValidator(_phone)]
Printer: TypeAlias = Annotated[str, AfterValidator(_printer)]
Text: TypeAlias = Annotated[str, AfterValidator(_text)]
Place: TypeAlias = Annotated[Path, BeforeValidator(_path)]
MaybePlace: TypeAlias = Annotated[Path | None, BeforeValidator(_maybe_path)]
Day: TypeAlias = Annotated[int, Field(ge=1, le=7)]
Days: TypeAlias = Annotated[list[Day], AfterValidator(_weekdays)]
Holidays: TypeAlias = Annotated[dict[date, str], BeforeValidator(_dates)]

EVERY_DAY: Final = [1, 2, 3, 4, 5, 6, 7]


class Section(BaseModel):
    """A table of station.toml: unknown keys and wrong types are errors."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, validate_default=True)
