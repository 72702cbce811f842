"""The sounds of Mandarin as elders make them: initials and finals without tones.

Sounds that many accents do not tell apart are one here: zh = z, ch = c, sh = s,
-ing = -in, -eng = -en. Words a general dictionary reads wrongly follow
`pronounce.yaml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import yaml

INITIALS: Final = tuple("bpmfdtnlgkhjqxrzcs")
FINALS: Final = (
    "a", "e", "ai", "ei", "ao", "ou", "an", "en", "ang", "ong", "i",
    "ih", "ia", "ie", "iao", "iu", "ian", "in", "iang", "iong", "u", "ua",
    "uo", "uai", "ui", "uan", "un", "uang", "v", "ve", "van", "vn", "er",
)  # fmt: skip
UNITS: Final = ("_", *INITIALS, *FINALS)
"""What the sound map tells apart; the first is "nothing new here"."""

_PLACE: Final = {unit: place for place, unit in enumerate(UNITS)}
_RETROFLEX: Final = {"zh": "z", "ch": "c", "sh": "s"}
_BARE: Final = {
    "yi": "i", "ya": "ia", "yo": "uo", "ye": "ie", "yao": "iao", "you": "iu", "yan": "ian",
    "yin": "in", "yang": "iang", "ying": "in", "yong": "iong", "yu": "v", "yue": "ve",
    "yuan": "van", "yun": "vn", "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "ui",
    "wan": "uan", "wen": "un", "wang": "uang", "weng": "ong", "n": "en", "ng": "en", "m": "en",
    "hm": "en", "o": "uo", "eng": "en",
}  # fmt: skip
_MERGED: Final = {"ing": "in", "eng": "en", "ue": "ve", "o": "uo", "ueng": "ong"}
_DIGITS: Final = str.maketrans("0123456789", "零一二三四五六七八九")
_HANZI: Final = re.compile(r"[\u3400-\u9fff]+")
_PRONOUNCE: Final = Path(__file__).with_name("pronounce.yaml")


@lru_cache(4096)
def sounds_of(text: str) -> tuple[str, ...]:
    """The sounds of Chinese `text`; what is not Chinese has none."""
    return tuple(sound for piece in _syllables(text) for sound in syllable_sounds(piece))


def places_of(text: str) -> list[int]:
    """The sounds of `text` as places in `UNITS`."""
    return [_PLACE[sound] for sound in sounds_of(text)]


def syllable_sounds(pinyin: str) -> tuple[str, ...]:
    """Initial and final of one toneless pinyin syllable, e.g. zhong → z ong."""
    pinyin = pinyin.lower().replace("ü", "v")
    if pinyin in _BARE:
        return (_BARE[pinyin],)
    initial = pinyin[:2] if pinyin[:2] in _RETROFLEX else pinyin[:1]
    final = pinyin[len(initial) :]
    initial = _RETROFLEX.get(initial, initial)
    if initial not in INITIALS:
        return (pinyin,) if pinyin in FINALS else ()
    if initial in "jqx" and final.startswith("u"):
        final = "v" + final[1:]
    if initial in "zcsr" and final == "i":
        final = "ih"
    final = _MERGED.get(final, final)
    return (initial, final) if final in FINALS else (initial,)


def _syllables(text: str) -> Iterator[str]:
    from pypinyin import Style, lazy_pinyin

    fixed = _readings()
    for run in _HANZI.findall(text.translate(_DIGITS)):
        for piece in re.split(f"({'|'.join(map(re.escape, fixed))})", run):
            if piece in fixed:
                yield from fixed[piece]
            elif piece:
                yield from lazy_pinyin(piece, style=Style.NORMAL)


@cache
def _readings() -> dict[str, list[str]]:
    """The words of `pronounce.yaml`, longest first, with toneless syllables."""
    words = yaml.safe_load(_PRONOUNCE.read_text("utf-8"))
    return {
        word: re.sub(r"\d", "", str(pinyin)).split()
        for word, pinyin in sorted(words.items(), key=lambda item: -len(item[0]))
        if _HANZI.fullmatch(word)
    }
