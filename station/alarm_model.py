"""Alarms in station.toml: who is told, at which hours, in which order, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from pydantic import Field, model_validator

from .fields import EVERY_DAY, Clock, Days, MaybePlace, Phone, Section, Text


class AlarmPerson(Section):
    """Somebody who is rung about an alarm nobody has confirmed, in the order they stand here."""

    name: Text = Field(description="as staff write it")
    phone: Phone = Field(description="their number, or an extension of ours")
    days: Days = Field(EVERY_DAY, description="on which days, 1 (Monday) to 7")
    begins: Clock = Field("00:00", description="from when, HH:MM")  # type: ignore[assignment]
    ends: Clock = Field(  # type: ignore[assignment]
        "00:00", description="until when, HH:MM; the same as begins: all day and night"
    )

    def there(self, moment: datetime) -> bool:
        """Whether it is their turn; a night that began the day before counts as that day's."""
        now, today = moment.time(), moment.isoweekday() in self.days
        if self.begins == self.ends:
            return today
        if self.begins < self.ends:
            return today and self.begins <= now < self.ends
        yesterday = (moment.isoweekday() - 2) % 7 + 1 in self.days
        return (today and now >= self.begins) or (yesterday and now < self.ends)


class RescueSection(Section):
    """Numbers outside that Linli rings by itself; empty: it never does."""

    medical: str = Field("", pattern=r"^\d{0,12}$", description="e.g. 120; empty: not rung")
    fire: str = Field("", pattern=r"^\d{0,12}$", description="e.g. 119; empty: not rung")
    police: str = Field("", pattern=r"^\d{0,12}$", description="e.g. 110; empty: not rung")
    after_s: int = Field(
        300, ge=0, le=3600, description="so long after the alarm, if nobody has confirmed it"
    )


class AlarmSection(Section):
    """An alarm nobody has confirmed is passed on until somebody does."""

    people: list[AlarmPerson] = Field(
        [], description="who is rung; left out: the operators, at any hour"
    )
    next_s: int = Field(60, ge=10, le=600, description="seconds until the next person is rung")
    all_s: int = Field(180, ge=20, le=1800, description="seconds until everybody is rung")
    again_s: int = Field(120, ge=60, le=1800, description="then everybody again, so often, seconds")
    words: MaybePlace = Field(
        None, description="own sentences instead of assets/text/emergency.yaml"
    )
    rescue: RescueSection = Field({}, description="numbers outside")  # type: ignore[assignment]

    @model_validator(mode="after")
    def _one_after_the_other(self) -> Self:
        if self.next_s >= self.all_s:
            raise ValueError("next_s has to be less than all_s")
        return self
