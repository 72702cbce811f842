"""Logs: a JSON object a line, rotated, and nothing in them that tells who an elder is.

Fields that carry people's words or names are dropped; telephone and identity
numbers are hidden wherever they stand, also in tracebacks, also as spoken digits.
"""

from __future__ import annotations

import logging
import re
import sys
import unicodedata
from collections.abc import Mapping
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Final

import structlog
import yaml
from structlog.typing import EventDict, Processor, WrappedLogger

from .paths import ASSETS

HIDDEN: Final = "[hidden]"

PERSONAL: Final = frozenset(
    [
        "name",
        "names",
        "resident",
        "resident_name",
        "called",
        "phone",
        "phones",
        "caller",
        "address",
        "origin",
        "destination",
        "contact",
        "contacts",
        "card",
        "id_number",
        "text",
        "transcript",
        "alternatives",
        "heard",
        "said",
        "summary",
        "slots",
        "note",
        "notes",
        "words",
        "audio",
        "slot_values",
        "items",
        "medicine",
        "diet",
        "doctor",
        "for_whom",
    ]
)
"""Fields that are never written, whatever they hold."""

_NUMBERS: Final = (
    r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9])",  # identity number
    r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])",  # mobile
    r"(?<![0-9])0[1-9][0-9]{1,2}[ -]?[2-9][0-9]{6,7}(?![0-9])",  # fixed line
)

_OURS: Final = "linli"
"""Name of the handler that `configure` replaces."""

_SPOKEN_RUN: Final = 7
"""So many spoken digits in a row are a number of somebody."""


class Redactor:
    """A structlog processor that hides personal data, at any depth."""

    def __init__(self) -> None:
        told = yaml.safe_load((ASSETS / "text" / "logs.yaml").read_text("utf-8"))
        spoken = f"[{told['spoken_digits']}]{{{_SPOKEN_RUN},}}"
        self._pattern = re.compile("|".join([*_NUMBERS, spoken]))

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        """One log event, with personal data hidden."""
        del logger, method
        return {key: self._value(key, value) for key, value in event.items()}

    def _value(self, key: object, value: object) -> Any:
        if isinstance(key, str) and key.lower() in PERSONAL:
            return HIDDEN
        if isinstance(value, Mapping):
            return {each: self._value(each, inside) for each, inside in value.items()}
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value(None, inside) for inside in value]
        if value is None or isinstance(value, (bool, float)):
            return value
        return self._plain(value)

    def _plain(self, value: object) -> Any:
        text = unicodedata.normalize("NFKC", str(value))
        hidden = self._pattern.sub(HIDDEN, text)
        if hidden != text:
            return hidden
        return value if isinstance(value, (str, int)) else text


def configure(
    path: Path | None, *, level: str = "info", megabytes: float = 5, keep: int = 5
) -> None:
    """Send all logs, structlog's and the libraries', to a file, or to stderr when `path` is None.

    The file is rotated at `megabytes`, `keep` older ones stay. Each program
    needs a file of its own. Raises OSError when it cannot be written.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.StackInfoRenderer(),
            structlog.processors.format_exc_info,
            Redactor(),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = _handler(path, megabytes, keep)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in list(root.handlers):
        if old.name == _OURS:
            root.removeHandler(old)
            old.close()
    root.addHandler(handler)
    root.setLevel(level.upper())
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _handler(path: Path | None, megabytes: float, keep: int) -> logging.Handler:
    handler: logging.Handler
    if path is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(
            path,
            maxBytes=int(megabytes * 1_000_000),
            backupCount=keep,
            encoding="utf-8",
            errors="replace",
        )
    handler.name = _OURS
    return handler
