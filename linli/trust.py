"""Whose bundles a station takes: those of the maker whose key it has known since it was installed.

The release that is in use looks before anything on the stick is run. Another maker's bundle is
taken where somebody types its code, read out by whoever made it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from . import signature
from .sealed import SIGNATURE, SUMS, check
from .upgrade_home import Home, UpgradeError
from .upgrade_proof import words


def admit(folder: Path, home: Home, tell: Callable[[str], None], code: str = "") -> None:
    """Let a bundle through that its maker signed, byte for byte; `code`: another maker's.

    Raises UpgradeError, BundleError or SignatureError; then nothing of it was run.
    """
    says, pinned = words()["trust"], home.releases / signature.PUBLIC
    theirs = folder / signature.PUBLIC
    if not theirs.is_file() or not (folder / SIGNATURE).is_file():
        raise UpgradeError(says["unsigned"])
    print_ = signature.fingerprint(theirs)
    known = signature.fingerprint(pinned) if pinned.is_file() else ""
    if print_ != known and (known or code) and not signature.same(code, print_):
        raise UpgradeError(says["stranger"].format(code=print_, known=known or says["nobody"]))
    key = pinned if print_ == known else theirs
    if not signature.signed(folder / SUMS, folder / SIGNATURE, key):
        raise UpgradeError(says["forged"])
    check(folder)
    if print_ != known:
        pin(theirs, home)
    tell(says["known" if print_ == known else "first"].format(code=print_))


def pin(public: Path, home: Home) -> None:
    """From now on this maker's bundles are taken."""
    home.releases.mkdir(parents=True, exist_ok=True)
    part = home.releases / f".{signature.PUBLIC}.new"
    shutil.copyfile(public, part)
    part.replace(home.releases / signature.PUBLIC)
