"""Text from noise: there must be none.

Thresholds were chosen on the odd-numbered sounds, the even-numbered ones are
held out. Sounds go the whole way: voice activity, recogniser, guards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from linli.bench.row import Row
from linli.clips import CLIPS, load
from linli.idiom import idiom
from linli.paths import MODELS
from linli.score import share
from voices.audio import phone, read
from voices.listener import Listener, PartialText, TurnEnded
from voices.noise import Noise, noises, television
from voices.types import Channel, Pcm, Recognizer
from voices.vad import voiced_seconds
from voices.whisper import Whisper

MANIFEST = CLIPS / "hearing" / "manifest.json"


def run(quick: bool) -> list[Row]:
    """Noises that gave text, tuned and held-out half, both channels; quick: fewer of a kind."""
    whisper = Whisper(MODELS / "whisper-base", language=idiom())
    sounds = sounds_of(2 if quick else 6)
    halves = {
        "chosen on": [sound for sound in sounds if _odd(sound)],
        "held out": [sound for sound in sounds if not _odd(sound)],
        "real recordings, held out": list(recorded()),
    }
    rows = []
    for name, half in halves.items():
        rows.append(
            _row(f"noises that gave text, {name}", whisper, half, binding=name != "chosen on")
        )
    if not quick:
        rows.append(_without_voice_activity(whisper, halves["held out"]))
        rows.append(_unguarded(whisper, halves["held out"]))
        rows.append(_row("far television that gave text", whisper, televisions(), binding=False))
    return rows


def sounds_of(each: int) -> list[Noise]:
    """`each` sounds of every kind and twice as many babbles."""
    return list(noises([clip.pcm() for clip in load(MANIFEST)[::5]], each=each))


def televisions(n: int = 12) -> list[Noise]:
    """Real words from across the room; no guard can know that nobody meant them."""
    import numpy as np

    speech = [clip.pcm() for clip in load(MANIFEST)[::5]]
    return [
        Noise(f"television-{number}", television(np.random.default_rng(number), speech))
        for number in range(1, n + 1)
    ]


def recorded() -> Iterator[Noise]:
    """The few real sounds on every station: those that come with pygame."""
    import pygame

    folder = Path(pygame.__file__).parent / "examples" / "data"
    for path in sorted([*folder.glob("*.wav"), *folder.glob("house_lo.ogg")]):
        yield Noise(f"{path.name}-0", read(path)[: 16 * 16_000])


def text_of(recognizer: Recognizer, pcm: Pcm, channel: Channel) -> str:
    """Everything a listener would have told about a sound, partial texts too."""
    listener = Listener(recognizer, channel=channel, wait=True)
    heard = phone(pcm) if channel == "phone" else pcm
    events = listener.feed(_followed_by_silence(heard))
    listener.close()
    texts = [event.transcript.text for event in events if isinstance(event, TurnEnded)]
    texts += [event.text for event in events if isinstance(event, PartialText)]
    return " ".join(text for text in texts if text)


def _row(name: str, recognizer: Recognizer, sounds: Sequence[Noise], *, binding: bool) -> Row:
    told = [
        f"{sound.name}/{channel}: {text}"
        for sound in sounds
        for channel in _channels()
        if (text := text_of(recognizer, sound.pcm, channel))
    ]
    found = share(len(told), 2 * len(sounds))
    note = f"both channels; 95 % {found}" + "".join(f"; {text}" for text in told)
    target, reached = ("0", not told) if binding else ("", None)
    return Row(name, len(told), "count", target, reached, found.n, note)


def _without_voice_activity(whisper: Whisper, sounds: Sequence[Noise]) -> Row:
    decoded = [whisper.decode(sound.pcm) for sound in sounds]
    passed = sum(not piece.guard for piece in decoded)
    voiced = sum(voiced_seconds(sound.pcm) >= 0.25 for sound in sounds)
    note = f"each guard alone; voice activity alone lets {voiced} of {len(sounds)} pass"
    return Row("held-out noises past the text guards", passed, "count", n=len(sounds), note=note)


def _unguarded(whisper: Whisper, sounds: Sequence[Noise]) -> Row:
    texts = [whisper.decode(sound.pcm).text for sound in sounds]
    return Row("held-out noises with text, unguarded", sum(map(bool, texts)), "count", n=len(texts))


def _followed_by_silence(pcm: Pcm) -> Pcm:
    import numpy as np

    return np.concatenate([pcm, np.zeros(3 * 16_000, np.float32)])


def _channels() -> tuple[Channel, Channel]:
    return ("kiosk", "phone")


def _odd(sound: Noise) -> bool:
    return int(sound.name.rsplit("-", 1)[1]) % 2 == 1
