"""How likely Whisper itself finds certain words in a piece of speech.

Its decoder is made to write each text, and how likely it was to write so is read off.
It has heard hundreds of thousands of hours of how words sound, tones included, and of which
there are: 成都 is far likelier to it than 成的, where the sound map hears them alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np

from .whisper import Whisper

_TASK: Final = ("<|startoftranscript|>", "<|zh|>", "<|transcribe|>")
_NEVER: Final = 1e-9


def spelled(whisper: Whisper, view: Any, frames: int, texts: Sequence[str]) -> list[float]:
    """Log-probability of each of `texts`, in simplified or traditional characters.

    `view` is the encoder's, of shape (1, n, 512), `frames` how much of it is speech.
    A text nothing can be written of has 0.
    """
    import ctranslate2

    if not texts:
        return []
    ways = [(place, way) for place, text in enumerate(texts) for way in _ways(text)]
    tokens = [whisper.tokenizer.encode(way, add_special_tokens=False).ids for _, way in ways]
    views = ctranslate2.StorageView.from_array(np.repeat(np.array(view), len(ways), axis=0))
    task = [whisper.tokenizer.token_to_id(word) for word in _TASK]
    found = whisper.model.align(views, task, tokens, [frames] * len(ways))
    likely = [-np.inf] * len(texts)
    for (place, _), one in zip(ways, found, strict=True):
        chances = np.maximum(np.array(one.text_token_probs), _NEVER)
        likely[place] = max(likely[place], float(np.log(chances).sum()))
    return likely


def _ways(text: str) -> Sequence[str]:
    """As it is written, and in traditional characters where those differ."""
    import zhconv

    return tuple(dict.fromkeys((text, zhconv.convert(text, "zh-tw"))))
