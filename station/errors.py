"""What can go wrong at the station: one base, a machine word each, one sentence with what to do."""

from __future__ import annotations

from pathlib import Path


class StationError(Exception):
    """Something a person can mend. `str()` says what, where, the value and what to do."""

    code = "station"
    """A word for machines; the sentence is for the deployer."""

    def __init__(self, message: str, *, code: str | None = None, path: Path | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
        self.path = path


class LedgerError(StationError):
    """The ledger could not be read or written.

    `code` is one of busy, disk_full, disk_error, read_only, cannot_open,
    damaged, newer, gone, refused, closed or failed. `spooled` is the file that keeps the
    request meanwhile, None if it could not be kept anywhere: either way it is
    not in the ledger, no promise may be spoken, and a person has to take over.
    """

    code = "failed"
    spooled: Path | None = None


class UnknownRequest(LedgerError):
    """No request has this number."""

    code = "unknown_request"


class UnknownResident(LedgerError):
    """No resident has this id."""

    code = "unknown_resident"


class StatusError(LedgerError):
    """A request may not go from its status to that one."""

    code = "illegal_status"


class ConflictError(LedgerError):
    """Somebody else changed the request since it was read."""

    code = "conflict"


class RecordingError(StationError):
    """Audio could not be kept; the conversation goes on without it."""

    code = "recording"


class SettingsError(StationError):
    """station.toml cannot be used; every problem is a line `file:line: key: value: what to do`."""

    code = "settings"


class BackupError(StationError):
    """A backup could not be made or used: `code` is disk_full, unwritable, damaged or busy."""

    code = "backup"
