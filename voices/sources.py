"""Where audio comes from: a microphone, a file, a raw stream; always mono 16 kHz pieces.

Every source is an iterator of float32 pieces and ends when its audio does, so
whoever listens does not care which one it is.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from .audio import Resampler, blocks, from_pcm16
from .errors import NoAudioDevice, VoicesError
from .types import RATE, Pcm

PIECE = RATE // 20
"""Samples in a piece: 50 ms."""


def recording(
    path: Path,
    *,
    real_time: bool = False,
    phone_path: bool = False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Iterator[Pcm]:
    """A wav, ogg, flac or mp3 file, as fast as it can be read or as it was spoken.

    Raises AudioUnreadable.
    """
    began, given = clock(), 0
    for piece in blocks(path, size=PIECE, phone_path=phone_path):
        given += len(piece)
        if real_time:
            sleep(max(0.0, began + given / RATE - clock()))
        yield piece


def raw(stream: BinaryIO, rate: int) -> Iterator[Pcm]:
    """Signed 16-bit little-endian mono bytes at `rate` (8 000 and 16 000 are usual)."""
    if rate <= 0:
        raise VoicesError(f"raw audio at {rate} samples a second: give 8000 or 16000")
    change = None if rate == RATE else Resampler(rate)
    size = 2 * rate // 20
    while block := stream.read(size):
        pcm = from_pcm16(block)
        yield pcm if change is None else change.feed(pcm)
    if change is not None:
        yield change.feed(np.zeros(0, np.float32), last=True)


class Device(Protocol):
    """What is needed of the `sounddevice` module."""

    def query_devices(self, device: Any = None, kind: str | None = None) -> Any:
        """Describe the default device of a kind; raises ValueError where there is none."""

    def InputStream(self, **settings: Any) -> Any:  # noqa: N802 - the library's name
        """Open a microphone."""


class Microphone:
    """The microphone, as a context and an iterator.

    Raises NoAudioDevice where there is none, or when it is pulled out. When
    nobody takes pieces for 30 s the oldest are dropped (counted in `dropped`).
    """

    def __init__(self, name: str | int | None = None, *, device: Device | None = None) -> None:
        self._device = device or _sounddevice()
        self._name = name
        self._pieces: queue.Queue[Pcm | None] = queue.Queue(maxsize=600)
        self._stream: Any = None
        self._change: Resampler | None = None
        self.dropped = 0

    def __enter__(self) -> Microphone:
        try:
            found = self._device.query_devices(self._name, "input")
            rate = RATE if self._takes(RATE) else int(found["default_samplerate"])
            self._change = None if rate == RATE else Resampler(rate)
            self._stream = self._open(rate, finished_callback=lambda: self._put(None))
            self._stream.start()
        except Exception as error:
            raise _no_device(self._name, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None

    def __iter__(self) -> Iterator[Pcm]:
        while True:
            piece = self.get(timeout=5.0)
            if piece is None:
                raise _no_device(self._name, RuntimeError("no sound for 5 s"))
            yield piece

    def get(self, timeout: float) -> Pcm | None:
        """The next piece, or None when none came within `timeout` seconds."""
        try:
            piece = self._pieces.get(timeout=timeout)
        except queue.Empty:
            return None
        if piece is None:
            raise _no_device(self._name, RuntimeError("it was unplugged"))
        return piece if self._change is None else self._change.feed(piece)

    def _takes(self, rate: int) -> bool:
        try:
            self._open(rate).close()
        except Exception:  # noqa: BLE001 - each system refuses a rate in its own way
            return False
        return True

    def _open(self, rate: int, **more: Any) -> Any:
        return self._device.InputStream(
            samplerate=rate,
            channels=1,
            dtype="float32",
            blocksize=rate // 20,
            device=self._name,
            callback=self._came,
            **more,
        )

    def _came(self, pcm: Any, frames: int, when: Any, status: Any) -> None:
        del frames, when, status
        self._put(np.asarray(pcm, np.float32)[:, 0].copy())

    def _put(self, piece: Pcm | None) -> None:
        while True:
            try:
                return self._pieces.put_nowait(piece)
            except queue.Full:
                self._pieces.get_nowait()
                self.dropped += 1


def _no_device(name: str | int | None, error: Exception) -> NoAudioDevice:
    which = "no microphone" if name is None else f"microphone {name!r} cannot be used"
    return NoAudioDevice(
        f"{which} ({str(error).splitlines()[0] if str(error) else type(error).__name__}); "
        "plug one in and check it with `arecord -l`, or use `linli demo`, which needs none"
    )


def _sounddevice() -> Device:
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        raise NoAudioDevice(
            f"the sound library cannot be loaded ({error}); install libportaudio2 "
            "(`apt-get install libportaudio2`), or use `linli demo`, which needs no microphone"
        ) from error
    device: Device = sounddevice
    return device
