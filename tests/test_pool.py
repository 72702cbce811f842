"""Ears in processes of their own: they die and hang, and nobody is left without an answer."""

from __future__ import annotations

import os
import signal
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from own_ears import clip

from linli.pool import Pool, PoolBroken, Voice
from voices.answers import YES_NO
from voices.types import RATE

WORKER = """
    import os, sys, time
    from multiprocessing.connection import Connection
    from voices.decoding import Decoded
    line = Connection(int(sys.argv[-1]))
    line.send("")
    while True:
        task = line.recv()
        if len(task.pcm) == 8000:      # half a second kills it
            os._exit(1)
        if len(task.pcm) == 12000:     # three quarters make it hang
            time.sleep(60)
        if len(task.pcm) == 16000:     # a second is a job it fails at
            line.send(RuntimeError("this one not"))
            continue
        line.send(Decoded("heard", (), -0.1, 0.0, "", 1.0, 0.0))
"""


def seconds(length: float) -> np.ndarray:
    return np.zeros(int(length * RATE), np.float32)


@pytest.fixture(name="fragile")
def fixture_fragile(tmp_path: Path) -> Iterator[Pool]:
    """A pool of one worker that does as the length of the audio tells it."""
    program = tmp_path / "worker.py"
    program.write_text(textwrap.dedent(WORKER))
    pool = Pool("none", 1, command=(sys.executable, str(program)))
    pool.ready()
    yield pool
    pool.close()


def hear(pool: Pool, length: float) -> str:
    stream = pool.open("phone")
    stream.feed(seconds(length))
    heard = stream.finish()
    stream.close()
    return heard.text or heard.guard


def test_a_worker_that_dies_is_replaced_and_the_next_caller_is_heard(fragile: Pool) -> None:
    before = fragile.pids
    assert hear(fragile, 0.5) == "lost"
    assert hear(fragile, 2.0) == "heard"
    assert fragile.replaced == 2
    assert fragile.pids != before


def test_a_worker_that_hangs_is_replaced(fragile: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fragile, "_hangs", 2.0)
    assert hear(fragile, 0.75) == "lost"
    assert hear(fragile, 2.0) == "heard"


def test_a_job_that_fails_costs_no_worker(fragile: Pool) -> None:
    before = fragile.pids
    assert hear(fragile, 1.0) == "failed"
    assert hear(fragile, 2.0) == "heard"
    assert fragile.pids == before


def test_a_worker_killed_between_two_jobs_is_not_missed(fragile: Pool) -> None:
    os.kill(fragile.pids[0], signal.SIGKILL)
    assert hear(fragile, 2.0) == "heard"


def test_closing_answers_whoever_still_waits(fragile: Pool) -> None:
    stream = fragile.open("phone")
    stream.feed(seconds(0.75))
    stream.pause()
    time.sleep(0.2)
    fragile.close()
    assert stream.finish().text == ""


def test_an_engine_that_cannot_be_loaded_is_told_with_its_reason() -> None:
    pool = Pool("no-such-engine", 1)
    try:
        with pytest.raises(PoolBroken, match="no-such-engine"):
            pool.ready(15)
    finally:
        pool.close()


def test_real_ears_hear_and_judge_as_they_do_in_this_process() -> None:
    pool = Pool("whisper", 1)
    try:
        pool.ready()
        stream = pool.open("phone")
        stream.feed(clip("h01-zf_xiaobei"))
        heard = stream.finish()
        assert "明天上午" in heard.text
        assert heard.alternatives
        assert pool.judge(clip("h01-zf_xiaobei"), YES_NO, transcript=heard).kind == "other"
    finally:
        pool.close()


def test_a_voice_of_its_own_says_what_nobody_recorded() -> None:
    voice = Voice("zf_xiaobei")
    try:
        speech = voice.say("王奶奶。", rate=8_000)
        assert speech.rate == 8_000
        assert len(speech.pcm) > 2_000
        assert np.abs(speech.pcm).max() > 0.05
    finally:
        voice.close()
