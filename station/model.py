"""What a station may set: every key with its type, default and meaning.

The meanings are what `docs/settings.md` prints and what an error message
advises; the Chinese explanation of each key stands in `assets/station.toml`.
"""

from __future__ import annotations

from datetime import time
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from .alarm_model import AlarmSection
from .console.model import ConsoleSection
from .dispatch_model import DispatchSection
from .fields import EVERY_DAY, Clock, Days, Holidays, Phone, Place, Printer, Section, Text
from .phone_model import Extension, PhoneSection


class StationSection(Section):
    """Which station this is."""

    name: Text = Field(description="the station's name, as elders call it")
    address: Text = Field(description="where cars come to and visitors are sent")
    area: list[Text] = Field(
        [],
        max_length=5,
        description="for reports, the largest first: city, county, township, village",
    )
    region: Literal["xinyang", "bazhong", "northern"] = Field(
        "xinyang", description="whose accent and dialect most residents have"
    )


class HoursSection(Section):
    """When a person answers."""

    days: Days = Field([1, 2, 3, 4, 5], description="weekdays with staff, 1 (Monday) to 7")
    opens: Clock = Field("08:00", description="from when a person answers, HH:MM")  # type: ignore[assignment]
    closes: Clock = Field(  # type: ignore[assignment]
        "17:30", description="until when a person answers, HH:MM; 23:59: to midnight"
    )
    holidays: Holidays = Field({}, description="closed days: a date YYYY-MM-DD and its name")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Self:
        if self.opens >= self.closes:
            raise ValueError("opens has to be earlier than closes")
        return self

    @property
    def until(self) -> time:
        """Until when a person answers; the day's last minute stands for its end."""
        return time.max if (self.closes.hour, self.closes.minute) == (23, 59) else self.closes


class Operator(Section):
    """Somebody who takes over calls, in the order they are rung."""

    name: Text = Field(description="as staff write it")
    phone: Phone = Field(description="digits; spaces and hyphens are allowed")
    extension: Extension = Field(
        "", description="the telephone on their desk, at Linli's own line, e.g. 801; empty: none"
    )


class Hospital(Section):
    """Where appointments are made; the usual one first."""

    name: Text = Field(description="as elders call it")
    phone: Phone | None = Field(None, description="its registration desk")
    address: str = Field("", description="for the taxi driver")


class Meal(Section):
    """One meal of the canteen."""

    order_until: Clock = Field(description="same-day orders until, HH:MM")
    served: Clock = Field(description="served from, HH:MM")
    menu: list[Text] = Field([], description="what is cooked; empty: any wish is taken")


class CanteenSection(Section):
    """The community canteen; a meal that is left out is not cooked."""

    days: Days = Field(EVERY_DAY, description="days it cooks, 1 (Monday) to 7")
    delivers: bool = Field(False, description="true when meals are brought home")
    phone: Phone | None = Field(None, description="the canteen's telephone")
    breakfast: Meal | None = Field(None, description="breakfast")
    lunch: Meal | None = Field(None, description="lunch")
    dinner: Meal | None = Field(None, description="dinner")


class Service(Section):
    """Who fulfils a kind of request."""

    intent: Literal[
        "appointment",
        "meal",
        "housekeeping",
        "taxi",
        "health_code",
        "emergency",
        "medicine",
        "social_security",
        "companionship",
        "activity",
        "payment_help",
    ] = Field(description="which requests")
    provider: Text = Field(description="who fulfils them")
    phone: Phone | None = Field(None, description="how staff reach them")


class HousekeepingSection(Section):
    """When craftsmen come."""

    days: Days = Field(EVERY_DAY, description="days they come, 1 (Monday) to 7")
    same_day_until: Clock = Field("16:00", description="same-day visits until, HH:MM")  # type: ignore[assignment]


class VolunteersSection(Section):
    """When volunteers come."""

    days: Days = Field(EVERY_DAY, description="days they come, 1 (Monday) to 7")


class Activity(Section):
    """Something that takes place at the station every week."""

    name: Text = Field(description="as elders call it")
    days: Days = Field(description="on which days, 1 (Monday) to 7")
    starts: Clock | None = Field(None, description="when it begins, HH:MM")
    place: str = Field("", description="where")


class SpeechSection(Section):
    """Ears and mouth."""

    recognizer: Text = Field(
        "whisper", description="whisper, sensevoice, paraformer or an installed vosk model"
    )
    voice: Text = Field("zf_xiaobei", description="the Kokoro voice")
    pace: float = Field(1.0, ge=0.6, le=1.3, description="1.0 is elder-friendly, below is slower")
    volume: float = Field(1.0, ge=0.1, le=1.0, description="loudness of the voice, 0.1 to 1.0")


class KioskSection(Section):
    """The screen: how large it is, and for whom."""

    width: int = Field(1920, ge=640, le=8000, description="pixels across, in a window")
    height: int = Field(1080, ge=640, le=8000, description="pixels down, in a window")
    inches: float = Field(21.5, ge=10, le=55, description="the screen's diagonal, in inches")
    mm_per_px: float = Field(
        0.0, ge=0, le=2, description="measured size of a pixel, mm; 0: worked out from inches"
    )
    text_size: Literal["standard", "large", "largest"] = Field(
        "large", description="how large the text is"
    )
    hand: Literal["right", "left"] = Field(
        "right", description="at which hand the fixed buttons stand"
    )
    printer: Printer = Field(
        "", description="receipt printer: file:/dev/usb/lp0 or network:ADDRESS; empty: none"
    )
    photos: Place = Field(  # type: ignore[assignment]
        "var/photos", description="photos of contacts: CARD/RELATION.jpg or CARD/NAME.png"
    )
    listens: bool = Field(
        True, description="a request can be spoken to the waiting screen, without touching it"
    )


class DataSection(Section):
    """Where things are kept, and for how long."""

    ledger: Place = Field("var/ledger.db", description="the ledger's file")  # type: ignore[assignment]
    spool: Place = Field(  # type: ignore[assignment]
        "var/spool", description="requests wait here when the ledger cannot; best another disk"
    )
    recordings: Place = Field("var/recordings", description="folder of recordings")  # type: ignore[assignment]
    keep_recordings: bool = Field(
        True, description="false: no audio is ever kept, whatever a caller allows"
    )
    recording_days: int = Field(14, ge=1, le=90, description="days a recording is kept, 1 to 90")
    recording_days_after_closing: int = Field(
        7, ge=0, le=90, description="or until so many days after its requests are closed, 0 to 90"
    )
    recording_days_at_most: int = Field(
        90, ge=1, le=365, description="but never longer than these days, 1 to 365"
    )
    recording_quota_mb: int = Field(
        2000, ge=10, description="the oldest recordings go when all are larger than this, MB"
    )
    disk_reserve_mb: int = Field(
        200, ge=0, description="nothing is recorded when less than this is free, MB"
    )
    request_days: int = Field(
        365, ge=30, le=3650, description="days closed requests and transcripts are kept, 30 to 3650"
    )
    backups: Place = Field(  # type: ignore[assignment]
        "var/backups", description="folder of backups; best another disk"
    )
    backups_kept: int = Field(
        7, ge=1, le=365, description="so many backups are kept, the oldest go; 1 to 365"
    )


class LogSection(Section):
    """The log; it holds no personal data."""

    path: Place = Field("var/log", description="folder of the log files")  # type: ignore[assignment]
    level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="how much is written"
    )


class StationModel(Section):
    """All of station.toml."""

    station: StationSection = Field(description="which station this is")
    hours: HoursSection = Field({}, description="when a person answers")  # type: ignore[assignment]
    operators: list[Operator] = Field([], description="who takes over calls")
    hospitals: list[Hospital] = Field([], description="where appointments are made")
    canteen: CanteenSection | None = Field(None, description="the canteen, if there is one")
    services: list[Service] = Field([], description="who fulfils which requests")
    housekeeping: HousekeepingSection = Field({}, description="craftsmen")  # type: ignore[assignment]
    volunteers: VolunteersSection = Field({}, description="volunteers")  # type: ignore[assignment]
    activities: list[Activity] = Field([], description="what takes place here every week")
    speech: SpeechSection = Field({}, description="ears and mouth")  # type: ignore[assignment]
    kiosk: KioskSection = Field({}, description="the screen")  # type: ignore[assignment]
    phone: PhoneSection = Field({}, description="the telephone line")  # type: ignore[assignment]
    alarm: AlarmSection = Field({}, description="who is told of an alarm")  # type: ignore[assignment]
    console: ConsoleSection = Field({}, description="the staff's pages")  # type: ignore[assignment]
    dispatch: DispatchSection = Field({}, description="work orders")  # type: ignore[assignment]
    data: DataSection = Field({}, description="what is kept, where, how long")  # type: ignore[assignment]
    log: LogSection = Field({}, description="the log")  # type: ignore[assignment]

    @model_validator(mode="after")
    def _spool_lies_apart(self) -> Self:
        if self.data.spool in {self.data.ledger, self.data.recordings}:
            raise ValueError("data.spool needs a folder of its own")
        return self

    @model_validator(mode="after")
    def _extensions_are_one_each(self) -> Self:
        desks = [operator.extension for operator in self.operators if operator.extension]
        taken = desks + [line.extension for line in self.phone.lines]
        twice = sorted({each for each in taken if taken.count(each) > 1})
        if twice:
            raise ValueError(f"extension {twice[0]} is given twice in phone.lines and operators")
        return self

    def to_plain(self) -> dict[str, Any]:
        """All values as plain data."""
        return self.model_dump(mode="json")
