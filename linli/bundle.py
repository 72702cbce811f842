"""`linli bundle`: everything a station needs in one folder, for a machine that has no network.

The folder goes onto a USB stick of any kind: no links, no rights, no file beyond 4 GB. It
may be stopped and begun again; what is there and right is kept. `SHA256SUMS` is written
last: without it a bundle is not whole.
"""

from __future__ import annotations

import re
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ivr.tree import Tree

from . import apt_room, catalogue, signature, weights
from .fetch import FetchError, run_client, sha256
from .models import installed
from .paths import ASSETS, MODELS, SOURCE, VAR
from .release import NOTE, Release, pack
from .sealed import ANSWERS, PART, SIGNATURE, SUMS, BundleError, Tell, code, files, seal, sizes

PROGRAM: Final = "linli.tar"
ASTERISK: Final = "asterisk.tar.gz"
KEY_FILE: Final = VAR / signature.KEY
"""The maker's own; never in a bundle."""
_LOCKS: Final = ("build.txt", "run.txt")
_LISTS: Final = ("apt.txt", "apt-kiosk.txt")
_SOURCE_ONLY: Final = "jieba,lunar-python,srt,zhconv"
"""Packages that exist as source only; built where they are installed."""
_MARGIN: Final = 300_000_000
_ROOM: Final = 1_600_000_000
"""Bytes a bundle may have: told before it is begun."""


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that is whole."""

    folder: Path
    """Where it lies."""
    release: Release
    """What it brings."""
    sizes: dict[str, int]
    """Part → bytes."""
    maker: str
    """The code of whoever made it."""
    code: str
    """The code of this very bundle."""

    @property
    def size(self) -> int:
        """Bytes of all of it."""
        return sum(self.sizes.values())


def make(
    out: Path,
    tell: Tell,
    *,
    models: Path = MODELS,
    source: Path = SOURCE,
    key: Path = KEY_FILE,
    system: bool = True,
) -> Bundle:
    """Make a bundle in `out`, or finish one; `system`: with Debian's packages.

    `key` is the maker's, made where there is none. Raises BundleError, FetchError, WeightError
    or SignatureError; what has arrived stays for the next try.
    """
    _fits(out)
    for name in (SIGNATURE, SUMS):
        (out / name).unlink(missing_ok=True)
    signature.publish(signature.new_key(key), out / signature.PUBLIC)
    weights.verify(models=models)
    release = _program(out, source)
    tell(f"linli {release.name}")
    wheels(out / "wheels", source / "requirements", tell)
    _weights(out / "models", models, tell)
    _asterisk(out, Tree(models / "asterisk"), tell)
    if system:
        debs(out / "debs", wanted(source / "requirements"), tell)
    for name in ("install", "README.txt"):
        shutil.copyfile(ASSETS / "bundle" / name, out / name)
    if not (out / ANSWERS).exists():
        shutil.copyfile(ASSETS / "bundle" / ANSWERS, out / ANSWERS)
    (out / NOTE).write_text(release.text(), "utf-8")
    seal(out, tell, key)
    return Bundle(
        out, release, sizes(out), signature.fingerprint(out / signature.PUBLIC), code(out)
    )


def wanted(requirements: Path) -> list[str]:
    """Names of the system packages of a station."""
    lines = (line for name in _LISTS for line in (requirements / name).read_text().splitlines())
    return [name for line in lines if (name := line.partition("#")[0].strip())]


def wheels(into: Path, requirements: Path, tell: Tell) -> list[Path]:
    """Every locked package for this kind of machine, by hash; others are taken away.

    Raises FetchError.
    """
    into.mkdir(parents=True, exist_ok=True)
    command = [
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "download"),
        *("--no-deps", "--require-hashes", "--no-build-isolation", "--progress-bar", "off"),
        *("--only-binary", ":all:", "--no-binary", _SOURCE_ONLY, "--dest", str(into)),
    ]
    for lock in _LOCKS:
        command += ["-r", str(requirements / lock)]
    total = len(_pins(requirements))
    begun = 0

    def took(line: str) -> bool:
        nonlocal begun
        if line.startswith("Collecting "):
            begun += 1
            if begun % 20 == 0 or begun == total:
                tell(f"packages: {begun} of {total}")
            return True
        return False

    with tempfile.TemporaryDirectory(dir=into.parent, prefix=".pip-") as room:
        code, said = run_client(command, {"TMPDIR": room}, took)
    if code:
        raise _not_fetched(said)
    known = {mark for marks in _pins(requirements).values() for mark in marks}
    found = sorted(path for path in into.iterdir() if path.is_file())
    for path in [path for path in found if sha256(path) not in known]:
        path.unlink()
    return [path for path in found if path.exists()]


def _pins(requirements: Path) -> dict[str, frozenset[str]]:
    """Package and version → the hashes it may have."""
    text = "\n".join((requirements / lock).read_text("utf-8") for lock in _LOCKS)
    entries = re.findall(r"^([A-Za-z0-9._-]+==[^\s\\;]+)((?:[^\n]*\\\n)*[^\n]*)", text, re.M)
    return {name: frozenset(re.findall(r"sha256:([0-9a-f]{64})", tail)) for name, tail in entries}


def _not_fetched(said: str) -> FetchError:
    lines = [line for line in said.splitlines() if line.startswith("ERROR")]
    why = lines[-1][:300] if lines else said.strip()[-300:]
    code = "wrong_file" if "DO NOT MATCH" in said else "network"
    return FetchError(
        f"The packages could not be fetched: {why} Connect this machine and run this again.", code
    )


def debs(into: Path, names: Sequence[str], tell: Tell) -> list[Path]:
    """System packages with all they need, and the list by which apt finds them in a folder.

    Raises FetchError.
    """
    into.mkdir(parents=True, exist_ok=True)
    room = into.with_name(".apt")
    elsewhere = (
        "The bundle carries system packages for a bare machine, and {why}."
        " Make it on Debian 12, or leave them out with --without-system."
    )
    found = apt_room.packages(room, names, tell, name="System packages", elsewhere=elsewhere)
    here = {path.name for path in found}
    for old in [path for path in into.glob("*.deb") if path.name not in here]:
        old.unlink()
    stanzas = []
    for number, path in enumerate(found, 1):
        target = into / path.name.replace("%3a", "_")
        if not target.exists() or target.stat().st_size != path.stat().st_size:
            _copy(path, target)
        stanzas.append(_stanza(target))
        if number % 50 == 0:
            tell(f"System packages: {number} of {len(found)}")
    (into / "Packages").write_text("\n".join(stanzas), "utf-8")
    shutil.rmtree(room, ignore_errors=True)
    return sorted(into.glob("*.deb"))


def _stanza(deb: Path) -> str:
    """What apt must know of a package in a folder."""
    code, control = run_client(["dpkg-deb", "-f", str(deb)], {"LC_ALL": "C.UTF-8"}, lambda _: False)
    if code:
        raise BundleError(f"{deb}: dpkg-deb cannot read it: {control.strip()[:200]}")
    told = f"Filename: ./{deb.name}\nSize: {deb.stat().st_size}\nSHA256: {sha256(deb)}\n"
    return f"{control.rstrip()}\n{told}"


def _program(out: Path, source: Path) -> Release:
    out.mkdir(parents=True, exist_ok=True)
    part = out / f"{PROGRAM}{PART}"
    release = pack(part, source)
    part.replace(out / PROGRAM)
    return release


def _weights(into: Path, models: Path, tell: Tell) -> None:
    """What a station needs, and every other recogniser that is whole here."""
    names = [file.path for file in catalogue.load().files()]
    for one in installed(models):
        if one.state == "ready" and one.entry.source != "setup":
            folder = models / one.entry.directory
            inside = (path for path in sorted(folder.rglob("*")) if path.is_file())
            names += [path.relative_to(models).as_posix() for path in inside]
    for name in names:
        source, target = models / name, into / name
        same = target.exists() and target.stat().st_size == source.stat().st_size
        if not (same and sha256(target) == sha256(source)):
            tell(f"models: {name} · {source.stat().st_size / 1e6:.1f} MB")
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(source, target)


def _asterisk(out: Path, tree: Tree, tell: Tell) -> None:
    """Asterisk in one file: its links do not live on every stick."""
    if not tree.here():
        tell("no Asterisk here: the bundle brings no telephone line (scripts/setup fetches it)")
        return
    mark = out / f".{ASTERISK}-of"
    release = f"{tree.check()} {tree.root.stat().st_mtime_ns}"
    if (out / ASTERISK).exists() and mark.exists() and mark.read_text("utf-8") == release:
        return
    tell(f"Asterisk {release.partition(' ')[0]}")
    part = out / f"{ASTERISK}{PART}"
    with tarfile.open(part, "w:gz", compresslevel=6) as ball:
        ball.add(tree.root, "asterisk")
    part.replace(out / ASTERISK)
    mark.write_text(release, "utf-8")


def _copy(source: Path, target: Path) -> None:
    """A file gets its name when it is whole."""
    part = target.with_name(f"{target.name}{PART}")
    shutil.copyfile(source, part)
    part.replace(target)


def _fits(out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    there = sum(path.stat().st_size for path in files(out))
    need, free = max(0, _ROOM - there) + _MARGIN, shutil.disk_usage(out).free
    if free < need:
        raise BundleError(
            f"{out} has {free // 1_000_000} MB free and a bundle needs {need // 1_000_000} MB:"
            " free some space, or use a larger stick"
        )
