"""What the command line does with things that go wrong: one clear sentence and an exit code."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager

FAILED = 1
"""Exit code: the work could not be done."""
USAGE = 2
"""Exit code: the arguments or settings cannot be used."""

_USAGE_CODES = frozenset({"settings", "usage", "data"})


class LinliError(Exception):
    """Something a person can mend; the message says what, where, the value and what to do."""

    code = "failed"
    """A word for machines; the message is for people."""


class UsageError(LinliError):
    """The arguments cannot be used."""

    code = "usage"


def exit_code(error: BaseException) -> int:
    """2 for arguments and settings that cannot be used, else 1."""
    return USAGE if getattr(error, "code", "") in _USAGE_CODES else FAILED


def _sentence(error: BaseException) -> str | None:
    """The one sentence for people, or None when this is a fault of ours."""
    if isinstance(getattr(error, "code", None), str):
        return str(error)
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EROFS, errno.EACCES}:
        return f"{error.filename or 'file'}: {error.strerror}. Free space or allow writing there."
    return None


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn every error a person can mend into one sentence on stderr and its exit code."""
    try:
        yield
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except Exception as error:
        sentence = _sentence(error)
        if sentence is None:
            raise
        sys.stderr.write(f"linli: {sentence}\n")
        raise SystemExit(exit_code(error)) from None
