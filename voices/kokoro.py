"""Kokoro, the default mouth: eight Mandarin voices, about real time on one core."""

from __future__ import annotations

import io
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from .types import Pcm, Speech

NATIVE_RATE = 24_000
"""Samples a second that the model makes."""

USABLE = (
    "zf_xiaobei",
    "zf_xiaoxiao",
    "zf_xiaoyi",
    "zm_yunjian",
    "zm_yunxi",
    "zm_yunxia",
    "zm_yunyang",
)
"""The Mandarin voices that recognisers understand (zf_xiaoni is not one of them)."""


class Kokoro:
    """Speaker on the Kokoro-82M model, read from `directory`.

    `directory` holds `kokoro-82m-int8.onnx` and `voices/*.bin`, each float32
    of shape (510, 1, 256).
    """

    name = "kokoro"

    def __init__(
        self, directory: Path, *, voice: str = "zf_xiaobei", speed: float = 0.85, threads: int = 1
    ) -> None:
        self.directory = directory
        self.voice = voice
        self.speed = speed
        self.threads = threads

    @cached_property
    def _model(self) -> Any:
        import onnxruntime
        from kokoro_onnx import Kokoro as Model

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(
            str(self.directory / "kokoro-82m-int8.onnx"),
            options,
            providers=["CPUExecutionProvider"],
        )
        return Model.from_session(session, str(self._voices_file()))

    def _voices_file(self) -> Path:
        """The library wants all voices in one file: made once beside them."""
        bundle = self.directory / "voices.npz"
        if not bundle.exists():
            voices = {
                path.stem: np.fromfile(path, np.float32).reshape(510, 1, 256)
                for path in sorted((self.directory / "voices").glob("*.bin"))
            }
            buffer = io.BytesIO()
            np.savez(buffer, allow_pickle=False, **voices)
            fresh = bundle.with_suffix(".new")
            fresh.write_bytes(buffer.getvalue())
            fresh.replace(bundle)
        return bundle

    @cached_property
    def _phonemes(self) -> Any:
        from misaki import zh

        return zh.ZHG2P()

    def phonemes(self, text: str) -> str:
        """The phonemes the model is given for Chinese `text`."""
        result = self._phonemes(text)
        return str(result[0] if isinstance(result, tuple) else result)

    def say(self, text: str, *, rate: int = NATIVE_RATE, pace: float = 1.0) -> Speech:
        """Synthesise one sentence with the default voice."""
        return self.render(text, voice=self.voice, rate=rate, pace=pace)

    def render(
        self, text: str, *, voice: str, rate: int = NATIVE_RATE, pace: float = 1.0
    ) -> Speech:
        """Synthesise one sentence with any voice of the model."""
        speed = float(np.clip(self.speed * pace, 0.5, 2.0))
        pcm, _ = self._model.create(
            self.phonemes(text), voice=voice, speed=speed, is_phonemes=True
        )
        audio: Pcm = np.asarray(pcm, np.float32)
        if rate != NATIVE_RATE:
            audio = np.asarray(soxr.resample(audio, NATIVE_RATE, rate), np.float32)
        return Speech(audio, rate, text)
