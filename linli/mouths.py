"""The mouth of a station: the pack first, Kokoro behind it, the last resort behind that."""

from __future__ import annotations

from station.settings import Settings
from voices.cache import SpeechCache
from voices.kokoro import Kokoro
from voices.mouth import Mouth
from voices.pack import Pack
from voices.types import Speaker

from .packing import VOICE
from .paths import ASSETS, MODELS, VAR


def load_mouth(settings: Settings, engine: Speaker | None = None) -> Mouth:
    """The mouth that speaks with the station's voice; `engine` renders what nobody recorded.

    The pack is recorded in one voice: with another, everything is rendered, and
    the first time a sentence is said its listeners wait for it.
    """
    from voices.pyttsx import Pyttsx

    voice = settings.speech.voice
    return Mouth(
        Pack(ASSETS / "pack" if voice == VOICE else None),
        engine or Kokoro(MODELS / "kokoro", voice=voice),
        cache=SpeechCache(VAR / "speech-cache", maker=voice),
        fallback=Pyttsx(),
    )
