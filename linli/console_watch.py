"""`linli console --watch`: keeps the console alive, whatever happens to its process."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Final

from station.settings import Settings

from .errors import USAGE
from .kiosk import log_to_file
from .part import Part, keep

SILENT_S: Final = 20.0
"""A console that serves gives a sign twice a second."""


def watched(settings: Settings, file: Path | None, *, port: int | None, beside: int | None) -> int:
    """Keep it up until told to stop, or until `beside` is gone; gives the exit code.

    A console that cannot use its settings, or its port, is tried for some seconds (the one
    before may still be ending), then given up: it said what to mend.
    """
    log_to_file(settings, "console-watch.log")
    command = [sys.executable, "-m", "linli", "console", "--beside", str(os.getpid())]
    command += ["--port", str(port)] if port is not None else []
    command += ["--settings", str(file)] if file else []
    part, stop = Part(command, silent_s=SILENT_S), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keep([part], stop, beside=beside)
    return USAGE if part.over else 0
