"""The voice of last resort: pyttsx3 on eSpeak NG.

Its Mandarin is barely intelligible: a recogniser gets every third syllable wrong
(Whisper base, 10 sentences), where of Kokoro it misses one in twenty. It stands in
where no recorded prompt and no Kokoro can speak, so that a station is not silent;
nobody should be served by it for a day. `linli doctor` says so where it is used.

pyttsx3 hangs on its second sentence and cannot be started twice in a process, so
every sentence is spoken by a process of its own, with a time limit.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import soundfile

from .audio import resample
from .errors import ModelUnusable
from .types import Pcm, Speech

NATIVE_RATE = 22_050
"""Samples a second that eSpeak makes."""

WORDS_A_MINUTE = 170
"""eSpeak's measure of speed at which Mandarin comes at 3.5 characters a second."""

_CHILD = Path(__file__).with_name("pyttsx_child.py")
_COMMAND = [sys.executable, "-P", "-W", "ignore", str(_CHILD)]


class Pyttsx:
    """Speaker through pyttsx3; for Mandarin the text is turned into pinyin first.

    `voice` is an eSpeak voice; any but a pinyin one is given the text as it is.
    """

    name = "pyttsx"

    def __init__(self, *, voice: str = "cmn-latn-pinyin", limit: float = 20.0) -> None:
        self.voice = voice
        self.limit = limit

    def say(self, text: str, *, rate: int = 24_000, pace: float = 1.0) -> Speech:
        """Synthesise one sentence. Raises ModelUnusable where eSpeak is missing or hangs."""
        if not text.strip():
            return Speech(np.zeros(0, np.float32), rate, text, "silence")
        with tempfile.TemporaryDirectory(prefix="linli-say-") as folder:
            file = Path(folder) / "said.wav"
            self._run(
                {
                    "text": pinyin(text) if "pinyin" in self.voice else text,
                    "voice": self.voice,
                    "words_a_minute": round(WORDS_A_MINUTE * min(max(pace, 0.5), 2.0)),
                    "file": str(file),
                }
            )
            pcm: Pcm = _trimmed(file) if file.is_file() else np.zeros(0, np.float32)
        if not np.any(pcm):
            raise ModelUnusable(
                f"eSpeak said nothing for {text!r} with the voice {self.voice!r}; "
                "install espeak-ng again, or use the recorded prompts"
            )
        return Speech(resample(pcm, NATIVE_RATE, rate), rate, text)

    def _run(self, order: dict[str, object]) -> None:
        try:
            done = subprocess.run(
                _COMMAND,
                input=json.dumps(order),
                capture_output=True,
                text=True,
                timeout=self.limit,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ModelUnusable(
                f"eSpeak did not finish {order['text']!r} within {self.limit:g} s; "
                "say shorter sentences, or use the recorded prompts"
            ) from error
        if done.returncode:
            why = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ModelUnusable(
                f"the voice of last resort (pyttsx3, eSpeak NG) cannot speak: {why}; "
                "install it with `apt-get install libespeak-ng1`"
            )


def pinyin(text: str) -> str:
    """Chinese as numbered pinyin: given characters, eSpeak reads tone numbers aloud."""
    from pypinyin import Style, lazy_pinyin

    syllables = lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True)
    return " ".join(syllable.replace("v", "ü") for syllable in syllables)


def _trimmed(file: Path) -> Pcm:
    """What was said, without the silence eSpeak adds at both ends."""
    pcm = np.asarray(soundfile.read(file, dtype="float32")[0], np.float32)
    loud = np.flatnonzero(np.abs(pcm) > 0.001)
    if len(loud) == 0:
        return pcm[:0]
    margin = NATIVE_RATE // 20
    return pcm[max(0, loud[0] - margin) : loud[-1] + margin]
