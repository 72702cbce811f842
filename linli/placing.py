"""A release put beside what is there, out of a bundle or a checkout; then it takes over itself."""

from __future__ import annotations

import os
import subprocess
import tarfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .errors import UsageError
from .release import NOTE, pack
from .sealed import SUMS
from .trust import admit
from .upgrade_home import READY, Home, UpgradeError, alone
from .upgrade_proof import environment, words


def place(source: Path, home: Home, tell: Callable[[str], None]) -> str:
    """Put a checkout's release beside what is there, ready to run; its name.

    Raises UpgradeError or UsageError.
    """
    home.releases.mkdir(parents=True, exist_ok=True)
    archive = home.releases / ".unpacked.tar"
    release = pack(archive, source)
    folder = home.releases / release.name
    tell(words()["steps"]["placing"].format(name=release.name))
    if not (folder / READY).exists():
        folder.mkdir(exist_ok=True)
        extract(archive, folder)
        (folder / NOTE).write_text(release.text(), "utf-8")
        done = subprocess.run(
            [folder / "scripts" / "setup"],
            env=environment(home.root),
            check=False,
        )
        if done.returncode:
            raise UpgradeError(f"{folder}/scripts/setup: exit code {done.returncode}")
        (folder / READY).touch()
    archive.unlink()
    return release.name


def extract(archive: Path, folder: Path) -> None:
    """Unpack an archive of ours; a Python too old to know filters (before 3.11.4) has none."""
    checked: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with tarfile.open(archive) as ball:
        ball.extractall(folder, **checked)  # noqa: S202 - we packed it ourselves


def upgrade(source: Path, home: Home, tell: Callable[[str], None], code: str = "") -> int:
    """Bring the station to what lies in `source`, a bundle or a checkout; the exit code.

    `code` is that of a bundle's maker whom the station does not know yet. The new release itself
    does the rest: it knows what it needs. Raises UpgradeError, BundleError or UsageError.
    """
    if (source / SUMS).exists():
        tell(words()["steps"]["admitting"])
        admit(source, home, tell, code)
        alone_here = [] if os.geteuid() == 0 else ["--without-system"]
        command = ["sh", str(source / "install"), "--to", str(home.root), *alone_here]
    else:
        with alone(home):
            name = place(source, home, tell)
        python = home.python(f"releases/{name}")
        command = [str(python), "-m", "linli", "upgrade", "--finish", name]
    return subprocess.run(command, env=environment(home.root), check=False).returncode


def found(places: Sequence[Path] = (Path("/media"), Path("/mnt"))) -> Path:
    """The newest bundle on a stick. Raises UsageError where there is none."""
    depths = ("*", "*/*", "*/*/*")
    sums = [each for place in places for depth in depths for each in place.glob(f"{depth}/{SUMS}")]
    bundles = [each for each in sums if (each.parent / NOTE).exists()]
    if not bundles:
        raise UsageError(words()["nothing"])
    return max(bundles, key=lambda each: each.stat().st_mtime).parent
