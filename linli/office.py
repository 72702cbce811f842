"""What the line does for the office beside its calls: desks, alarms, who was cut off, answers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ivr.events import SwitchEvent
from ivr.folders import Folders
from ivr.switch import Switch
from station.ledger import Ledger
from station.settings import Settings

from .clerk import Clerk
from .closing import Closing, Hears
from .cut_off import CutOff
from .desk_calls import DeskCaller
from .escalation import Escalation
from .family import FamilyClerk
from .outbound import Render


class Office:
    """All clerks of a line; `told` may be called on any thread and never waits."""

    def __init__(
        self,
        settings: Settings,
        ledger: Ledger,
        switch: Switch,
        folders: Folders,
        *,
        render: Render,
        clock: Callable[[], datetime],
        hear: Hears | None,
    ) -> None:
        self.alarms = Escalation(
            settings,
            ledger,
            switch,
            render=render,
            folder=folders.notices,
            general=folders.sounds / "alarm",
            clock=clock,
        )
        self._clerks: tuple[Clerk, ...] = (
            self.alarms,
            DeskCaller(ledger, switch, clock),
            FamilyClerk(ledger, clock),
            CutOff(ledger, folders, clock),
            Closing(ledger, folders, clock, hear),
        )

    def start(self) -> None:
        """Begin; returns at once."""
        for clerk in self._clerks:
            clerk.start()

    def stop(self) -> None:
        """End; calls go on without us."""
        for clerk in self._clerks:
            clerk.stop()

    def told(self, event: SwitchEvent) -> None:
        """What the switch tells."""
        for clerk in self._clerks:
            clerk.told(event)
