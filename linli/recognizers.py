"""The recognisers a station can choose from, read from `assets/recognizers.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import LinliError, UsageError
from .paths import ASSETS

PATH = ASSETS / "recognizers.yaml"
WORDS = ASSETS / "text" / "models.yaml"


class ModelProblem(LinliError):
    """A recogniser that is not there, is damaged, or cannot be fetched."""

    code = "model"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Pinned(_Data):
    """What one file of an installed model must be."""

    size: int | None = Field(None, gt=0)
    """Bytes; None: whatever the first download had."""
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")
    """Of the whole file; None: whatever the first download had."""


class Archive(Pinned):
    """The file that is downloaded."""

    name: str
    """Its file name, also on a USB stick."""
    addresses: tuple[str, ...] = ()
    """Where it lies, tried in this order."""


class Recogniser(_Data):
    """One recogniser."""

    engine: Literal["whisper", "vosk", "sense_voice", "paraformer"]
    """The code that runs it."""
    directory: str
    """Its folder under `models/`."""
    language: Literal["zh", "ko"]
    """What it understands."""
    source: Literal["setup", "archive", "vosk"]
    """Who fetches it: scripts/setup, the downloader here, or vosk's own."""
    licence: str
    """Of the weights."""
    archive: Archive | None = None
    """What is downloaded; None with source `setup`."""
    files: Mapping[str, Pinned] = Field(default_factory=dict)
    """Files that must be there, by path inside the folder."""
    weight: str = ""
    """Its name in `assets/weights.yaml`, with source `setup`."""

    megabytes: int = 0
    """What has to be downloaded, in millions of bytes; 0 for what setup brings."""


@lru_cache(maxsize=8)
def catalogue(path: Path = PATH) -> Mapping[str, Recogniser]:
    """Every recogniser by name. Raises UsageError naming the file and the faulty entry."""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        return {str(name): Recogniser(**entry) for name, entry in data.items()}
    except (yaml.YAMLError, AttributeError, TypeError, ValidationError) as error:
        raise UsageError(f"{path} is not a list of recognisers: {error}") from error


def known(name: str, path: Path = PATH) -> Recogniser:
    """One recogniser. Raises UsageError for a name that is not in the catalogue."""
    try:
        return catalogue(path)[name]
    except KeyError:
        names = ", ".join(catalogue(path))
        raise UsageError(f"There is no recogniser called {name!r}; there are: {names}.") from None


@lru_cache(maxsize=1)
def words() -> Mapping[str, Any]:
    """What people are told about the recognisers, in Chinese."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.read_text("utf-8"))
    return loaded
