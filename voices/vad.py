"""Voice activity: is somebody speaking, and when was the last voiced sample?

Silero VAD (the file that comes with faster-whisper), streamed: 512 samples
(32 ms) at a time, the model's memory carried along. Costs about 3 ms a second
of audio.

The model was made for full 16 kHz sound and overlooks speech that ends at 4 kHz:
through a telephone it found 0.4 s of voice in a sentence of 2 s. A faint mirror
image of the lower band put into the upper one gives it back what it looks for
(1.3 s), so on the phone that is what it hears; recognisers do not.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from .errors import ModelUnusable
from .types import RATE, Channel, Pcm

FRAME = 512
"""Samples the model judges at a time."""

_CONTEXT = 64
_MIRROR = np.float32(0.2)
_LINE_SILENT = 1e-3
"""A telephone line below −60 dB carries nothing: listening to that is most of the work of many
idle calls."""
_ALTERNATE = np.array([1, -1], np.float32)


@lru_cache(maxsize=1)
def _session() -> Any:
    import faster_whisper
    import onnxruntime

    path = Path(faster_whisper.__file__).parent / "assets" / "silero_vad_v6.onnx"
    options = onnxruntime.SessionOptions()
    options.inter_op_num_threads = 1
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, ["CPUExecutionProvider"])
    except Exception as error:
        raise ModelUnusable(
            f"{path}: the voice activity model cannot be loaded; run scripts/setup again"
        ) from error


class Silero:
    """Speech probability of each successive frame of one stream."""

    def __init__(self) -> None:
        self._model = _session()
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(_CONTEXT, np.float32)

    def frames(self, pcm: Pcm) -> list[float]:
        """Probabilities for `pcm`, whose length is a multiple of FRAME."""
        if len(pcm) == 0:
            return []
        rows = pcm.reshape(-1, FRAME)
        before = np.concatenate([self._context[None], rows[:-1, -_CONTEXT:]])
        self._context = rows[-1, -_CONTEXT:].copy()
        out, self._h, self._c = self._model.run(
            None, {"input": np.hstack([before, rows]), "h": self._h, "c": self._c}
        )
        return [float(p) for p in np.asarray(out).reshape(-1)]


@dataclass(slots=True)
class VoiceActivity:
    """Follows one stream; all positions are samples since it was made.

    A frame starts speech at `threshold` and keeps it while above `threshold`
    - 0.15. Speech counts as begun after `min_speech` seconds of voiced frames
    that lie no further apart than `join` seconds.
    """

    channel: Channel = "kiosk"
    """Where the sound comes from."""
    threshold: float = 0.5
    """Probability that starts speech."""
    min_speech: float = 0.25
    """Voiced seconds before it counts."""
    join: float = 0.35
    """Silence that makes voiced frames before `min_speech` forgotten."""
    click: float = 0.2
    """After so much silence one voiced frame alone is no speech."""
    heard: int = 0
    """Samples judged so far."""
    voiced: bool = False
    """Whether the newest frame is voiced."""
    onset: int | None = None
    """First voiced sample of the present speech, None while there is none."""
    last: int | None = None
    """End of the last voiced frame of the present speech."""
    total: int = 0
    """Voiced samples of the present speech."""
    _run: int = 0
    _silero: Silero = field(default_factory=Silero)
    _rest: Pcm = field(default_factory=lambda: np.zeros(0, np.float32))

    def feed(self, pcm: Pcm) -> None:
        """Judge `pcm` (mono float32 at `RATE`, any length); a rest under FRAME waits."""
        pcm = np.concatenate([self._rest, pcm]) if len(self._rest) else pcm
        whole = len(pcm) // FRAME * FRAME
        self._rest = pcm[whole:].copy()
        heard = np.asarray(pcm[:whole], np.float32)
        if self.channel == "phone":
            heard = heard + _MIRROR * heard * np.tile(_ALTERNATE, whole // 2)
            if whole and float(np.abs(heard).max()) < _LINE_SILENT:
                for _ in range(whole // FRAME):
                    self._judge(0.0)
                return
        for probability in self._silero.frames(heard):
            self._judge(probability)

    def begin(self) -> None:
        """Forget the present speech (a turn has ended); the model's memory stays."""
        self.onset = self.last = None
        self.total = 0
        self.voiced = False

    @property
    def speaking(self) -> bool:
        """Whether enough was voiced to count as speech."""
        return self.total >= self.min_speech * RATE

    @property
    def silence(self) -> float:
        """Seconds since the last voiced sample; 0 while there was none."""
        return 0.0 if self.last is None else (self.heard - self.last) / RATE

    def _judge(self, probability: float) -> None:
        start, self.heard = self.heard, self.heard + FRAME
        floor = self.threshold - 0.15 if self.voiced else self.threshold
        self.voiced = probability >= floor
        if self.voiced:
            self._voice(start)
            return
        self._run = 0
        if self.onset is not None and not self.speaking and self.silence > self.join:
            self.begin()

    def _voice(self, start: int) -> None:
        self._run += 1
        if self.onset is None:
            self.onset = start
        self.total += FRAME
        # A single frame in a silence is a click: it does not make the silence start anew.
        if self._run >= 2 or self.silence < self.click:
            self.last = self.heard


def voiced_seconds(pcm: Pcm, channel: Channel = "kiosk") -> float:
    """How much of a whole piece is voiced."""
    activity = VoiceActivity(channel, join=1e9)
    activity.feed(np.concatenate([pcm, np.zeros(-len(pcm) % FRAME, np.float32)]))
    return activity.total / RATE
