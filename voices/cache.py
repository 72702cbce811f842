"""Sentences rendered earlier, kept on the disk so that next time nothing waits.

The folder is bounded: the sentences not used for longest go first. File names
are hashes, so that no name of an elder can be read from them.
"""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import soundfile
import structlog

from .shape import resampled
from .types import Pcm

log = structlog.get_logger(__name__)

LIMIT = 50_000_000
"""Bytes the folder may hold: about three hours of speech."""


class SpeechCache:
    """Mono speech at 24 kHz by its text; a full or read-only disk only costs the keeping.

    `maker` names voice and engine: what another maker rendered is not found.
    """

    def __init__(self, directory: Path, *, maker: str, limit: int = LIMIT) -> None:
        self._directory = directory
        self._maker = maker
        self._limit = limit
        self._lock = threading.Lock()

    def get(self, text: str) -> Pcm | None:
        """What was kept for `text`, or None."""
        path = self._path(text)
        try:
            pcm, rate = soundfile.read(path, dtype="float32")
            os.utime(path)
        except (OSError, soundfile.LibsndfileError):
            return None
        found: Pcm = resampled(pcm, rate, 24_000)
        return found

    def keep(self, text: str, pcm: Pcm) -> None:
        """Keep mono speech at 24 kHz."""
        path = self._path(text)
        fresh = path.with_suffix(".new")
        try:
            with self._lock:
                self._directory.mkdir(parents=True, exist_ok=True)
                soundfile.write(
                    fresh, pcm, 24_000, format="OGG", subtype="OPUS", compression_level=0.9
                )
                fresh.replace(path)
                self._shrink()
        except (OSError, soundfile.LibsndfileError) as error:
            log.warning("speech_not_kept", folder=str(self._directory), reason=str(error))

    def _path(self, text: str) -> Path:
        name = hashlib.sha256(f"{self._maker}\n{text}".encode()).hexdigest()[:20]
        return self._directory / f"{name}.opus"

    def _shrink(self) -> None:
        found = [(path.stat(), path) for path in self._directory.glob("*.opus")]
        files = sorted((stat.st_mtime_ns, stat.st_size, path) for stat, path in found)
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._limit:
                return
            path.unlink(missing_ok=True)
            total -= size
