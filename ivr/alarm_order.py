"""Whom to ring about an alarm that nobody has confirmed, and when: planning only.

Step 0, at once: the desks, the alarm numbers and the first person whose turn it is. Step 1,
after `alarm.next_s`: the next person. Step 2, after `alarm.all_s`: everybody, whether it is
their turn or not; then everybody again every `alarm.again_s`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from station.alarm_model import AlarmPerson, AlarmSection
from station.clock import BEIJING
from station.settings import Settings

from .numbers import digits

ALL: Final = 2
"""From this step on everybody is rung."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to ring."""

    name: str
    """As staff write it."""
    phone: str
    """Their number or extension."""


def step_at(seconds: float, alarm: AlarmSection) -> int:
    """The step an alarm of this age has reached."""
    if seconds < alarm.next_s:
        return 0
    if seconds < alarm.all_s:
        return 1
    return ALL + int((seconds - alarm.all_s) // alarm.again_s)


def whom(settings: Settings, step: int, moment: datetime) -> list[Person]:
    """Everybody to ring in a step that begins at this moment, each number once."""
    everyone = _people(settings)
    turn = [each for each in everyone if each.there(moment.astimezone(BEIJING))]
    at_once = [*_desks(settings), *_numbers(settings)]
    if step >= ALL or (step == 1 and len(turn) < ALL):
        return _once([*at_once, *map(_person, everyone)])
    if step == 1:
        return [_person(turn[1])]
    return _once([*at_once, *map(_person, turn[:1])])


def name_of(settings: Settings, phone: str) -> str:
    """Who answers at a number or extension; the number where nobody is written down for it."""
    known = [*_desks(settings), *map(_person, _people(settings))]
    known += [Person(each.name, each.phone) for each in settings.operators]
    return next((each.name for each in known if digits(each.phone) == digits(phone)), phone)


def _people(settings: Settings) -> list[AlarmPerson]:
    """Those of the settings, else every operator who has a number of their own."""
    if settings.alarm.people:
        return settings.alarm.people
    return [
        AlarmPerson.model_validate({"name": each.name, "phone": each.phone})
        for each in settings.operators
    ]


def _person(each: AlarmPerson) -> Person:
    return Person(each.name, each.phone)


def _desks(settings: Settings) -> Iterator[Person]:
    for each in settings.operators:
        if each.extension:
            yield Person(each.name, each.extension)


def _numbers(settings: Settings) -> Iterator[Person]:
    for number in settings.phone.alarm:
        yield Person(number, number)


def _once(people: Iterable[Person]) -> list[Person]:
    return list({digits(each.phone): each for each in reversed([*people])}.values())[::-1]
