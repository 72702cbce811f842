"""Vosk's own downloader, put to use: its addresses, its unpacking, our progress and words."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import vosk

from .download import NoRoom, Progress, Unreachable, WrongFile

_FULL = 28


class _Downloader(vosk.Model):  # type: ignore[misc]
    """A vosk.Model that only fetches: nothing is loaded, so nothing is freed either."""

    def __init__(self, name: str, progress: Progress) -> None:
        self._name = name
        self._progress = progress

    def __del__(self) -> None:
        """Nothing was loaded."""

    def download_progress_hook(self, bar: Any) -> Callable[[int, int, int | None], None]:
        """Tell our progress instead of drawing vosk's bar."""
        bar.clear()
        bar.disable = True

        def update(blocks: int = 1, size: int = 1, total: int | None = None) -> None:
            done = blocks * size
            known = total if total and total > 0 else done + 1
            self._progress(self._name, min(done, known), known)

        return update


def fetch(name: str, into: Path, progress: Progress) -> Path:
    """Download and unpack the Vosk model called `name` into the folder `into`; its folder.

    Raises Unreachable, WrongFile and NoRoom.
    """
    into.mkdir(parents=True, exist_ok=True)
    address = f"{vosk.MODEL_PRE_URL}{name}.zip"
    archive = into / f"{name}.zip"
    try:
        _Downloader(name, progress).download_model(into / name)
    except zipfile.BadZipFile as error:
        raise WrongFile(
            f"{address} gave something that is no Vosk model ({error}); try again"
        ) from error
    except OSError as error:  # urllib's errors are of this kind
        if error.errno == _FULL:
            raise NoRoom(f"{archive} does not fit: the disk is full; free some space") from error
        reason = getattr(error, "reason", None) or error
        raise Unreachable(f"{address} could not be reached ({reason})") from error
    finally:
        archive.unlink(missing_ok=True)
    return into / name
