"""A row of the register: cells of text read as a resident, or what is wrong with one of them.

Rows of a table and forms of the console are judged alike. All words are in
`assets/text/register.yaml`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from .residents import Contact, Resident, phone_key
from .sheets import FORMULA

WORDS: Final = Path(__file__).resolve().parent.parent / "assets" / "text" / "register.yaml"

_TEXTS: Final = ("name", "called", "address", "village", "dialect", "diet", "hospital", "note")
_MOST: Final = {"name": 40, "called": 40, "address": 200, "note": 1000}
_LONGEST: Final = 100
_BETWEEN: Final = re.compile(r"[、,，;；/\n]+|\s+(?=\+?\d{3,4}[- ]?\d{7}|1\d{10})")
_PHONE: Final = re.compile(r"1[3-9]\d{9}|0\d{9,11}|[2-9]\d{6,7}|\d{3,6}|[48]00\d{7}")
_IDENTITY: Final = re.compile(r"(?<!\d)[1-9]\d{16}[\dXx](?!\d)")
_CARD: Final = re.compile(r"[A-Za-z0-9-]{1,20}")


@cache
def words() -> Mapping[str, Any]:
    """Names of columns and what is said about rows."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded


class WrongCell(Exception):
    """A cell that cannot be taken."""

    def __init__(self, problem: str, value: str = "", **filled: object) -> None:
        super().__init__(problem)
        self.problem: str = words()["problems"][problem].format(**filled)
        """What is wrong and what to do, in Chinese."""
        self.value = value
        """What stands there."""


def resident_of(told: Mapping[str, str]) -> Resident:
    """Cells by the names of columns, `contact 1 phone` for contacts, as a resident without an id.

    Raises WrongCell.
    """
    for name, value in told.items():
        column = title_of(name)
        most = _MOST.get(name, _LONGEST)
        if value == FORMULA or value.startswith(("=", "@")):
            raise WrongCell("formula", value, column=column)
        if _IDENTITY.search(value):
            raise WrongCell("identity", f"{value[:6]}…", column=column)
        if len(value) > most:
            raise WrongCell("long", value[:20], column=column, count=len(value), most=most)
        if any(
            unicodedata.category(each) in {"Cc", "Cs", "Co", "Cn"} for each in value if each != "\n"
        ):
            raise WrongCell("control", repr(value)[:20], column=column)
    if not told.get("name"):
        raise WrongCell("no_name", next(iter(told.values())))
    card = told.get("card")
    if card and not _CARD.fullmatch(card):
        raise WrongCell("card", card)
    plain: dict[str, Any] = {name: told[name] for name in _TEXTS if name in told}
    return Resident(
        **plain,
        card=card,
        phones=_phones(told.get("phones", "")),
        wheelchair=_flag(told, "wheelchair"),
        lives_alone=_flag(told, "lives_alone"),
        contacts=tuple(_contacts(told)),
    )


def _phones(told: str) -> tuple[str, ...]:
    keys = []
    for each in filter(None, _BETWEEN.split(told)):
        key = phone_key(each)
        if not _PHONE.fullmatch(key) or re.search(
            r"[^\d\s+()（）-]", unicodedata.normalize("NFKC", each)
        ):
            raise WrongCell("phone", each)
        keys.append(key)
    return tuple(dict.fromkeys(keys))


def _flag(told: Mapping[str, str], name: str) -> bool:
    value = unicodedata.normalize("NFKC", told.get(name, "")).casefold()
    if value and value not in words()["yes"] and value not in words()["no"]:
        raise WrongCell("flag", told[name], column=title_of(name))
    return value in words()["yes"]


def _contacts(told: Mapping[str, str]) -> Iterator[Contact]:
    for n in range(1, int(words()["contacts"]) + 1):
        parts = {k: told.get(f"contact {n} {k}", "") for k in words()["contact"]}
        if not any(parts.values()):
            continue
        if not parts["name"]:
            raise WrongCell("contact", next(filter(None, parts.values())), n=n)
        phones = _phones(parts["phone"])
        called = tuple(filter(None, _BETWEEN.split(parts["words"])))
        yield Contact(parts["name"], parts["relation"], called, "", phones[0] if phones else "")


def title_of(name: str) -> str:
    """What a column is called."""
    said = words()
    if name.startswith("contact "):
        _, n, part = name.split()
        return str(said["contact"][part].format(n=n))
    return str(said["columns"][name][0])
