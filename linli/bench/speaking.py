"""How soon Linli speaks, how fast, and how well a recogniser understands it.

The listener is the embedded Whisper base, not an elder: it hears rare words
(names of drugs) worse than people do, and hurried speech better.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

import numpy as np

from linli.pack_listen import in_a_row
from linli.pack_texts import filled
from linli.packing import PACK
from linli.paths import MODELS
from linli.score import Errors, Rate, rate, syllable_errors, syllables
from voices.audio import phone
from voices.compose import parts
from voices.mouth import Mouth
from voices.pack import Entry, Pack, bare
from voices.player import Player
from voices.shape import voiced
from voices.sinks import Loudspeaker, NullSink
from voices.types import RATE, Pcm, Speech
from voices.whisper import Whisper

from .row import Row

_FIRST_SOUND_MS = 50.0
_ERROR = 5.0
_IN_CONTEXT = 4


def run(quick: bool) -> list[Row]:
    """Everything that can be measured without anybody listening."""
    pack = Pack(PACK)
    whisper = Whisper(MODELS / "whisper-base")
    sentences = [entry for entry in pack if entry.kind == "sentence"]
    words = [entry for entry in pack if entry.kind == "word"]
    composed = [text for which in (0, 1, 2) for text in filled(which)]
    step = 6 if quick else 1
    return [
        *_first_sound(pack, sentences, composed),
        *_pace(sentences),
        _coverage(pack, composed),
        _stop(pack, sentences[: 5 if quick else 20]),
        *_whole(whisper, pack, sentences[:: step if quick else 2]),
        _composed(whisper, pack, composed[:: step * 2]),
        _words(whisper, pack, words[:: step * 2] if quick else words),
    ]


def _first_sound(pack: Pack, sentences: Sequence[Entry], composed: Sequence[str]) -> list[Row]:
    """From the question for a sentence to its first samples in hand, files not yet in memory."""
    mouth = Mouth(Pack(pack.directory))
    whole = [_ms(mouth, entry.text) for entry in sentences[:150]]
    known = [text for text in composed if all(p.known for p in parts(text, pack))]
    pieces = [_ms(Mouth(Pack(pack.directory)), text) for text in known[:40]]
    lead = [_lead_ms(pack.get(entry.text)) for entry in pack]
    return [
        _soon("first sound of a recorded sentence, p95", np.percentile(whole, 95), len(whole)),
        _soon("first sound of a composed sentence, p95", np.percentile(pieces, 95), len(pieces)),
        _soon("silence before the first voiced sample, longest", max(lead), len(lead)),
    ]


def _soon(what: str, value: float, n: int) -> Row:
    reached = bool(value <= _FIRST_SOUND_MS)
    return Row(what, round(float(value), 1), "ms", "≤ 50", reached, n, "files not in memory")


def _ms(mouth: Mouth, text: str) -> float:
    start = time.perf_counter()
    next(mouth.stream(text))
    return (time.perf_counter() - start) * 1000


def _lead_ms(speech: Speech | None) -> float:
    return voiced(speech.pcm, speech.rate)[0] / speech.rate * 1000 if speech else 0.0


def _pace(sentences: Sequence[Entry]) -> list[Row]:
    """Characters a second, pauses included; very short sentences say little about pace."""
    long = [entry for entry in sentences if len(syllables(entry.text)) >= 6]
    paces = [len(syllables(entry.text)) / entry.seconds for entry in long]
    low, middle, high = np.percentile(paces, [5, 50, 95])
    longest = max(sentences, key=lambda entry: entry.seconds)
    near = bool(3.0 <= middle <= 4.0)
    seconds = longest.seconds
    return [
        Row("pace, median", round(float(middle), 2), "characters/s", "3.5 ± 0.5", near, len(long)),
        Row(
            "pace, 5 %", round(float(low), 2), "characters/s", "≥ 2.7", bool(low >= 2.7), len(long)
        ),
        Row(
            "pace, 95 %",
            round(float(high), 2),
            "characters/s",
            "≤ 4.2",
            bool(high <= 4.2),
            len(long),
        ),
        Row("longest sentence", seconds, "s", "≤ 8", seconds <= 8, len(sentences), longest.text),
    ]


def _stop(pack: Pack, entries: Sequence[Entry]) -> Row:
    """From `stop` to the last block handed over, and what a device may hold back."""
    player = Player(NullSink())
    waits = []
    for entry in entries:
        speech = pack.get(entry.text)
        if speech is None:
            continue
        play = player.play(speech)
        time.sleep(0.3)
        start = time.perf_counter()
        player.stop()
        play.wait(1)
        waits.append((time.perf_counter() - start + Loudspeaker.LATENCY) * 1000)
    player.close()
    worst = max(waits)
    note = "30 ms of it are what a loudspeaker may hold back"
    return Row("stop → silent, worst", round(worst, 1), "ms", "≤ 50", worst <= 50, len(waits), note)


def _coverage(pack: Pack, composed: Sequence[str]) -> Row:
    known = sum(all(part.known for part in parts(text, pack)) for text in composed)
    share = 100 * known / len(composed)
    return Row(
        "sentences with fields said without rendering",
        round(share, 1),
        "%",
        "≥ 90",
        share >= 90,
        len(composed),
        "fields filled with three sets of everyday values, personal names among them",
    )


def _whole(whisper: Whisper, pack: Pack, entries: Sequence[Entry]) -> list[Row]:
    spoken = [(entry.text, pack.get(entry.text, RATE)) for entry in entries]
    pairs = [(text, speech.pcm) for text, speech in spoken if speech]
    wide = _rate(whisper, pairs)
    narrow = _rate(whisper, [(text, phone(pcm)) for text, pcm in pairs[::2]])
    return [
        _error_row("recorded sentences recognised back", wide, _ERROR),
        _error_row("the same down a telephone", narrow, None),
    ]


def _composed(whisper: Whisper, pack: Pack, texts: Sequence[str]) -> Row:
    """Only what is put together wholly of recorded pieces."""
    known = [text for text in texts if all(part.known for part in parts(text, pack))]
    mouth = Mouth(pack)
    pairs = [(text, mouth.say(text, rate=RATE).pcm) for text in known]
    return _error_row("composed sentences recognised back", _rate(whisper, pairs), None)


def _words(whisper: Whisper, pack: Pack, entries: Sequence[Entry]) -> Row:
    """Words in a row, as a read-back says them; alone, recognisers fail on short words."""
    pairs = []
    for at in range(0, len(entries), _IN_CONTEXT):
        row = entries[at : at + _IN_CONTEXT]
        pairs.append(("，".join(bare(e.text) for e in row), in_a_row(pack, [e.text for e in row])))
    return _error_row("recorded words, four in a row, recognised back", _rate(whisper, pairs), None)


def _rate(whisper: Whisper, pairs: Iterable[tuple[str, Pcm]]) -> Rate:
    return rate([_errors(whisper, text, pcm) for text, pcm in pairs])


def _errors(whisper: Whisper, text: str, pcm: Pcm) -> Errors:
    return syllable_errors(text, whisper.decode(pcm).text)


def _error_row(what: str, found: Rate, target: float | None) -> Row:
    reached = None if target is None else found.percent <= target
    shown = "" if target is None else f"≤ {target:.0f}"
    interval = f"toneless pinyin, Whisper base; 95 % {found.low:.1f}–{found.high:.1f}"
    return Row(what, round(found.percent, 2), "%", shown, reached, found.n, interval)
