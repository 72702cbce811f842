"""Recognisers: what is installed, what can be, fetching one, choosing one, mending one.

A model is put together in a folder of its own and gets its name only when every
file in it is right, so what is there is whole; an older one stays until then.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from voices.types import Recognizer

from . import weights
from .download import Progress, Unreachable, download, room_for
from .errors import UsageError
from .paths import MODELS, SETTINGS
from .receipt import Fault, Receipt, faults
from .recognizers import ModelProblem, Recogniser, catalogue, known
from .unpack import unpack

State = Literal["ready", "damaged", "absent"]

_UNPACKED = 600_000_000
"""Most bytes a model without known sizes may have."""


@dataclass(frozen=True, slots=True)
class Installed:
    """How one recogniser of the catalogue stands on this machine."""

    name: str
    """As in settings and commands."""
    entry: Recogniser
    """What the catalogue says of it."""
    state: State
    """Whole, there but not whole, or not there."""
    trust: str
    """`pinned` or `first_use`; empty where it is not installed."""
    faults: tuple[str, ...]
    """What is not as it must be."""


def installed(root: Path = MODELS, *, deep: bool = False) -> list[Installed]:
    """Every recogniser of the catalogue and how it stands; `deep` reads every byte."""
    return [_standing(name, entry, root, deep=deep) for name, entry in catalogue().items()]


def add(
    name: str,
    root: Path = MODELS,
    progress: Progress | None = None,
    *,
    source: str | None = None,
) -> Path:
    """Fetch and install a recogniser; its folder. One that is whole is left as it is.

    `source` is a mirror's address, or an archive or folder brought on a stick.
    Raises ModelProblem (network, wrong_file, space) and UsageError.
    """
    entry, tell = known(name), progress or _silent
    folder = root / entry.directory
    if entry.source == "setup":
        weights.ensure([entry.weight], progress, models=root)
        return folder
    if source is None and _standing(name, entry, root, deep=True).state == "ready":
        return _adopt(folder, entry)
    with _staged(root, name) as staging:
        fresh = staging / entry.directory
        origin = _bring(name, entry, fresh, staging=staging, tell=tell, source=source)
        _check(name, fresh, entry)
        Receipt.of(fresh, entry, origin).write(fresh)
        _swap(fresh, folder, staging)
    shutil.rmtree(_downloads(root), ignore_errors=True)
    return folder


def use(name: str, settings: Path = SETTINGS, root: Path = MODELS) -> None:
    """Make a recogniser the station's own: one line of station.toml changes, no comment does.

    Raises UsageError for one that is of no use here or settings that are no TOML,
    ModelProblem for one that is not installed or damaged.
    """
    entry = known(name)
    if entry.language != "zh":
        raise UsageError(f"{name} does not understand Chinese; it is there for tests only")
    folder = _ready(name, entry, root)
    if entry.source != "setup":
        _adopt(folder, entry)
    text = settings.read_text("utf-8") if settings.exists() else ""
    fresh = settings.with_name(f"{settings.name}.new")
    fresh.write_text(_with_recognizer(text, name, settings), "utf-8")
    fresh.replace(settings)


def used(settings: Path = SETTINGS) -> str:
    """The recogniser a station uses; `whisper` where its settings say nothing."""
    try:
        data = tomllib.loads(settings.read_text("utf-8"))
    except FileNotFoundError:
        data = {}
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{settings}: {error}; mend the file first") from error
    return str(data.get("speech", {}).get("recognizer", "whisper"))


def remove(name: str, settings: Path = SETTINGS, root: Path = MODELS) -> None:
    """Delete an installed recogniser. Raises UsageError for the one in use and for setup's own."""
    entry = known(name)
    if entry.source == "setup":
        raise UsageError(f"{name} belongs to Linli itself and is not removed")
    if used(settings) == name:
        raise UsageError(f"{name} is in use; run `linli models use whisper` first")
    if not (root / entry.directory).exists():
        raise UsageError(f"{name} is not installed")
    shutil.rmtree(root / entry.directory)


def repair(name: str, root: Path = MODELS, progress: Progress | None = None) -> list[Fault]:
    """Read every byte of a recogniser and fetch it again if need be; what was wrong.

    Raises as `add` does.
    """
    entry = known(name)
    if entry.source == "setup":
        found = weights.problems([entry.weight], deep=True, models=root)
        weights.ensure([entry.weight], progress, models=root)
        return [Fault(error.path, error.expected, error.found) for error in found]
    wrong = faults(root / entry.directory, entry, deep=True)
    if wrong:
        add(name, root, progress)
    return wrong


def open_recognizer(name: str, root: Path = MODELS) -> Recognizer:
    """Load a recogniser. Raises UsageError, ModelProblem and voices.errors.ModelUnusable."""
    entry = known(name)
    folder = _ready(name, entry, root)
    if entry.engine == "whisper":
        from voices.whisper import Whisper

        from .idiom import idiom

        return Whisper(folder, language=idiom())
    if entry.engine == "vosk":
        from voices.vosk import Vosk

        return Vosk(folder, name=name)
    from voices.sherpa import Sherpa

    return Sherpa(folder, family=entry.engine, name=name)


def _standing(name: str, entry: Recogniser, root: Path, *, deep: bool = False) -> Installed:
    folder = root / entry.directory
    if not folder.is_dir():
        return Installed(name, entry, "absent", "", ())
    if entry.source == "setup":
        wrong = [str(error) for error in weights.problems([entry.weight], deep=deep, models=root)]
        trust = "pinned"
    else:
        wrong = [str(fault) for fault in faults(folder, entry, deep=deep)]
        receipt = Receipt.read(folder)
        trust = receipt.trust if receipt else "first_use"
    return Installed(name, entry, "damaged" if wrong else "ready", trust, tuple(wrong))


def _ready(name: str, entry: Recogniser, root: Path) -> Path:
    standing = _standing(name, entry, root)
    if standing.state == "absent":
        mend = "scripts/setup" if entry.source == "setup" else f"linli models add {name}"
        raise ModelProblem(f"{root / entry.directory}: {name} is not installed; run `{mend}`")
    if standing.state == "damaged":
        raise ModelProblem(f"{standing.faults[0]}; run `linli models repair {name}`")
    return root / entry.directory


def _bring(
    name: str, entry: Recogniser, fresh: Path, *, staging: Path, tell: Progress, source: str | None
) -> str:
    """Put the model's files into `fresh`; where they came from."""
    archive = entry.archive
    if archive is None:
        raise UsageError(f"assets/recognizers.yaml: {name} has no archive")
    local = Path(source).expanduser() if source and "://" not in source else None
    limit = sum(file.size or _UNPACKED for file in entry.files.values()) + 50_000_000
    if local and local.is_dir():
        shutil.copytree(local, fresh)
        return str(local)
    if local and not local.is_file():
        raise UsageError(f"{local}: no such file or folder; give the archive or the model's folder")
    room_for((archive.size or 0) + limit, staging)
    try:
        if entry.source == "vosk" and source is None:
            from .vosk_download import fetch

            fetched = fetch(archive.name.removesuffix(".zip"), staging, tell)
            fetched.replace(fresh)
            return archive.name
        place = local or download(
            archive, _downloads(staging.parent), tell, addresses=[source] if source else []
        )
    except Unreachable as error:
        raise Unreachable(f"{error}. {_by_hand(name, entry, staging.parent)}") from error
    unpack(place, fresh, limit=limit, progress=tell)
    return source or archive.addresses[0]


def _by_hand(name: str, entry: Recogniser, root: Path) -> str:
    """What to do without a network; all figures in it are of this recogniser."""
    file = entry.archive.name if entry.archive else ""
    return (
        f"Without a network: fetch {file} elsewhere, bring it on a USB stick and run "
        f"`linli models add {name} --from /path/{file}`; or copy the unpacked folder to "
        f"{root / entry.directory} and run `linli models use {name}`"
    )


def _check(name: str, folder: Path, entry: Recogniser) -> None:
    wrong = faults(folder, entry, deep=True)
    if wrong:
        raise ModelProblem(f"{name} did not arrive as it must be: {wrong[0]}; try again")


def _adopt(folder: Path, entry: Recogniser) -> Path:
    """Write the receipt of a folder that was copied here by hand."""
    if Receipt.read(folder) is None:
        Receipt.of(folder, entry, "copied by hand").write(folder)
    return folder


def _downloads(root: Path) -> Path:
    return root / ".download"


@contextmanager
def _staged(root: Path, name: str) -> Iterator[Path]:
    """A folder on the models' own disk that is gone afterwards, whatever happens."""
    root.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root, prefix=f".{name}-") as staging:
        yield Path(staging)


def _swap(fresh: Path, folder: Path, staging: Path) -> None:
    if folder.exists():
        folder.rename(staging / "old")
    fresh.rename(folder)


def _silent(what: str, done: int, total: int) -> None:
    del what, done, total


def _with_recognizer(text: str, name: str, settings: Path) -> str:
    """The settings with one value changed; everything else stays as it was written."""
    line = f'recognizer = "{name}"'
    section = re.search(r"^\[speech\][^\n]*\n?", text, re.M)
    if section is None:
        changed = f"{text.rstrip()}\n\n[speech]\n{line}\n".lstrip()
    else:
        start = section.end()
        following = re.search(r"^\[", text[start:], re.M)
        end = start + following.start() if following else len(text)
        body, count = re.subn(
            r"""^(\s*recognizer\s*=\s*)("[^"\n]*"|'[^'\n]*')""",
            rf'\g<1>"{name}"',
            text[start:end],
            count=1,
            flags=re.M,
        )
        gap = "" if text[:start].endswith("\n") else "\n"
        changed = text[:start] + (body if count else f"{gap}{line}\n{body}") + text[end:]
    try:
        chosen = tomllib.loads(changed)["speech"]["recognizer"]
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as error:
        raise UsageError(
            f"{settings}: the line {line} could not be set ({error}); mend the file first"
        ) from error
    if chosen != name:
        raise UsageError(f"{settings}: set {line} under [speech] by hand")
    return changed
