"""Another recogniser is taken over while the station runs, between conversations, and back."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from model_shop import Shop
from test_sherpa import spoken

from linli import model_trial, models
from linli.chosen import Chosen
from linli.errors import UsageError
from linli.jobs import Read
from linli.pool import Pool, PoolBroken
from linli.recognizers import ModelProblem
from linli.stage import Station
from voices.types import RATE

WORKER = """\
import sys
from multiprocessing.connection import Connection
line = Connection(int(sys.argv[-1]))
line.send("")
while True:
    line.recv()
    line.send(sys.argv[1])
"""
"""A worker that answers every job with its own name."""


class Ears:
    """A station as far as it hears: what it was told to hear with."""

    def __init__(self, refuses: str = "") -> None:
        self.taken: list[str] = []
        self.refuses = refuses
        self.settings = SimpleNamespace(speech=SimpleNamespace(recognizer="whisper"))

    def hear_with(self, name: str) -> None:
        if name == self.refuses:
            raise ModelProblem(f"{name} is damaged")
        self.taken.append(name)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "station.toml"
    choose(path, "whisper")
    return path


def choose(file: Path, name: str) -> None:
    """As `linli models use` does: a new file in place of the old."""
    fresh = file.with_suffix(".new")
    fresh.write_text(f'[speech]\nrecognizer = "{name}"\n', "utf-8")
    fresh.replace(file)


def chosen(file: Path, ears: Ears, quiet: Callable[[], bool] = lambda: True) -> Chosen:
    return Chosen(file, cast(Station, ears), quiet, every_s=0.0)


def test_what_is_chosen_is_taken_over_and_back_again(file: Path) -> None:
    ears = Ears()
    one = chosen(file, ears)
    assert not one.look()
    choose(file, "sensevoice")
    assert one.look()
    assert not one.look()
    choose(file, "whisper")
    assert one.look()
    assert ears.taken == ["sensevoice", "whisper"]


def test_nobody_who_talks_is_given_other_ears(file: Path) -> None:
    ears, talking = Ears(), [True]
    one = chosen(file, ears, lambda: not talking[0])
    choose(file, "sensevoice")
    assert not one.look()
    talking[0] = False
    assert one.look()


def test_one_that_does_not_load_leaves_the_old_one_and_is_not_tried_for_ever(file: Path) -> None:
    ears = Ears(refuses="paraformer")
    one = chosen(file, ears)
    choose(file, "paraformer")
    assert [one.look(), one.look()] == [False, False]
    assert (one.name, ears.taken) == ("whisper", [])
    choose(file, "sensevoice")
    assert one.look()


def test_settings_that_are_just_being_edited_are_no_reason_to_fall_silent(file: Path) -> None:
    ears = Ears()
    one = chosen(file, ears)
    file.write_text("[speech\n", "utf-8")
    assert not one.look()
    choose(file, "sensevoice")
    assert one.look()


def test_it_is_followed_on_a_thread_as_long_as_the_line_is_open(file: Path) -> None:
    ears = Ears()
    one = Chosen(file, cast(Station, ears), lambda: True, every_s=0.02)
    with one.following():
        choose(file, "sensevoice")
        end = time.monotonic() + 20
        while not ears.taken and time.monotonic() < end:
            time.sleep(0.01)
    assert ears.taken == ["sensevoice"]


def test_workers_are_replaced_when_idle_and_a_job_is_never_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Real processes; the pool's own command is one that answers with its name."""
    command = [sys.executable, "-c", WORKER, "old"]
    pool = Pool("old", 2, command=command)
    try:
        pool.ready()
        before = set(pool.pids)
        assert pool.put(read_job()).result(20) == "old"
        swap(monkeypatch)
        pool.change("new")
        answers = [pool.put(read_job()).result(20) for _ in range(6)]
        assert set(answers) == {"new"}
        assert not before & set(pool.pids)
        assert pool.engine == "new"
    finally:
        pool.close()


def swap(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the pool's worker is the one that answers with its name."""
    from linli import pool

    real = pool.Worker

    def started(command: Any) -> Any:
        name = command[-1]
        return real([sys.executable, "-c", WORKER, name])

    monkeypatch.setattr(pool, "Worker", started)


def test_a_recogniser_that_is_not_there_changes_nothing() -> None:
    pool = Pool("old", 1, command=[sys.executable, "-c", WORKER, "old"])
    try:
        pool.ready()
        with pytest.raises(PoolBroken, match="nothing changed"):
            pool.change("sensevoice")
        assert pool.put(read_job()).result(20) == "old"
        assert pool.engine == "old"
    finally:
        pool.close()


def read_job() -> Read:
    return Read(np.zeros(RATE, np.float32))


# --- measuring ------------------------------------------------------------------------------


@pytest.fixture
def recordings(tmp_path: Path) -> Path:
    import soundfile

    folder = tmp_path / "own"
    folder.mkdir()
    for number, text in enumerate(("去医院", "送米饭")):
        name = f"p0{number}_78_xinyang_s1"
        soundfile.write(folder / f"{name}.wav", spoken("去医院"), RATE, subtype="FLOAT")
        (folder / f"{name}.txt").write_text(text, "utf-8")
    return folder


@pytest.mark.usefixtures("offered")
def test_a_recogniser_is_measured_on_the_stations_own_recordings(
    root: Path, shop: Shop, recordings: Path
) -> None:
    models.add("sensevoice", root)
    found = model_trial.measure("sensevoice", root, recordings)
    assert (found.name, found.n, found.own) == ("sensevoice", 2, True)
    assert found.percent == 50.0
    assert 0 <= found.p50 <= found.p95
    assert found.load_s >= 0
    assert shop.asked


def test_what_cannot_be_measured_is_told_and_the_others_go_on(tmp_path: Path) -> None:
    from rich.console import Console

    with (tmp_path / "told").open("w+") as out:
        console = Console(file=out, width=200)
        assert not model_trial.trial(["paraformer"], None, tmp_path, console)
        out.seek(0)
        assert "paraformer 试不了" in out.read()


def test_the_shipped_recogniser_is_measured_in_a_process_of_its_own() -> None:
    found = model_trial.measured("whisper", None, models.MODELS)
    assert found.megabytes > 50
    assert found.n >= 5
    assert not found.own
    assert "whisper" in model_trial.told_of(found)


@pytest.mark.usefixtures("offered")
def test_the_one_before_comes_back(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "station.toml"
    choose(file, "paraformer")
    with pytest.raises(UsageError, match="没有可以换回去的"):
        model_trial.before(root)
    models.add("sensevoice", root)
    model_trial.choose("sensevoice", file, root)
    assert models.used(file) == "sensevoice"
    assert model_trial.before(root) == "paraformer"
