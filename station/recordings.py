"""Recordings: what elders said, kept as Opus only with their consent, and only for a while.

Files lie in `YYYY/MM/DD/<conversation>-<n>.ogg` below one folder; they appear
whole or not at all. No voice print is ever computed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from . import clock
from .errors import RecordingError

RATES: Final = (8_000, 12_000, 16_000, 24_000, 48_000)
"""Samples a second that Opus knows."""

_BLOCK: Final = 48_000
"""Samples handed to the encoder at once: long arrays have crashed it."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_PART_HOURS: Final = 1


@dataclass(frozen=True, slots=True)
class Recordings:
    """The folder of recordings and its limits."""

    folder: Path
    """Where they lie."""
    allowed: bool = True
    """False: nothing is ever kept."""
    quota: int = 2_000_000_000
    """Bytes that all recordings together may take."""
    reserve: int = 200_000_000
    """Bytes of the disk left to the ledger: below this nothing is recorded."""

    def save(
        self,
        conversation: str,
        n: int,
        pcm: npt.NDArray[np.float32],
        rate: int,
        *,
        consent: bool,
        at: datetime | None = None,
    ) -> Path | None:
        """Keep one utterance; gives its path relative to the folder, None when not allowed.

        `pcm` is mono, shape (n,), -1…1, at one of `RATES` samples a second. Without
        `consent` nothing is written. Raises RecordingError: the conversation
        goes on without the recording.
        """
        if not (consent and self.allowed) or not len(pcm):
            return None
        self._check(conversation, n, pcm, rate)
        day = (at or clock.now()).astimezone(clock.BEIJING)
        path = Path(f"{day:%Y/%m/%d}") / f"{conversation}-{n:03d}.ogg"
        try:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            self._check_room()
            _write(self.folder / path, pcm, rate)
        except (OSError, soundfile.SoundFileError) as error:
            raise RecordingError(
                f"{self.folder / path}: the recording could not be kept ({error}): "
                "check the disk's space and rights",
                path=self.folder / path,
            ) from error
        return path

    def files(self) -> Iterator[Path]:
        """All recordings, relative to the folder, oldest first."""
        found = (path.relative_to(self.folder) for path in self.folder.rglob("*.ogg"))
        return iter(sorted(found, key=lambda path: (path.parts[:-1], self._changed(path))))

    def size(self, path: Path) -> int:
        """Bytes of a recording; 0 when it is gone."""
        try:
            return (self.folder / path).stat().st_size
        except FileNotFoundError:
            return 0

    def made(self, path: Path) -> datetime:
        """The day a recording was made, by its folder; the file's own time when that is odd."""
        try:
            year, month, day = map(int, path.parts[:3])
            return datetime(year, month, day, tzinfo=clock.BEIJING)
        except ValueError:
            return datetime.fromtimestamp(self._changed(path) / 1e9, clock.BEIJING)

    def delete(self, path: Path) -> None:
        """Delete a recording and the folders it leaves empty; gone already is fine."""
        whole = self.folder / path
        whole.unlink(missing_ok=True)
        for parent in whole.parents:
            if parent == self.folder:
                break
            try:
                parent.rmdir()
            except OSError:
                break

    def sweep_parts(self, now: datetime) -> None:
        """Delete what a killed program left half written."""
        for part in list(self.folder.rglob("*.part")):
            age = now.timestamp() - part.stat().st_mtime
            if age > timedelta(hours=_PART_HOURS).total_seconds():
                part.unlink(missing_ok=True)

    def _changed(self, path: Path) -> int:
        try:
            return (self.folder / path).stat().st_mtime_ns
        except FileNotFoundError:
            return 0

    def _check_room(self) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < self.reserve:
            raise RecordingError(
                f"{self.folder}: only {free // 1_000_000} MB free, {self.reserve // 1_000_000} MB "
                "are reserved for the ledger: free space on this disk",
                code="low_space",
                path=self.folder,
            )

    def _check(self, conversation: str, n: int, pcm: npt.NDArray[np.float32], rate: int) -> None:
        if not _NAME.fullmatch(conversation) or n < 0:
            raise RecordingError(f"{conversation!r}-{n} cannot name a recording: use a plain id")
        if rate not in RATES or pcm.ndim != 1:
            raise RecordingError(
                f"recording of shape {pcm.shape} at {rate} samples a second cannot be kept: "
                f"give mono at one of {RATES}"
            )


def _write(path: Path, pcm: npt.NDArray[np.float32], rate: int) -> None:
    part = path.with_suffix(f".{os.getpid()}.part")
    samples = np.clip(np.nan_to_num(pcm), -1.0, 1.0).astype(np.float32)
    try:
        with soundfile.SoundFile(
            part, "w", samplerate=rate, channels=1, format="OGG", subtype="OPUS"
        ) as file:
            for start in range(0, len(samples), _BLOCK):
                file.write(samples[start : start + _BLOCK])
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
