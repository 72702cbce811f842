"""The line's passwords: made once, kept in one file that only its owner reads."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import PhoneError

NAME: Final = "passwords.json"
_LENGTH: Final = 20
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
"""None looks like another one: passwords are typed into telephones by hand."""


def _new() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


class Passwords(BaseModel):
    """All passwords of one line."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manager: str = Field(default_factory=_new)
    """Of user `linli` at Asterisk's control."""
    media: str = Field(default_factory=_new)
    """With which Asterisk shows itself to Linli's voice, as user `linli`."""
    telephones: dict[str, str] = {}
    """Extension → password to type into the telephone."""

    @classmethod
    def read(cls, folder: Path) -> Passwords:
        """Those in `folder`; raises PhoneError when there are none or they are damaged."""
        path = folder / NAME
        try:
            return cls.model_validate(json.loads(path.read_bytes()))
        except FileNotFoundError:
            raise PhoneError(f"{path} is missing: run linli phone setup") from None
        except OSError as error:
            raise PhoneError(f"{path} cannot be read ({error.strerror})") from error
        except (ValueError, ValidationError):
            raise PhoneError(
                f"{path} is damaged: delete it, run linli phone setup and type the new passwords"
                " into the telephones"
            ) from None

    @classmethod
    def made(cls, folder: Path, extensions: Iterable[str]) -> Passwords:
        """Those in `folder`, with new ones for whatever has none yet; raises PhoneError."""
        known = cls.read(folder) if (folder / NAME).exists() else cls()
        telephones = {each: known.telephones.get(each) or _new() for each in extensions}
        found = cls(manager=known.manager, media=known.media, telephones=telephones)
        private(folder / NAME, found.model_dump_json(indent=1) + "\n")
        return found


def private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
