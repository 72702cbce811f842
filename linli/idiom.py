"""What elders say, for recognisers that weigh sense beside sound."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from intents import HOME
from intents.services import load_examples
from voices.language import Language

FOLDER = HOME / "examples"
"""Where the sentences are that understanding has learned from, too."""


@cache
def idiom(folder: Path = FOLDER) -> Language:
    """The language of the examples; takes a second, once."""
    names = _rules(folder, "slots")["doctor"]["surnames"]
    return Language(sayings(folder), [*names, *_rules(folder, "emergency")["cries"]])


def sayings(folder: Path = FOLDER) -> Iterator[str]:
    """Every sentence of the examples and of the service files; values and labels are left out."""
    for path in sorted(folder.glob("*.t*")):
        for line in path.read_text("utf-8").splitlines():
            yield line.partition("\t")[2] if path.suffix == ".tsv" else line
    for text, _ in load_examples(folder.parent / "services"):
        yield text


def _rules(folder: Path, name: str) -> Any:
    return yaml.safe_load((folder.parent / "rules" / f"{name}.yaml").read_text("utf-8"))
