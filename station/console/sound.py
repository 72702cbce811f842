"""Sound: recordings as they were kept, their waveform, and who listened to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from starlette.responses import FileResponse, Response

from station import audit, callbacks
from station.errors import StationError
from station.utterances import Utterance

from .site import Visit, whole

_BARS: Final = 120
_WIDTH, _HEIGHT = 480, 56
_BLOCK: Final = 48_000
_PLAYING: Final = timedelta(minutes=15)
"""A browser fetches the parts of a recording within it."""


class NoSound(StationError):
    """There is no such recording, or not any more."""

    code = "missing"


def play(visit: Visit) -> Response:
    """One recording; the audit knows who asked for it, before a byte is sent."""
    number, path = visit.web.path_params["number"], _recording(visit)
    _heard(visit, f"request {number}", visit.web.path_params["n"])
    return FileResponse(path, media_type="audio/ogg")


def wave(visit: Visit) -> Response:
    """A recording's loudness over time, as a picture."""
    path = _recording(visit)
    picture = drawn(peaks(path, path.stat().st_mtime_ns))
    return Response(picture, media_type="image/svg+xml")


def message(visit: Visit) -> Response:
    """What a caller left who reached nobody."""
    entry = callbacks.callback(visit.site.ledger.store, whole(visit.web.path_params["id"]) or 0)
    folder = visit.site.messages
    path = (folder / entry.message) if folder and entry.message else None
    if path is None or path.parent != folder or not path.is_file():
        raise NoSound("this message is not kept any more")
    _heard(visit, f"callback {entry.id}", "message")
    return FileResponse(path, media_type="audio/wav")


def _heard(visit: Visit, target: str, n: str) -> None:
    """Once a playing: a browser that fetches the rest of a file is not a new listener.

    But whoever asks for the rest without having asked for the beginning listens, too.
    """
    store, by = visit.site.ledger.store, visit.member.login
    wanted = visit.web.headers.get("range", "bytes=0-").replace(" ", "")
    if not wanted.startswith("bytes=0-"):
        found = audit.entries(
            store, by=by, what="recording.played", target=target, since=visit.now - _PLAYING
        )
        if any(str(each.detail.get("n")) == n for each in found):
            return
    visit.note("recording.played", target, {"n": n})


def _recording(visit: Visit) -> Path:
    ledger, params = visit.site.ledger, visit.web.path_params
    request = ledger.request(params["number"])
    said: Iterable[Utterance] = ledger.utterances(request.conversation or "")
    kept = next((each.audio for each in said if str(each.n) == params["n"] and each.audio), None)
    folder = visit.site.recordings.folder
    path = (folder / kept).resolve() if kept else None
    if path is None or not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise NoSound("this recording is not kept any more")
    return path


@lru_cache(maxsize=256)
def peaks(path: Path, changed: int) -> tuple[float, ...]:  # noqa: ARG001 - part of the key
    """The loudest sample of each of so many equal parts, 0…1."""
    with soundfile.SoundFile(path) as file:
        heard = [np.abs(block) for block in file.blocks(_BLOCK, dtype="float32", always_2d=True)]
    samples = np.concatenate(heard).max(axis=1) if heard else np.zeros(1, np.float32)
    parts = np.array_split(samples, min(_BARS, len(samples)))
    return tuple(float(part.max()) for part in parts)


def drawn(loud: tuple[float, ...]) -> str:
    """Bars around a middle line; in a colour that is seen on light and dark."""
    top = max(*loud, 0.05, 0.05)
    step = _WIDTH / len(loud)
    bars = []
    for at, value in enumerate(loud):
        height = max(2.0, value / top * _HEIGHT)
        y = (_HEIGHT - height) / 2
        bars.append(f'<rect x="{at * step:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}"'
                    f' height="{height:.1f}" rx="1"/>')  # fmt: skip
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}"'
        f' fill="#2c7a63">{"".join(bars)}</svg>'
    )
