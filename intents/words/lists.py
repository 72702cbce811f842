"""Word lists: a standard word and the ways of saying it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from intents.errors import DataError
from intents.words.data import Macros, load, strings
from intents.words.matcher import Hit, Matcher, longest
from intents.words.template import Text


class WordList:
    """One list: finds its values in a text, longest wording first."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.values: list[str] = []
        self.ways: list[str] = []
        self.matcher: Matcher[str] = Matcher()

    @classmethod
    def load(cls, path: Path, macros: Macros) -> WordList:
        """A list file: `list: name`, `values: {standard: [templates]}`; plain names beside it."""
        data = load(path)
        values = data.get("values")
        if not isinstance(values, dict):
            raise DataError(path, 1, "no `values`", "write `values:` with standard words")
        made = cls(str(data.get("list", path.stem)))
        literal = bool(data.get("literal", True))
        for standard, ways in values.items():
            if not isinstance(standard, str):
                raise DataError(path, 0, f"{standard!r} is no word", "put it in quotes")
            made.values.append(str(standard))
            if literal:
                made.ways.append(str(standard).lower())
                made.matcher.add(Text(str(standard).lower()), str(standard))
            for way in strings(ways or [], path, str(standard)):
                made.ways.append(str(way))
                made.matcher.add(macros.parse(way, path), str(standard))
        made.extend(plain(path.with_suffix(".txt")))
        return made

    def extend(self, words: Sequence[str]) -> None:
        """Add words that are said in no other way, such as a station's own names."""
        for word in words:
            if word and word not in self.values:
                self.values.append(word)
                self.matcher.add(Text(word.lower()), word)

    def find(self, text: str) -> list[Hit[str]]:
        """Values in the order of the text, without those inside longer ones."""
        return longest(self.matcher.find(text))

    def phrases(self) -> Iterator[str]:
        """Every wording, for repair."""
        yield from self.matcher.phrases()


def plain(path: Path) -> list[str]:
    """The words of a text file, `#` begins a remark; none when there is no such file."""
    if not path.exists():
        return []
    lines = path.read_text("utf-8").splitlines()
    return [word for line in lines if not line.startswith("#") for word in line.split()]


def load_lists(folder: Path, macros: Macros) -> Mapping[str, WordList]:
    """All lists of a folder, by the name of their file; each becomes a macro of that name."""
    lists = {path.stem: WordList.load(path, macros) for path in sorted(folder.glob("*.yaml"))}
    for name, words in lists.items():
        macros.named[name] = f"({'|'.join(words.ways)})"
    return lists
