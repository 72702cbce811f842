"""A release: Linli's own files under one name, as bundles carry and stations keep them."""

from __future__ import annotations

import platform
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

from .errors import UsageError
from .paths import SOURCE

NOTE: Final = "RELEASE"
"""The file in a release's folder that says which it is, one `key=value` a line."""
_KEYS: Final = ("name", "version", "commit", "machine", "python", "debian")


@dataclass(frozen=True, slots=True)
class Release:
    """Which Linli this is, and for which machine it was packed."""

    name: str
    """Version, day and commit, as folders are called: 0.1.0-20261122-1a14be4."""
    version: str
    """Of the package."""
    commit: str
    """Of the source; empty where it is not known."""
    machine: str
    """Kind of processor, as `uname -m` says."""
    python: str
    """3.11, …: for which its packages are."""
    debian: str
    """Codename of the Debian its system packages are for; empty for none."""

    def text(self) -> str:
        """As `NOTE` holds it."""
        return "".join(f"{key}={getattr(self, key)}\n" for key in _KEYS)

    @classmethod
    def read(cls, file: Path) -> Self:
        """From a note. Raises UsageError when it is none."""
        try:
            lines = file.read_text("utf-8").splitlines()
            told = dict(line.split("=", 1) for line in lines if line)
            return cls(**told)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise UsageError(
                f"{file} does not say which Linli this is ({error}): give a folder that"
                " `linli bundle` made, or a checkout"
            ) from error

    @classmethod
    def of(cls, source: Path = SOURCE) -> Self:
        """The one whose files lie in `source`: by its note, else by its commit."""
        if (source / NOTE).is_file():
            return cls.read(source / NOTE)
        version = _version(source)
        day, commit = _commit(source)
        return cls(
            "-".join(filter(None, (version, day, commit))),
            version,
            commit,
            platform.machine(),
            f"{sys.version_info.major}.{sys.version_info.minor}",
            os_release().get("VERSION_CODENAME", ""),
        )


def os_release(file: Path = Path("/etc/os-release")) -> Mapping[str, str]:
    """What the machine says of its system."""
    if not file.is_file():
        return {}
    pairs = (line.split("=", 1) for line in file.read_text("utf-8").splitlines() if "=" in line)
    return {key: value.strip('"') for key, value in pairs}


def _version(source: Path) -> str:
    """As the program's own project file says. Raises UsageError where there is none."""
    file = source / "pyproject.toml"
    try:
        project = tomllib.loads(file.read_text("utf-8"))["project"]
    except (OSError, KeyError, tomllib.TOMLDecodeError) as error:
        raise UsageError(
            f"{source} is neither a bundle nor a checkout of Linli ({error}): give one of them"
        ) from error
    if project.get("name") != "linli":
        raise UsageError(f"{file}: this is {project.get('name')}, not linli: give its checkout")
    return str(project["version"])


def _git(source: Path, *words: str) -> str:
    done = subprocess.run(
        ["git", "-C", source, *words], capture_output=True, text=True, check=False
    )
    return done.stdout if done.returncode == 0 else ""


def _commit(source: Path) -> tuple[str, str]:
    """Day and short name of the source's commit; empty where there is no git."""
    if not (source / ".git").exists():
        return "", ""
    day, _, commit = _git(source, "log", "-1", "--format=%cd %h", "--date=format:%Y%m%d").partition(
        " "
    )
    return day, commit.strip()


def files(source: Path = SOURCE) -> list[str]:
    """The program's own files, as paths inside `source`: what is committed, or what was packed.

    Raises UsageError where neither git nor a note can tell.
    """
    if (source / NOTE).is_file():
        return list(_packed(source))
    found = _git(source, "ls-tree", "-r", "--name-only", "-z", "HEAD").split("\0")
    if not any(found):
        raise UsageError(f"{source}: neither a checkout with git nor a release: cannot be packed")
    return [name for name in found if name]


_OTHER: Final = frozenset({".venv", "var", "models", "__pycache__", ".git"})
"""What grows beside a program that runs, and is not it."""


def _packed(source: Path) -> Iterator[str]:
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        if path.is_file() and not _OTHER & set(inside.parts) and ".egg-info" not in str(inside):
            yield inside.as_posix()


def pack(archive: Path, source: Path = SOURCE) -> Release:
    """Write the program as a tar file, with its note; gives what it is."""
    release = Release.of(source)
    if (source / NOTE).is_file() or not (source / ".git").exists():
        with tarfile.open(archive, "w") as ball:
            for name in files(source):
                ball.add(source / name, name)
        return release
    done = subprocess.run(
        ["git", "-C", source, "archive", "--format=tar", "-o", archive.absolute(), "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UsageError(f"{source}: git cannot pack it: {done.stderr.strip()}")
    return release
