"""What a station must know, as answers: the questions, what may be answered, and what is wrong.

The words are in `assets/setup/questions.yaml`; what may stand where is checked by the
settings themselves. An answers file is a station.toml with `[[staff]]`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final, Literal, TypeAlias

import yaml
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from station.fields import Section, Text
from station.model import StationModel
from station.positions import Place, line_of, positions
from station.settings import SHIPPED, nearest, parsed, section_of

from .paths import ASSETS

QUESTIONS: Final = ASSETS / "setup" / "questions.yaml"
Values: TypeAlias = dict[str, Any]
"""Tables of a station.toml, as TOML gives them."""


class StaffAnswer(Section):
    """Somebody who gets an account."""

    login: Text = Field(pattern=r"^[a-z0-9][a-z0-9._-]{1,31}$", description="what they type")
    name: Text = Field(description="as colleagues call them")
    role: Literal["supervisor", "staff", "auditor"] = Field("staff", description="what they may")


class Answers(StationModel):
    """All that is answered: the settings, and who gets an account."""

    staff: list[StaffAnswer] = Field([], description="who gets an account")


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that is asked."""

    ask: str
    """In Chinese."""
    key: str = ""
    """Its place in station.toml, or in the list's entry."""
    gate: str = ""
    """It only asks whether there is this table."""
    list: str = ""
    """It is a list of tables, asked again and again."""
    only: str = ""
    """Asked where this gate was open."""
    example: str = ""
    """A good answer."""
    wrong: str = ""
    """Said to an answer that will not do."""
    needed: str = ""
    """Said where a list stays empty that may not."""
    secret: bool = False
    """Not shown while it is typed."""
    words: Mapping[str, str] | None = None
    """Word → value."""
    columns: tuple[Question, ...] = ()
    """What is asked of each entry."""
    topic: str = ""
    """Title of the topic it begins."""


@cache
def words() -> Mapping[str, Any]:
    """Everything set-up says."""
    loaded: Mapping[str, Any] = yaml.safe_load(QUESTIONS.read_text("utf-8"))
    return loaded


@cache
def questions() -> tuple[Question, ...]:
    """Every question, in order."""
    return tuple(_asked())


def _asked() -> Iterator[Question]:
    for topic in words()["topics"]:
        title = topic["title"]
        for told in topic["questions"]:
            columns = tuple(Question(**each) for each in told.get("columns", ()))
            yield Question(**{**told, "columns": columns, "topic": title})
            title = ""


def field_at(place: Place) -> FieldInfo:
    """The setting at a place; KeyError where there is none."""
    model: type[BaseModel] = Answers
    *outer, last = [part for part in place if isinstance(part, str)]
    for part in outer:
        inside = section_of(model.model_fields[part].annotation)
        if inside is None:
            raise KeyError(part)
        model = inside
    return model.model_fields[last]


def acceptable(place: Place, value: object) -> bool:
    """Whether the settings take this value there."""
    field = field_at(place)
    kind: Any = field.annotation
    for constraint in field.metadata:
        kind = Annotated[kind, constraint]
    try:
        TypeAdapter(kind).validate_python(value, strict=True, context={"base": Path()})
    except ValidationError:
        return False
    return True


def read(file: Path) -> tuple[Values, list[str]]:
    """An answers file and everything that is wrong with it, in Chinese.

    Raises SettingsError when it is no TOML or cannot be read.
    """
    text, values = parsed(file)
    values = _filled(values)
    lines = positions(text)
    wrong = [told for _, told in sorted(_wrong(file, lines, values))]
    wrong += [
        words()["says"]["file_needed"].format(file=file.name, key=each.list, wrong=each.needed)
        for each in questions()
        if each.needed and not _at(values, each.list)
    ]
    return values, wrong


def present(file: Path) -> Values:
    """The settings that are there already; nothing where there is no file. Raises SettingsError."""
    return parsed(file)[1] if file.exists() else {}


def _at(values: Mapping[str, Any], key: str) -> Any:
    for part in key.split("."):
        values = values.get(part, {})
    return values


def _filled(values: Values, place: Place = ()) -> Values:
    """Without what was left empty and may be left out."""
    kept: Values = {}
    for key, value in values.items():
        here = (*place, key)
        if isinstance(value, dict):
            kept[key] = _filled(value, here)
        elif isinstance(value, list) and value and all(isinstance(each, dict) for each in value):
            entries = [_filled(each, here) for each in value]
            kept[key] = [each for each in entries if any(v != "" for v in each.values())]
        elif value != "" or _required(here):
            kept[key] = value
    return kept


def _required(place: Place) -> bool:
    try:
        return field_at(place).is_required()
    except KeyError:
        return True


def _wrong(file: Path, lines: Mapping[Place, int], values: Values) -> Iterator[tuple[int, str]]:
    try:
        Answers.model_validate(values, context={"base": file.parent})
    except ValidationError as error:
        for each in error.errors():
            yield _told(file, dict(lines), each)


def _told(file: Path, lines: dict[Place, int], error: ErrorDetails) -> tuple[int, str]:
    """One problem as its line and its Chinese sentence."""
    says = words()["says"]
    place: Place = tuple(part for part in error["loc"] if part != "[key]")
    line = line_of(lines, place)
    key = ".".join(str(part + 1) if isinstance(part, int) else part for part in place)
    if error["type"] == "extra_forbidden":
        close = nearest(place)
        hint = says["meant"].format(key=close) if close else says["remove"]
        return line, says["file_unknown"].format(file=file.name, line=line, key=key, hint=hint)
    sentence = explained(place)
    if error["type"] == "missing":
        return line, says["file_missing"].format(file=file.name, key=key, wrong=sentence)
    value = "" if isinstance(error["input"], (dict, BaseModel)) else str(error["input"])
    return line, says["file_wrong"].format(
        file=file.name, line=line, key=key, value=value, wrong=sentence
    )


def explained(place: Place) -> str:
    """What a good answer looks like: of the question, else of the shipped settings' comment."""
    named = [part for part in place if isinstance(part, str)]
    key = ".".join(named)
    for question in questions():
        if question.key and question.key == key:
            return question.wrong
        for column in question.columns:
            if f"{question.list}.{column.key}" == key:
                return column.wrong
    comment = comments().get(key, "")
    return words()["says"]["also"].format(meaning=comment) if comment else ""


@cache
def comments() -> Mapping[str, str]:
    """Key → its explanation in the shipped, commented settings."""
    found, table = {}, ""
    for line in SHIPPED.read_text("utf-8").splitlines():
        if line.startswith("["):
            table = line.partition("#")[0].strip(" []")
        elif "=" in line and "#" in line and not line.startswith("#"):
            name, comment = line.split("=")[0].strip(), line.rsplit("#", 1)[1].strip()
            found[f"{table}.{name}"] = comment
    return found


def merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> Values:
    """The old values with the new ones over them; tables are merged, lists replaced."""
    result = dict(old)
    for key, value in new.items():
        before = result.get(key)
        both = isinstance(value, Mapping) and isinstance(before, Mapping)
        result[key] = merged(before, value) if both and before is not None else value
    return result
