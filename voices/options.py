"""The answers that may be given to a question, and the ways elders say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from .errors import VoicesError
from .sounds import places_of

FILE: Final = Path(__file__).resolve().parent.parent / "assets" / "answers.yaml"
"""The sets of answers that come with Linli."""


OTHER: Final = ""
"""The value of what is none of the answers."""


class OptionsUnknown(VoicesError):
    """A set of answers that `assets/answers.yaml` does not hold."""

    code = "options"


@dataclass(frozen=True, slots=True)
class Option:
    """One possible answer."""

    value: str
    """What it means to the program."""
    forms: tuple[str, ...]
    """The ways it is said, in Chinese."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One way of saying an option, as sounds."""

    value: str
    """The option it belongs to."""
    form: str
    """As it is written, with the words around it."""
    sounds: tuple[int, ...]
    """Places in `sounds.UNITS`."""
    bare: bool
    """Nothing around the form."""


@cache
def _data() -> Mapping[str, Any]:
    data: dict[str, Any] = yaml.safe_load(FILE.read_text("utf-8"))
    return data


@cache
def load_options(name: str) -> tuple[Option, ...]:
    """The set called `name` in `assets/answers.yaml`. Raises OptionsUnknown."""
    sets = _data()["sets"]
    if name not in sets:
        raise OptionsUnknown(f"{FILE}: no set {name!r}; there are {', '.join(sets)}")
    return tuple(Option(value, tuple(forms)) for value, forms in sets[name]["values"].items())


def negations() -> tuple[str, ...]:
    """Words that begin a refusal."""
    return tuple(_data()["negations"])


def with_others(options: Sequence[Option]) -> tuple[Option, ...]:
    """The options, and under `OTHER` what people also say to a question that is no answer."""
    meant = {word.sounds for word in wordings(tuple(options))}
    forms = tuple(form for form in _data()["others"] if tuple(places_of(form)) not in meant)
    return (*options, Option(OTHER, forms))


def decide(key: str) -> float:
    """A number of the decision."""
    return float(_data()["decide"][key])


def weights(stage: str = "weigh") -> Mapping[str, float]:
    """What each cue of the confidence weighs; `second` after the second look."""
    found: Mapping[str, float] = _data()[stage]
    return found


@cache
def wordings(options: tuple[Option, ...]) -> tuple[Wording, ...]:
    """Every form of every option; forms without Chinese sounds are left out."""
    return tuple(
        Wording(option.value, form, tuple(places_of(form)), True)
        for option in options
        for form in option.forms
        if places_of(form)
    )


@cache
def dressed(options: tuple[Option, ...], wording: Wording) -> tuple[Wording, ...]:
    """A form with the small words that go around it: 嗯对 · 对啊.

    Those that sound like a form of another value are left out.
    """
    taken = {other.sounds for other in wordings(options) if other.value != wording.value}
    before, after = _around(options)
    pairs = [*((word, "") for word in before), *(("", word) for word in after)]
    made = (
        Wording(
            wording.value,
            f"{lead}{wording.form}{tail}",
            (*places_of(lead), *wording.sounds, *places_of(tail)),
            False,
        )
        for lead, tail in pairs
    )
    return tuple(word for word in made if word.sounds not in taken)


def _around(options: tuple[Option, ...]) -> tuple[Sequence[str], Sequence[str]]:
    values = {option.value for option in options} - {OTHER}
    for group in _data()["sets"].values():
        if set(group["values"]) == values and "before" in group:
            return group["before"], group["after"]
    around = _data()["around"]
    return around["before"], around["after"]
