"""Nothing about a station leaves it: what a library would tell its makers is off."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

VAD = """
import numpy as np
from voices.vad import Silero
Silero().frames(np.zeros(5120, np.float32))
"""


def left_behind(code: str, home: Path) -> list[str]:
    """The files a program leaves in its home."""
    clean = {k: v for k, v in os.environ.items() if k != "ORT_DISABLE_TELEMETRY"}
    clean |= {"HOME": str(home), "XDG_CACHE_HOME": "", "PYTHONDONTWRITEBYTECODE": "1"}
    subprocess.run([sys.executable, "-c", code], env=clean, check=True, timeout=120)
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def test_the_ears_leave_no_mark_of_the_machine(tmp_path: Path) -> None:
    assert left_behind(VAD, tmp_path) == []
