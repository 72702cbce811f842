"""Who made a bundle: an Ed25519 signature over its list of files, made by openssl.

The maker's key is made with their first bundle and stays theirs; its public half goes along.
People compare it as a short code, by telephone.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from typing import Final

from .errors import LinliError

KEY: Final = "bundle.key"
PUBLIC: Final = "bundle.pub"
"""In a bundle, and as a station has it pinned."""
_DIGITS: Final = 20
"""Of a code: 80 bits, more than anybody finds a second one for, and read out in half a minute."""


class SignatureError(LinliError):
    """A signature that cannot be made or read."""

    code = "signature"


def new_key(file: Path) -> Path:
    """The private key in `file`, made where there is none. Raises SignatureError."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.part")
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        _openssl("genpkey", "-algorithm", "ed25519", "-out", str(part))
        part.replace(file)
    return file


def publish(key: Path, public: Path) -> None:
    """Write the public half of a key. Raises SignatureError."""
    part = public.with_name(f"{public.name}.part")
    _openssl("pkey", "-in", str(key), "-pubout", "-out", str(part))
    part.replace(public)


def sign(file: Path, key: Path, signature: Path) -> None:
    """Sign every byte of a file. Raises SignatureError."""
    part = signature.with_name(f"{signature.name}.part")
    _openssl(*_RAW, "-sign", "-inkey", str(key), "-in", str(file), "-out", str(part))
    part.replace(signature)


def signed(file: Path, signature: Path, public: Path) -> bool:
    """Whether whoever has the key to `public` signed just these bytes. Raises SignatureError."""
    if not signature.is_file():
        return False
    words = (*_RAW, "-verify", "-pubin", "-inkey", str(public), "-in", str(file))
    return _run(*words, "-sigfile", str(signature)).returncode == 0


def fingerprint(public: Path) -> str:
    """The code of a public key. Raises SignatureError where it is none."""
    return code_of(_openssl("pkey", "-pubin", "-in", str(public), "-outform", "DER"))


def code_of(content: bytes) -> str:
    """What people compare of some bytes: the beginning of their SHA-256, in groups of four."""
    digits = hashlib.sha256(content).hexdigest()[:_DIGITS]
    return " ".join(digits[at : at + 4] for at in range(0, _DIGITS, 4))


def same(code: str, other: str) -> bool:
    """Whether two codes are one, however they were typed."""
    return _bare(code) == _bare(other) != ""


def _bare(code: str) -> str:
    return "".join(filter(str.isalnum, code)).lower()


_RAW: Final = ("pkeyutl", "-rawin")


def _run(*words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            ["openssl", *words], stdin=subprocess.DEVNULL, capture_output=True, check=False
        )
    except FileNotFoundError as error:
        raise SignatureError(
            "openssl is not on this machine, and bundles are signed with it: apt install openssl"
        ) from error


def _openssl(*words: str) -> bytes:
    done = _run(*words)
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise SignatureError(f"openssl {words[0]}: {(reason or ['failed'])[0]}")
    return done.stdout
