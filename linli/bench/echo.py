"""Linli's own voice in its microphone: is it ever taken for the elder's?

Half duplex is measured as the kiosk does it: prompts are played into a room, come back
into the microphone quieter and later, with a second of reverberation, and whatever
the ears catch of them is counted. Nothing is real time, so load does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Final

import numpy as np

from intents.types import Ask, Heard, Noise
from station.settings import Settings
from voices.listener import Listener
from voices.shape import resampled
from voices.sources import PIECE
from voices.types import RATE, Pcm, Recognizer

from ..ears import Ears
from ..gate import TAIL_S, Gate
from ..mouths import load_mouth
from ..pack_texts import wanted
from ..wiring import load_engine, load_recognizer
from .row import Row

LEVELS_DB: Final = (-6.0, -12.0, -24.0)
"""How much quieter the loudspeaker comes back; −6 dB is a microphone beside it, turned up."""
DELAYS_S: Final = (0.05, 0.2, 0.35)
"""How much later: a good card, a slow one, a loudspeaker on HDMI."""
_LATENCY_S: Final = 0.03
"""What the player already waits for."""
_AFTER_S: Final = 4.0
"""The microphone is listened to so long after the prompt."""
_NOISE: Final = 0.0015
"""Of the room, RMS."""
_RT60_S: Final = 0.6
"""How long a bare room rings."""


def run(quick: bool) -> list[Row]:
    """With the gate, with a gate that opens at once, and without any."""
    settings = Settings.load(None)
    recognizer, engine = load_recognizer(settings), load_engine(settings)
    prompts = list(_prompts(settings, 3 if quick else 12))
    rows = []
    for name, tail in (
        (f"gate with a tail of {TAIL_S} s", TAIL_S),
        ("gate that opens with the last sample", 0.0),
        ("no gate", None),
    ):
        some = prompts if tail is not None else prompts[: 1 if quick else 3]
        cases = list(product(some, LEVELS_DB, DELAYS_S))
        caught = sum(
            _caught(prompt, level, delay, tail, recognizer, engine.emergency)
            for prompt, level, delay in cases
        )
        ours = tail == TAIL_S
        rows.append(
            Row(f"own voice taken for the elder's, {name}", caught, "prompts",
                "0" if ours else "", caught == 0 if ours else None, len(cases),
                "echo −6 to −24 dB, 50 to 350 ms late, ringing 0.6 s")
        )  # fmt: skip
    return rows


def _prompts(settings: Settings, most: int) -> Iterator[Pcm]:
    """Sentences as they are played, spread over the pack."""
    every = sorted(each.text for each in wanted() if each.kind == "sentence")
    mouth = load_mouth(settings)
    try:
        for text in every[:: max(1, len(every) // most)][:most]:
            said = mouth.say(text)
            yield resampled(said.pcm, said.rate, RATE)
    finally:
        mouth.close()


def _caught(  # noqa: PLR0917 - a case is all of these
    prompt: Pcm,
    level_db: float,
    delay: float,
    tail: float | None,
    recognizer: Recognizer,
    emergency: object,
) -> bool:
    """Whether anything was caught of one prompt."""
    sound = in_the_room(prompt, level_db, delay)
    end = len(prompt) / RATE + _LATENCY_S
    listener = Listener(recognizer, wait=True)
    ears = Ears(listener, None, emergency)  # type: ignore[arg-type]
    gate = Gate(tail or 0.0)
    ears.expect(Ask("service"))
    caught = False
    for at in range(0, len(sound) - PIECE, PIECE):
        now = at / RATE
        closed = tail is not None and gate.closed(now, speaking=now < end)
        if listener.muted and not closed:
            ears.expect(Ask("service"))
        listener.muted = closed
        for event in ears.feed(sound[at : at + PIECE]):
            caught = caught or bool(event.partial) or isinstance(event.event, Heard | Noise)
        if caught:
            break
    listener.close()
    return caught


def in_the_room(prompt: Pcm, level_db: float, delay: float) -> Pcm:
    """What the microphone hears of a prompt, and some seconds more; mono float32 at 16 kHz."""
    chance = np.random.default_rng(7)
    ring = chance.normal(0, 1, RATE).astype(np.float32)
    ring *= 10 ** (-3 * np.arange(RATE) / RATE / _RT60_S)
    ring *= 0.5 / np.sqrt(np.sum(ring**2))
    ring[0] = 1.0
    size = len(prompt) + RATE
    wet = np.fft.irfft(np.fft.rfft(prompt, 2 * size) * np.fft.rfft(ring, 2 * size))[:size]
    late = round(delay * RATE)
    whole = np.zeros(len(prompt) + round((_AFTER_S + delay) * RATE) + RATE, np.float32)
    whole[late : late + size] = wet * 10 ** (level_db / 20)
    return np.asarray(whole + chance.normal(0, _NOISE, len(whole)), np.float32)
