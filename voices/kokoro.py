"""Kokoro, the default mouth: eight Mandarin voices, about real time on one core."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .durations import FRAME, opened
from .pack import bare
from .pauses import PAUSES, pause_at
from .phonemes import Phonemes, phonemes
from .shape import joined, levelled, quiet_run, resampled, silence, softened, trimmed
from .types import Pcm, Speech

__all__ = [
    "AROUND",
    "NATIVE_RATE",
    "PAUSES",
    "SPEED",
    "USABLE",
    "Kokoro",
    "Timed",
    "cut_out",
    "unhurried",
]

NATIVE_RATE = 24_000
"""Samples a second that the model makes."""

SPEED = 0.88
"""Speed of the sounds of single words and of pieces of sentences."""

SLOWEST, FASTEST = 0.85, 1.05
"""Speeds of the sounds within which a sentence is brought to `CHARACTERS_PER_S`."""

CHARACTERS_PER_S = 3.5
"""What elders follow easily, pauses included (2.7 to 4.2)."""

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

AROUND = ("这是，", "，好的。")
"""What a short word is said between, before it is cut out."""

_SHORT = 3
_SECONDS_A_CHARACTER = 0.205
_MARK_FRAMES = 6
_SHORTEST_QUIET = round(0.03 * NATIVE_RATE)


@dataclass(frozen=True, slots=True)
class Timed:
    """Audio, and when each character of its text is said."""

    pcm: Pcm
    """Mono float32 at `NATIVE_RATE`, silences around it included."""
    text: str
    """The text as read: digits written out."""
    starts: tuple[float, ...]
    """Seconds at which each character begins; marks have times too."""
    ends: tuple[float, ...]
    """Seconds at which each character ends."""


class Kokoro:
    """Speaker on the Kokoro-82M model, read from `directory`.

    `directory` holds `kokoro-82m-int8.onnx` and `voices/*.bin`, each float32
    of shape (510, 1, 256). Raises `ModelUnusable` when they cannot be used.
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
        path = self.directory / "kokoro-82m-int8.onnx"
        session = onnxruntime.InferenceSession(
            opened(path), options, providers=["CPUExecutionProvider"]
        )
        session._model_path = str(path)  # the library asks for it; it was loaded from memory
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

    def phonemes(self, text: str) -> str:
        """The phonemes the model is given for Chinese `text`."""
        return phonemes(text).sounds

    def say(self, text: str, *, rate: int = NATIVE_RATE, pace: float = 1.0) -> Speech:
        """Synthesise one sentence as elders like it: slow by pauses, level, starting at once.

        A text of up to three characters is said inside a sentence and cut out:
        alone, the voice would swallow it.
        """
        short = len(bare(text)) <= _SHORT
        said = text if not short else f"{AROUND[0]}{bare(text)}{AROUND[1]}"
        speed = SPEED if short else unhurried(said)
        timed = self.timed(said, speed=speed * pace, pauses=PAUSES)
        inside = (len(AROUND[0]), len(timed.text) - len(AROUND[1])) if short else (0, None)
        return Speech(resampled(cut_out(timed, *inside), NATIVE_RATE, rate), rate, text)

    def render(
        self, text: str, *, voice: str, rate: int = NATIVE_RATE, pace: float = 1.0
    ) -> Speech:
        """Synthesise one sentence with any voice of the model, as the model would say it."""
        from kokoro_onnx.trim import trim

        pcm, _, _ = self._run(phonemes(text), voice, self.speed * pace, held=False)
        audio: Pcm = np.asarray(trim(pcm)[0], np.float32)
        return Speech(resampled(audio, NATIVE_RATE, rate), rate, text)

    def timed(
        self,
        text: str,
        *,
        voice: str = "",
        speed: float = SPEED,
        pauses: Mapping[str, float] | None = None,
    ) -> Timed:
        """Synthesise a sentence and tell when each character is said.

        `pauses` are the seconds of silence at each mark; None leaves the
        model's own, which are short and now and then left out.
        """
        sounds = phonemes(text)
        pcm, edges, owners = self._run(sounds, voice or self.voice, speed, held=pauses is not None)
        starts, ends = _spans(sounds, owners, edges)
        if pauses is None:
            return Timed(pcm, sounds.text, tuple(starts), tuple(ends))
        return _with_pauses(pcm, sounds.text, starts, ends, pauses)

    def _run(
        self, sounds: Phonemes, voice: str, speed: float, *, held: bool
    ) -> tuple[Pcm, list[float], list[int]]:
        vocabulary = self._model.tokenizer.vocab
        known = [i for i, sound in enumerate(sounds.sounds) if sound in vocabulary]
        tokens = [vocabulary[sounds.sounds[i]] for i in known]
        if not tokens:
            raise ValueError(f"{sounds.text!r} holds nothing that can be said")
        least = np.zeros((1, len(tokens) + 2), np.float32)
        if held:
            for at, i in enumerate(known[:-1]):
                if sounds.sounds[i] in ",;:.?!":
                    least[0, at + 1] = _MARK_FRAMES
        styles = self._styles(voice)
        audio, frames = self._model.sess.run(
            ["audio", "duration"],
            {
                "tokens": np.array([[0, *tokens, 0]], np.int64),
                "style": np.asarray(styles[min(len(tokens), len(styles)) - 1], np.float32),
                "speed": np.array([np.clip(speed, 0.5, 2.0)], np.float32),
                "least": least,
            },
        )
        edges = np.cumsum(np.asarray(frames).ravel()) * FRAME / NATIVE_RATE
        return (
            np.asarray(audio, np.float32).ravel(),
            [float(edge) for edge in edges],
            [sounds.owners[i] for i in known],
        )

    def _styles(self, voice: str) -> Pcm:
        """A voice's styles, (510, 1, 256); `zf_xiaobei*0.4+zm_yunxi*0.6` is a mixture."""
        parts = [part.partition("*") for part in voice.split("+")]
        styles = sum(self._model.voices[name] * float(share or 1) for name, _, share in parts)
        return np.asarray(styles, np.float32)


def unhurried(text: str) -> float:
    """The speed of the sounds at which `text`, with its pauses, comes to 3.5 characters a second.

    A sentence with pauses needs no slower sounds; one without gets them.
    """
    characters = sum(character.isalnum() for character in text)
    pauses = sum(pause_at(text, index) for index in range(len(text)))
    sounding = characters / CHARACTERS_PER_S - pauses
    if sounding <= 0:
        return FASTEST
    return float(np.clip(characters * _SECONDS_A_CHARACTER / sounding, SLOWEST, FASTEST))


def cut_out(timed: Timed, start: int = 0, end: int | None = None) -> Pcm:
    """The characters `start` to `end`, from the pause before to the pause after; trimmed, level."""

    def middle(index: int) -> int:
        return round((timed.starts[index] + timed.ends[index]) / 2 * NATIVE_RATE)

    end = len(timed.text) if end is None else end
    first = middle(start - 1) if start else 0
    last = middle(end) if end < len(timed.text) else len(timed.pcm)
    return levelled(trimmed(timed.pcm[first:last], NATIVE_RATE), NATIVE_RATE)


def _spans(
    sounds: Phonemes, owners: list[int], edges: list[float]
) -> tuple[list[float], list[float]]:
    """Begin and end of each character; one without sound begins where the next one does."""
    count = len(sounds.text)
    starts, ends = [-1.0] * count, [-1.0] * count
    for at, owner in enumerate(owners):
        if starts[owner] < 0:
            starts[owner] = edges[at]
        ends[owner] = edges[at + 1]
    following = edges[len(owners)]
    for index in reversed(range(count)):
        if starts[index] < 0:
            starts[index] = ends[index] = following
        following = starts[index]
    return starts, ends


def _with_pauses(
    pcm: Pcm, text: str, starts: list[float], ends: list[float], pauses: Mapping[str, float]
) -> Timed:
    """Lengthen the silence at each mark to what it is worth."""
    parts: list[Pcm] = []
    cut, moved = 0, 0.0
    begins, finishes = list(starts), list(ends)
    for index in range(len(text) - 1):
        begins[index] = starts[index] + moved
        finishes[index] = ends[index] + moved
        wanted = pause_at(text, index, pauses)
        if not wanted:
            continue
        at, missing, soft = _gap(pcm, starts[index], ends[index], wanted)
        if missing <= 0:
            continue
        before = pcm[cut:at]
        parts += [softened(before, NATIVE_RATE, 0.03) if soft else before]
        parts += [silence(missing, NATIVE_RATE)]
        cut, moved = at, moved + missing
        finishes[index] += missing
    begins[-1:] = [starts[-1] + moved]
    finishes[-1:] = [ends[-1] + moved]
    return Timed(joined([*parts, pcm[cut:]]), text, tuple(begins), tuple(finishes))


def _gap(pcm: Pcm, start: float, end: float, wanted: float) -> tuple[int, float, bool]:
    """Where to put how much silence, and whether the cut goes through sound."""
    first, last = round((start - 0.1) * NATIVE_RATE), round((end + 0.08) * NATIVE_RATE)
    left, right = quiet_run(pcm, NATIVE_RATE, first, last)
    if right - left < _SHORTEST_QUIET:
        return round((start + end) / 2 * NATIVE_RATE), wanted, True
    return (left + right) // 2, wanted - (right - left) / NATIVE_RATE, False
