"""Asterisk starts; where it does not, one is told how it ended."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from ivr.errors import PhoneError
from ivr.folders import Folders
from ivr.server import Server
from ivr.tree import Tree


class Shell(Server):
    """Something else in Asterisk's place."""

    script = ""

    def command(self) -> list[str]:
        return ["sh", "-c", self.script]


def started(folder: Path, script: str) -> str:
    """What is said of something that is no Asterisk."""
    (folder / "log").mkdir()
    shell = Shell(Folders(folder), Tree(folder))
    shell.script = script
    with pytest.raises(PhoneError) as refused:
        shell.start()
    return str(refused.value)


def test_who_asks_too_early_and_hangs_up_does_not_end_it(tmp_path: Path) -> None:
    told = started(tmp_path, "grep SigIgn /proc/self/status")
    ignored = int(told.rpartition(":")[2], 16)
    assert ignored >> (signal.SIGPIPE - 1) & 1


def test_where_it_does_not_start_it_is_told_how_it_ended_and_its_last_words(tmp_path: Path) -> None:
    told = started(tmp_path, "echo ERROR: no such module; exit 3")
    assert "ended with 3" in told
    assert "no such module" in told


def test_where_it_was_killed_without_a_word_the_signal_is_told(tmp_path: Path) -> None:
    assert f"ended with -{signal.SIGKILL:d}" in started(tmp_path, "kill -KILL $$")
