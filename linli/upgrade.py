"""`linli upgrade`: a new release beside the old, proved on a copy, then switched to, or back.

Until the release has passed on a copy of the station, nothing is touched and everybody goes
on being served. Then the station pauses, its ledger is saved, `current` leads to the new
release, and it is proved again. What fails goes back by itself: the ledger as it was saved,
requests filed meanwhile into the spool, `current` to the old release. A new release opens an
older ledger; so whatever moment the power goes, the release that `current` leads to can open
the ledger that lies there.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from station import backup, clock
from station.errors import StationError
from station.schema import VERSION
from station.settings import Settings

from . import units, upgrade_ledger
from .errors import UsageError
from .paths import ROOT
from .places import places_of
from .release import Release
from .services import Services
from .upgrade_home import HERE, Home, Journal, UpgradeError, at
from .upgrade_proof import Prover, proved, stage, words


@dataclass(frozen=True, slots=True)
class Upgrader:
    """One station and the means to bring it to another release."""

    home: Home = field(default_factory=lambda: Home(ROOT))
    """Its folder."""
    tell: Callable[[str], None] = print
    """Shows a line."""
    services: Services = field(default_factory=Services)
    """What runs."""
    prover: Prover = proved
    """How a release is proved."""
    now: Callable[[], datetime] = clock.now
    """The time."""

    # --- forward ------------------------------------------------------------------------------

    def finish(self, name: str) -> None:
        """Bring the station to a release that lies in `releases/NAME`.

        Raises UpgradeError, SettingsError or BackupError; the message says what stands now.
        """
        old, new = self.home.in_use(), f"releases/{name}"
        if old == new:
            self.tell(words()["already"].format(name=name))
            return
        if not self.home.whole(new):
            raise UpgradeError(words()["not_whole"].format(name=name))
        settings = self._settings()
        journal = Journal(old, new, "trying", schema=self._openable(settings))
        self._try(journal)
        journal = self._save(journal, settings)
        self._switch(journal, settings)

    def _settings(self) -> Settings:
        file = self.home.root / "station.toml"
        return Settings.load(file if file.exists() else None, base=self.home.root)

    def _openable(self, settings: Settings) -> int:
        """The ledger's schema. Raises UpgradeError for a newer one than this release knows."""
        try:
            found = upgrade_ledger.version(settings.data.ledger)
        except sqlite3.Error as error:
            raise UpgradeError(f"{settings.data.ledger}: {error}") from error
        if found > VERSION:
            raise UpgradeError(words()["newer"].format(found=found, known=VERSION))
        return found

    def _try(self, journal: Journal) -> None:
        """On a copy, while the station goes on. Raises UpgradeError."""
        self.tell(words()["steps"]["trying"])
        room = self.home.root / "var" / "trial"
        try:
            stage(room, root=self.home.root)
            unwell = self.prover(self.home.python(journal.new), room)
        finally:
            shutil.rmtree(room, ignore_errors=True)
        if unwell:
            raise UpgradeError("\n  ".join([words()["failed"]["trying"], *unwell]))

    def _save(self, journal: Journal, settings: Settings) -> Journal:
        """Stop everybody and save. Raises UpgradeError or BackupError; the station goes on."""
        steps = words()["steps"]
        self.tell(steps["stopping"])
        journal = self.home.note(at(journal, "stopping"))
        try:
            self.home.keep_units(journal.new, self.services.files())
            self._quiet(settings)
            self.tell(steps["saving"])
            return self.home.note(self._saved(journal, settings))
        except (UpgradeError, StationError, OSError):
            self._untouched()
            raise

    def _quiet(self, settings: Settings) -> None:
        """Nobody has the ledger open any more. Raises UpgradeError."""
        self.services.stop()
        held = self.services.holders(settings.data.ledger)
        if held:
            told = words()["held_one"]
            names = "、".join(told.format(name=name, pid=pid) for pid, name in held)
            raise UpgradeError(words()["held"].format(names=names))

    def _saved(self, journal: Journal, settings: Settings) -> Journal:
        if not journal.schema:
            return at(journal, "saved")
        places = places_of(settings, self.home.root / "station.toml")
        keep = settings.data.backups_kept + 1
        made = backup.make(places, settings.data.backups, keep=keep, now=self.now())
        return Journal(journal.old, journal.new, "saved", str(made.folder), journal.schema)

    def _untouched(self) -> None:
        self.home.over()
        self.services.start()

    def _switch(self, journal: Journal, settings: Settings) -> None:
        """Lead to the new release and prove it there. Raises UpgradeError after going back."""
        self.tell(words()["steps"]["switching"])
        journal = self.home.note(at(journal, "switched"))
        self.home.lead("current", journal.new)
        unwell = self._unwell(journal, settings)
        if unwell:
            self._go_back(at(journal, "going_back", "\n  ".join(unwell)), settings)
            told = words()["failed"]
            back = told["back"].format(old=self._named(journal.old))
            raise UpgradeError("\n  ".join([told["after"], *unwell, back]))
        self._done(journal)

    def _unwell(self, journal: Journal, settings: Settings) -> list[str]:
        """What keeps the new release from being taken; nothing once it serves."""
        says = words()["unwell"]
        try:
            self._units(settings)
        except OSError as error:
            return [says["units"].format(reason=error)]
        if unwell := self.prover(self.home.python(journal.new), self.home.root):
            return unwell
        self._hand_over(settings)
        self.services.start()
        return [says["service"].format(reason=each) for each in self.services.late()]

    def _units(self, settings: Settings) -> None:
        """What this release wants of systemd: a service or a timer that is new in it runs, too."""
        user = self.services.installed.user()
        self.services.become(units.rendered(settings, units.Machine(self.home.root, user)))

    def _done(self, journal: Journal) -> None:
        steps = words()["steps"]
        self.home.remember(journal)
        self.home.over()
        self.services.renew()
        gone = self.home.clear({journal.old, journal.new})
        names = {"old": self._named(journal.old), "new": self._named(journal.new)}
        self.tell(steps["done"].format(**names))
        if gone:
            self.tell(steps["cleared"].format(names="、".join(gone)))
        if not self.services.here:
            self.tell(steps["restart"].format(home=self.home.root))
        self.tell(steps["back_possible"])

    # --- back -----------------------------------------------------------------------------------

    def _go_back(self, journal: Journal, settings: Settings) -> None:
        """To the old release and the ledger it knows; nothing that was filed is lost."""
        self.home.note(journal)
        self.services.stop()
        self._ledger_back(journal, settings)
        self.home.lead("current", journal.old)
        try:
            self.services.become(self.home.kept_units(journal.new))
        except OSError as error:  # better served with other units than not at all
            self.tell(words()["failed"]["units"].format(reason=error))
        self._hand_over(settings)
        self.home.over()
        self.services.start()
        self.services.renew()

    def _ledger_back(self, journal: Journal, settings: Settings) -> None:
        """The saved ledger again, where the present one is too new for the old release."""
        ledger, said = settings.data.ledger, words()["failed"]
        if not journal.backup or upgrade_ledger.version(ledger) <= journal.schema:
            return
        saved = Path(journal.backup) / backup.LEDGER
        filed, changed = upgrade_ledger.since(ledger, saved)
        upgrade_ledger.keep(filed, settings.data.spool)
        aside = upgrade_ledger.put_back(saved, ledger, self.now())
        if filed:
            self.tell(said["spooled"].format(count=len(filed)))
        if changed:
            self.tell(said["changed"].format(numbers="、".join(changed)))
        if aside:
            self.tell(said["aside"].format(path=aside))

    def rollback(self, sure: Callable[[str], bool]) -> None:
        """Back to the release before the last upgrade. Raises UpgradeError."""
        said, last = words()["rollback"], self.home.last()
        if last is None or self.home.in_use() != last.new:
            raise UpgradeError(said["none"])
        if not self.home.whole(last.old):
            raise UpgradeError(said["gone"].format(old=self._named(last.old)))
        settings = self._settings()
        if last.backup and upgrade_ledger.version(settings.data.ledger) > last.schema:
            backup.check(Path(last.backup))
            self.tell(said["loses"].format(backup=Path(last.backup).name))
        names = {"old": self._named(last.old), "new": self._named(last.new)}
        if not sure(said["sure"].format(**names)):
            self.tell(said["left"])
            return
        self.home.note(at(last, "stopping"))
        try:
            self._quiet(settings)
        except UpgradeError:
            self._untouched()
            raise
        self._go_back(at(last, "going_back"), settings)
        self.home.remember(None)
        self.tell(said["done"].format(**names))

    def resume(self) -> None:
        """End an upgrade that was cut short, one way or the other."""
        said, journal = words()["resumed"], self.home.journal()
        if journal is None:
            self.home.over()
            self.tell(said["none"])
            return
        settings = self._settings()
        if journal.step == "going_back":
            self.tell(said["back"].format(old=self._named(journal.old)))
            self._go_back(journal, settings)
        elif journal.step == "switched":
            self.tell(said["checking"].format(new=self._named(journal.new)))
            self._switch(journal, settings)
        else:
            self._untouched()
            self.tell(said["untouched"].format(old=self._named(journal.old)))

    def _hand_over(self, settings: Settings) -> None:
        """What root has written belongs to the station's user."""
        self.services.hand_over([self.home.root / "var", settings.data.backups])

    def _named(self, release: str) -> str:
        """What people call a release."""
        if release != HERE:
            return Path(release).name
        try:
            return Release.of(self.home.root).name
        except UsageError:
            return str(self.home.root)
