"""How fast to speak with somebody: a little like they do.

Who speaks slowly is spoken to slowly; nobody is spoken to faster than the
station has set. It follows in small steps, so that one short answer changes little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from .limits import limit

USUAL: Final[float] = limit("speech.characters_per_s")
"""Characters a second at which nothing is changed; what the prompts are recorded at."""
SLOWEST: Final = 0.8
"""Never slower than this part of the station's pace."""
SHORTEST: Final = 5
"""Characters; less says nothing of somebody's pace."""
STEP: Final = 0.5
"""How much of the way is gone with each sentence."""

_HANZI = re.compile(r"[\u4e00-\u9fff]")


@dataclass(slots=True)
class Pace:
    """The pace in one talk; multiplies the station's."""

    factor: float = 1.0
    """1.0: as recorded, less is slower."""

    def heard(self, text: str, seconds: float) -> float:
        """A sentence took so long to say; gives the pace from now on."""
        characters = len(_HANZI.findall(text))
        if characters >= SHORTEST and seconds > 0:
            wanted = min(1.0, max(SLOWEST, characters / seconds / USUAL))
            self.factor += STEP * (wanted - self.factor)
        return self.factor
