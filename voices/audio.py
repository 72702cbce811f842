"""Audio in any shape made into what a recogniser takes: mono float32 at 16 kHz.

Files are read in blocks, so that a recording of hours needs no more memory than
a short one. The telephone path (8 kHz, µ-law) is here too, for tests and for
`--channel phone`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import soxr

from .errors import AudioUnreadable
from .types import RATE, Pcm

PHONE_RATE = 8_000
"""Samples a second on a telephone line."""

_MU = 255.0


class Resampler:
    """Streaming change of rate; keeps its filter state between blocks."""

    def __init__(self, source: int, target: int = RATE) -> None:
        self._stream = soxr.ResampleStream(source, target, 1, dtype="float32")

    def feed(self, pcm: Pcm, *, last: bool = False) -> Pcm:
        """What can already be said of `pcm` at the new rate; all of it when `last`."""
        return np.asarray(self._stream.resample_chunk(pcm, last=last), np.float32)


def resample(pcm: Pcm, source: int, target: int = RATE) -> Pcm:
    """Change the rate of a whole piece."""
    if source == target:
        return pcm
    return np.asarray(soxr.resample(pcm, source, target), np.float32)


def from_pcm16(raw: bytes) -> Pcm:
    """Signed 16-bit little-endian mono bytes as samples."""
    return np.frombuffer(raw[: len(raw) // 2 * 2], "<i2").astype(np.float32) / 32768.0


def to_pcm16(pcm: Pcm) -> bytes:
    """Samples as signed 16-bit little-endian mono bytes; clips beyond -1…1."""
    return (np.clip(pcm, -1.0, 32767 / 32768) * 32768.0).astype("<i2").tobytes()


def mulaw(pcm: Pcm) -> Pcm:
    """Samples as they sound after µ-law coding with 8 bits (G.711)."""
    folded = np.sign(pcm) * np.log1p(_MU * np.abs(np.clip(pcm, -1, 1))) / np.log1p(_MU)
    coded = np.round(folded * 127.0) / 127.0
    return np.asarray(np.sign(coded) * np.expm1(np.abs(coded) * np.log1p(_MU)) / _MU, np.float32)


class PhonePath:
    """16 kHz audio as the far end of a telephone line hears it, again at 16 kHz."""

    def __init__(self) -> None:
        self._down = Resampler(RATE, PHONE_RATE)
        self._up = Resampler(PHONE_RATE, RATE)

    def feed(self, pcm: Pcm, *, last: bool = False) -> Pcm:
        """The next piece; a few milliseconds late, all of it when `last`."""
        return self._up.feed(mulaw(self._down.feed(pcm, last=last)), last=last)


def phone(pcm: Pcm) -> Pcm:
    """A whole piece through the telephone path."""
    return PhonePath().feed(pcm, last=True)


def seconds(path: Path) -> float:
    """Length of a recording. Raises AudioUnreadable."""
    with _open(path) as sound:
        return float(sound.frames / sound.samplerate)


def blocks(path: Path, *, size: int = RATE, phone_path: bool = False) -> Iterator[Pcm]:
    """A recording of any rate and channel count as mono blocks of `size` samples at 16 kHz.

    The last block may be shorter. Channels are averaged. Raises AudioUnreadable
    where the file is missing, empty, damaged or not audio.
    """
    line = PhonePath() if phone_path else None
    pieces = _mono(path)
    if line is not None:
        pieces = _through(line, pieces)
    yield from _rebatch(pieces, size)


def read(path: Path, *, limit: float = 120.0) -> Pcm:
    """A whole short recording at 16 kHz. Raises AudioUnreadable, also beyond `limit` seconds."""
    length = seconds(path)
    if length > limit:
        raise AudioUnreadable(
            f"{path}: {length:.0f} s long, at most {limit:.0f} s are taken at once; "
            "cut it into single utterances"
        )
    return np.concatenate(list(blocks(path)))


def _open(path: Path) -> soundfile.SoundFile:
    try:
        there, empty = path.is_file(), path.is_file() and path.stat().st_size == 0
    except OSError as error:
        raise AudioUnreadable(f"{path}: cannot be opened ({error.strerror})") from error
    if not there:
        raise AudioUnreadable(f"{path}: no such file; check the name")
    if empty:
        raise AudioUnreadable(f"{path}: the file is empty; record it again")
    try:
        sound = soundfile.SoundFile(path)
    except (soundfile.LibsndfileError, TypeError, OSError) as error:
        raise AudioUnreadable(
            f"{path}: not audio that can be read ({_reason(error)}); give wav, flac, ogg or mp3"
        ) from error
    if sound.frames == 0:
        sound.close()
        raise AudioUnreadable(f"{path}: holds no samples; record it again")
    return sound


def _mono(path: Path) -> Iterator[Pcm]:
    with _open(path) as sound:
        change = None if sound.samplerate == RATE else Resampler(sound.samplerate)
        while True:
            try:
                block = sound.read(sound.samplerate, dtype="float32", always_2d=True)
            except (soundfile.LibsndfileError, RuntimeError) as error:
                raise AudioUnreadable(
                    f"{path}: damaged after {sound.tell() / sound.samplerate:.1f} s "
                    f"({_reason(error)}); record it again"
                ) from error
            mono = np.nan_to_num(block.mean(axis=1, dtype=np.float32), posinf=0.0, neginf=0.0)
            last = len(block) < sound.samplerate
            yield mono if change is None else change.feed(mono, last=last)
            if last:
                return


def _through(line: PhonePath, pieces: Iterable[Pcm]) -> Iterator[Pcm]:
    for piece in pieces:
        yield line.feed(piece)
    yield line.feed(np.zeros(0, np.float32), last=True)


def _rebatch(pieces: Iterable[Pcm], size: int) -> Iterator[Pcm]:
    rest: npt.NDArray[np.float32] = np.zeros(0, np.float32)
    for piece in pieces:
        rest = np.concatenate([rest, piece])
        while len(rest) >= size:
            yield rest[:size]
            rest = rest[size:]
    if len(rest):
        yield rest


def _reason(error: Exception) -> str:
    return str(error).rsplit(": ", 1)[-1].strip(" .") or type(error).__name__
