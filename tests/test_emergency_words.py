"""What is said of an emergency promises nothing that nobody can keep."""

from __future__ import annotations

from pathlib import Path

import pytest

from linli.emergency_words import load
from station.errors import SettingsError


def test_no_sentence_may_promise_an_ambulance(tmp_path: Path) -> None:
    own = tmp_path / "emergency.yaml"
    own.write_text("told: [救护车马上就到。]\n", "utf-8")
    with pytest.raises(SettingsError, match="promises"):
        load(own)
    own.write_text("somebody: 一位老同志\n", "utf-8")
    assert load(own)["somebody"] == "一位老同志"
    assert load(own)["told"] == load()["told"]
    own.write_text("tolds: []\n", "utf-8")
    load.cache_clear()
    with pytest.raises(SettingsError, match="unknown"):
        load(own)
