"""Asterisk ends when it is told to, also when systemd tells both halves of it at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = """\
import sys
from pathlib import Path
from linli import phone_setup
from ivr.server import Server

class Shell(Server):
    def command(self): return ["sleep", "600"]
    def ask(self, words): print("up", self._process.pid, flush=True); return "fully booted"

from ivr.folders import Folders
from ivr.tree import Tree
root = Path(sys.argv[1])
phone_setup.ready = lambda settings, tree=None: Shell(Folders(root), Tree(root))
raise SystemExit(phone_setup.run_asterisk(None))
"""
"""`linli phone asterisk` with a process that does nothing in Asterisk's place."""
LATE = """\
code = phone_setup.run_asterisk(None)
print("ended", flush=True)
import time
time.sleep(1)
raise SystemExit(code)
"""
"""What follows is the interpreter's own end, drawn out."""


@pytest.mark.parametrize("both", [True, False], ids=["both at once", "only ours"])
def test_it_ends_at_once_and_in_good_order(tmp_path: Path, both: bool) -> None:
    (tmp_path / "log").mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, tmp_path], stdout=subprocess.PIPE, text=True
    ) as ours:
        assert ours.stdout is not None
        theirs = int(ours.stdout.readline().split()[1])
        time.sleep(0.5)  # it waits for Asterisk's end now
        if both:
            os.kill(theirs, signal.SIGTERM)
        ours.send_signal(signal.SIGTERM)
        try:
            assert ours.wait(60) == 0
        finally:
            ours.kill()
    with pytest.raises(ProcessLookupError):
        os.kill(theirs, 0)


def test_told_late_when_asterisk_has_ended_already_it_still_ends_in_good_order(
    tmp_path: Path,
) -> None:
    (tmp_path / "log").mkdir()
    script = SCRIPT.replace("raise SystemExit(phone_setup.run_asterisk(None))", LATE)
    with subprocess.Popen(
        [sys.executable, "-c", script, tmp_path], stdout=subprocess.PIPE, text=True
    ) as ours:
        assert ours.stdout is not None
        os.kill(int(ours.stdout.readline().split()[1]), signal.SIGTERM)
        assert ours.stdout.readline() == "ended\n"
        ours.send_signal(signal.SIGTERM)
        try:
            assert ours.wait(60) == 0
        finally:
            ours.kill()
