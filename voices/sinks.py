"""Where sound goes: a loudspeaker, a file, or nowhere in real time."""

from __future__ import annotations

import threading
import time
from collections import deque
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import soundfile

from .errors import NoAudioDevice
from .shape import joined, resampled
from .types import Pcm


class Sink(Protocol):
    """Takes audio block by block; `write` lasts about as long as the block sounds."""

    def open(self, rate: int) -> None:
        """Get ready for mono audio at `rate` samples a second; again for another rate."""

    def write(self, block: Pcm) -> None:
        """Sound this."""

    def abort(self) -> None:
        """Be silent at once; what was written and not yet heard is dropped."""

    def drain(self) -> None:
        """Return when everything written was heard."""

    def close(self) -> None:
        """Let go of the device or finish the file."""


class Waiting:
    """Sound that waits for the device, at most `seconds` of it; shared by two threads."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._blocks: deque[Pcm] = deque()
        self._samples = 0
        self._changed = threading.Condition()

    def put(self, block: Pcm, rate: int) -> None:
        """Add sound; waits while there is enough, for as long as it may take to sound."""
        most = round(self._seconds * rate)
        with self._changed:
            self._changed.wait_for(lambda: self._samples <= most, 5 + len(block) / rate)
            self._blocks.append(block)
            self._samples += len(block)

    def take(self, samples: int) -> Pcm:
        """The next samples; silence where there are none."""
        out = np.zeros(samples, np.float32)
        filled = 0
        with self._changed:
            while self._blocks and filled < samples:
                block = self._blocks.popleft()
                part = block[: samples - filled]
                out[filled : filled + len(part)] = part
                filled += len(part)
                if len(part) < len(block):
                    self._blocks.appendleft(block[len(part) :])
            self._samples -= filled
            self._changed.notify_all()
        return out

    def clear(self) -> None:
        """Forget what waits."""
        with self._changed:
            self._blocks.clear()
            self._samples = 0
            self._changed.notify_all()

    def empty(self, seconds: float) -> bool:
        """Wait until everything was taken; False when that takes longer."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._samples, seconds)


class Loudspeaker:
    """A loudspeaker through sounddevice; raises `NoAudioDevice` where there is none.

    `device` is a name or number as sounddevice knows it; None is the default.
    The device asks for sound on a thread of its own, so that falling silent is
    a matter of forgetting what waits: nothing has to be stopped.
    """

    LATENCY = 0.03
    """Seconds of sound the device may hold back: bounds how fast it falls silent."""

    def __init__(self, device: str | int | None = None) -> None:
        self._device = device
        self._stream: Any = None
        self._rate = 0
        self._waiting = Waiting(self.LATENCY)
        try:
            import sounddevice

            self._sounddevice: Any = sounddevice
            sounddevice.check_output_settings(device=device, channels=1, dtype="float32")
        except (OSError, ValueError, self._portaudio_error()) as error:
            raise NoAudioDevice(
                f"No loudspeaker ({error}). Plug one in, install libportaudio2, "
                "or name another device in station.toml; `linli doctor` lists them."
            ) from error

    @staticmethod
    def _portaudio_error() -> type[Exception]:
        try:
            import sounddevice
        except OSError:
            return OSError
        error: type[Exception] = sounddevice.PortAudioError
        return error

    def open(self, rate: int) -> None:
        """Open the device, or open it again at another rate."""
        if self._stream is not None and rate == self._rate:
            return
        self.close()
        self._rate = rate
        try:
            self._stream = self._sounddevice.OutputStream(
                samplerate=rate,
                channels=1,
                dtype="float32",
                latency=self.LATENCY,
                device=self._device,
                callback=self._fill,
            )
            self._stream.start()
        except self._portaudio_error() as error:
            raise NoAudioDevice(f"The loudspeaker cannot be opened ({error}).") from error

    def _fill(self, out: Any, samples: int, _time: object, _status: object) -> None:
        out[:, 0] = self._waiting.take(samples)

    def write(self, block: Pcm) -> None:
        """Sound this; waits while enough is waiting."""
        self._waiting.put(block, self._rate)

    def abort(self) -> None:
        """Forget what was not yet handed to the device."""
        self._waiting.clear()

    def drain(self) -> None:
        """Wait for what is left to sound."""
        self._waiting.empty(1.0)
        time.sleep(self.LATENCY)

    def close(self) -> None:
        """Close the device."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        self._waiting.clear()


class NullSink:
    """Keeps time like a loudspeaker and makes no sound: for machines without audio.

    `times`: how much faster than a loudspeaker, where nobody listens.
    """

    def __init__(self, *, times: float = 1.0) -> None:
        self._times = times
        self._rate = 16_000
        self._due = 0.0
        self._awake = threading.Event()

    def open(self, rate: int) -> None:
        """Begin to keep time."""
        self._rate = rate
        self._due = time.monotonic()
        self._awake.clear()

    def write(self, block: Pcm) -> None:
        """Last as long as the block would sound."""
        now = time.monotonic()
        self._due = max(self._due, now - 0.1) + len(block) / self._rate / self._times
        self._awake.wait(max(0.0, self._due - now))

    def abort(self) -> None:
        """Wake up at once."""
        self._awake.set()

    def drain(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing to let go of."""


class FileSink:
    """Collects what was said, as fast as it comes; `path` gets a wav file on `close`.

    Everything is kept at `rate` samples a second, whatever it was opened with.
    """

    def __init__(self, path: Path | None = None, *, rate: int = 16_000) -> None:
        self.path = path
        self.rate = rate
        self._begun: list[tuple[int, list[Pcm]]] = []

    @property
    def pcm(self) -> Pcm:
        """Everything so far, mono at `rate`."""
        return joined([resampled(joined(b), rate, self.rate) for rate, b in self._begun])

    def open(self, rate: int) -> None:
        """Further audio is at this rate."""
        if not self._begun or self._begun[-1][0] != rate:
            self._begun.append((rate, []))

    def write(self, block: Pcm) -> None:
        """Keep this."""
        self._begun[-1][1].append(np.array(block, np.float32))

    def abort(self) -> None:
        """What was written stays: it was said."""

    def drain(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Write the file."""
        if self.path is not None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(self.path, self.pcm, self.rate, subtype="PCM_16")


def loudspeaker_or_silence(device: str | int | None = None) -> Sink:
    """A loudspeaker where there is one, else a sink that only keeps time."""
    try:
        return Loudspeaker(device)
    except NoAudioDevice:
        return NullSink()
