"""Everything the engine knows, read once from its data files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from intents.services import Cue, load_services
from intents.understanding.alone import Alone
from intents.understanding.cues import Evidence, Mood, weigh
from intents.understanding.danger import FILE as JUDGED
from intents.understanding.danger import Danger
from intents.understanding.decide import OUT, Clause
from intents.understanding.emergency import Alarm, Emergencies
from intents.understanding.followup import FollowUp
from intents.understanding.opinion import FILE, Opinion, features
from intents.understanding.surmise import FILE as SURMISED
from intents.understanding.surmise import Surmise
from intents.values.bills import Bills
from intents.values.slots import SlotReaders
from intents.words.data import Macros, load, strings
from intents.words.finished import Endings
from intents.words.lists import load_lists
from intents.words.matcher import Hit, Matcher
from intents.words.normalise import PAUSE
from intents.words.polarity import Polarity
from intents.words.reading import Reader, Reading
from intents.words.senses import Senses


@dataclass(frozen=True, slots=True)
class Traces:
    """What the wordings find in a text."""

    text: str
    """The folded text."""
    moods: list[Hit[str]]
    """Words of asking, of telling, of the past."""
    cues: list[Hit[Cue]]
    """Words and wordings of the services."""


class Knowledge:
    """Services, lists, rules and the readers made of them."""

    def __init__(
        self,
        home: Path,
        region: str,
        extra: Mapping[str, Sequence[str]],
        opinion: Opinion | None = None,
    ) -> None:
        """Read the files below `home`; raises DataError with file and line.

        `opinion` stands in for the learned one while it is being learned.
        """
        rules = home / "rules"
        macros = Macros.load(rules / "macros.yaml")
        self.lists = dict(load_lists(home / "lists", macros))
        for name, words in extra.items():
            if name in self.lists:
                self.lists[name].extend(words)
        self.cues: Matcher[Cue] = Matcher()
        self.services = load_services(home / "services", macros, self.lists, self.cues)
        self.meta = {name for name, service in self.services.items() if service.meta}
        self.emergencies = Emergencies(rules / "emergency.yaml", macros)
        self.moods = _filed(rules / "request.yaml", macros)
        self.joints = _filed(rules / "joints.yaml", macros, "connectives")
        self.absorbs: dict[str, list[str]] = load(rules / "joints.yaml")["absorbs"]
        phrases = [*self.cues.phrases(), *self.emergencies.phrases()]
        for each in self.lists.values():
            phrases.extend(each.phrases())
        named = [value for each in self.lists.values() for value in each.values]
        self.reader = Reader(home, region, phrases, named)
        self.slots = SlotReaders(home, self.lists, self.services)
        self.bills = Bills(load(rules / "slots.yaml"), self.lists["bills"])
        self.senses = Senses(rules / "senses.yaml")
        self.opinion = opinion if opinion is not None else Opinion.load(FILE)
        self.danger = Danger(Opinion.load(JUDGED) if opinion is None else opinion)
        self.surmise = Surmise(
            rules / "surmise.yaml",
            Opinion.load(SURMISED) if opinion is None else opinion,
            lambda text: self.describe(Reading(text, text)),
        )
        self.follow_up = FollowUp(rules / "followup.yaml", self.slots, self.surmise)
        bare = load(rules / "bare.yaml")
        self.bare = re.compile(bare["when"])
        self._not_asked = re.compile(bare["not_asked"])
        self.alone = Alone(bare["alone"], self.lists)
        self.endings = Endings.read(rules / "turn.yaml")
        self.polarity = Polarity(rules / "polarity.yaml", self.reader.plain)

    def traces(self, text: str) -> Traces:
        """What the wordings find in a folded text: looked for once, used by every witness."""
        return Traces(text, self.moods.find(text), self.cues.find(text))

    def weigh(self, traces: Traces) -> dict[str, Evidence]:
        """What a folded text speaks for, strongest first."""
        moods = traces.moods
        mood = Mood(
            tuple(hit.words for hit in moods if hit.payload == "force"),
            tuple(hit.words for hit in moods if hit.payload == "statement"),
        )
        told = [(hit.start, hit.end) for hit in moods if hit.payload == "named"]
        told += [(c.start, c.end) for c in self.clauses(traces) if c.past and not c.force]
        cues = [hit for hit in traces.cues if not self._refused(hit, traces.text)]
        return weigh(cues, mood, told, self.meta | {OUT})

    def _refused(self, hit: Hit[Cue], text: str) -> bool:
        """Whether a wording that asks is turned into its opposite (不来吃了)."""
        if hit.payload.grade != "asks" or hit.payload.intent in (*self.meta, OUT):
            return False
        service = self.services.get(hit.payload.intent)
        if service is None or service.control:
            return False
        return bool(self._not_asked.search(text, 0, hit.start))

    def describe(self, reading: Reading, traces: Traces | None = None) -> tuple[str, ...]:
        """What the opinion looks at."""
        traces = traces or self.traces(reading.text)
        found = [f"mood:{hit.payload}" for hit in traces.moods]
        for hit in traces.cues:
            cue = hit.payload
            found.append(f"cue:{cue.intent}:{cue.grade}")
            if cue.source.startswith("{"):
                found.append("list:" + cue.source[1:].partition(":")[0])
        return features(reading.heard, reading.text, self.senses(reading.text), found)

    def clauses(self, traces: Traces) -> list[Clause]:
        """A folded text cut at its pauses and connectives."""
        text, moods = traces.text, traces.moods
        cuts = {hit.start: hit.words != PAUSE for hit in self.joints.find(text) if hit.start}
        clauses, start, strong = [], 0, False
        for end in [*sorted(cuts), len(text)]:
            here = {hit.payload for hit in moods if start <= hit.start < end}
            clauses.append(
                Clause(start, end, strong, "force" in here, "refers" in here, "past" in here)
            )
            start, strong = end, cuts.get(end, False)
        return clauses

    def alarm(self, reading: Reading) -> Alarm | None:
        """The emergency of a text; after a repair only one that needs no other sign.

        What a repair put in is never sure: 腿不行 sounds like 推不醒.
        """
        found = self.emergencies(reading.heard)
        if found or reading.heard == reading.text:
            return found
        found = self.emergencies(reading.text)
        if found is None or not found.sure or self.emergencies.tone(reading.heard).denied:
            return None
        return replace(found, sure=False, always=False)


def _filed(path: Path, macros: Macros, only: str | None = None) -> Matcher[str]:
    """The templates of a rules file, each under the name of its group."""
    matcher: Matcher[str] = Matcher()
    for name, sources in load(path).items():
        if only is None or name == only:
            for source in strings(sources, path, str(name)):
                matcher.add(macros.parse(source, path), str(name))
    return matcher
