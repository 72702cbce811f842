"""Whether something is wrong now: the wordings of emergencies and the opinion, weighed together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from intents.understanding.decide import OUT
from intents.understanding.emergency import Alarm, Tone
from intents.understanding.knowledge import Knowledge
from intents.words.reading import Reading

_DOUBTED = 0.3
"""Below this likelihood even a plain wording of an emergency is a tale …"""
_TALE = 0.5
"""… when it is so likely that nothing is asked for."""
_LASTING = 0.2
"""… or something that has lasted long."""
_HARDLY = 0.02
"""Below this likelihood it is none, where nobody calls for help: 血压药压不住，能不能加一片."""
_BACKED = 0.2
"""A wording that needs a sign of now is believed from this likelihood on."""
_BRIEF, _OWN = 12, 0.1
"""Who says so few characters of themselves is believed from this likelihood on (我胯摔断了)."""
_CERTAIN = 0.97
"""… or this, when the talk is about the talk itself, or the words speak against an alarm."""
_HEARD = 0.5
"""From this likelihood on the second judge is heard as well …"""
_ALONE = 1.35
"""… and from these log odds of both an alarm is raised without any known wording."""
_FEW = 8
"""Characters: so few tell little, and nearly every cry so short is a known wording …"""
_TERSE = 2.35
"""… so for them it must be this likely, and where no word has a sense that tells of danger."""
_WORRYING = 0.5
"""From these log odds on somebody who is heard is asked whether help is wanted."""
_TELLING = 0.7
"""From this likelihood on the rest of the words tells what a mere cry for help is about."""
_ANY = "other"
_SELF = "k:self"
"""The feature of words for the speaker."""


class Alarms:
    """Decides on an alarm and its kind."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge

    def __call__(
        self, reading: Reading, likely: Mapping[str, float], features: Sequence[str]
    ) -> Alarm | None:
        """The alarm of a text; None when there is none.

        `features` are what the opinion looked at, `likely` is what it made of them.
        """
        known = self._knowledge
        chance = likely.get("emergency", 0.0)
        worded = known.alarm(reading)
        if worded is None and chance < _HEARD:
            return None
        tone = known.emergencies.tone(reading.heard)
        own = len(reading.heard) <= _BRIEF and _SELF in features and not tone.doubtful
        believed = worded is not None and _believed(worded, tone, likely, own=own)
        if worded is not None and believed and not self._told(worded, features):
            return self._named(worded, features) if worded.kind == _ANY else worded
        tells = known.emergencies.telling.intersection(features)
        if not self._alone(reading.heard if tells else "", tone, chance, features):
            return None
        return self._guessed(reading, features)

    def worry(
        self, reading: Reading, likely: Mapping[str, float], features: Sequence[str]
    ) -> Alarm | None:
        """What is too doubtful for an alarm, and yet likely enough to ask; else None."""
        known, chance = self._knowledge, likely.get("emergency", 0.0)
        if chance < _HEARD or known.emergencies.tone(reading.heard).calm:
            return None
        if known.danger.together(chance, features) < _WORRYING:
            return None
        return self._guessed(reading, features)

    def _guessed(self, reading: Reading, features: Sequence[str]) -> Alarm:
        kind = next(iter(self._knowledge.opinion(features, "kind")), _ANY)
        return Alarm(kind, reading.heard, False)

    def _told(self, worded: Alarm, features: Sequence[str]) -> bool:
        """Whether a wording of danger stands in what is only a tale to the second judge."""
        return not worded.always and self._knowledge.danger.tale(features)

    def _alone(self, text: str, tone: Tone, chance: float, features: Sequence[str]) -> bool:
        """Whether both judges are believed though no wording speaks for an alarm.

        `text` is empty where nothing in it tells of danger.
        """
        doubtful = tone.doubtful and chance < _CERTAIN
        if chance < _HEARD or tone.calm or doubtful:
            return False
        least = _ALONE if len(text) > _FEW else _TERSE
        return self._knowledge.danger.together(chance, features) >= least

    def _named(self, cry: Alarm, features: Sequence[str]) -> Alarm:
        """A cry for help, and what it is where the rest of the words tell."""
        kind, chance = next(iter(self._knowledge.opinion(features, "kind").items()), (_ANY, 1.0))
        return replace(cry, kind=kind) if chance >= _TELLING else cry


def _believed(worded: Alarm, tone: Tone, likely: Mapping[str, float], *, own: bool) -> bool:
    """Whether a wording alarms, given what the opinion makes of the whole.

    `own`: it is said of the speaker in few words.
    """
    chance = likely.get("emergency", 0.0)
    if worded.always:
        return True
    if not worded.sure:
        return chance >= _BACKED
    if chance < _HARDLY and not tone.pressing:
        return False
    if chance < _LASTING and tone.chronic:
        return False
    return chance >= (_OWN if own else _DOUBTED) or likely.get(OUT, 0.0) < _TALE
