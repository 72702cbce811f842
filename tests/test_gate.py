"""Linli does not hear itself: not while it speaks, and not while its words still ring."""

from __future__ import annotations

import numpy as np

from linli.bench.echo import in_the_room
from linli.gate import TAIL_S, Gate
from voices.types import RATE


def test_it_is_closed_while_linli_speaks_and_a_little_longer() -> None:
    gate = Gate()
    assert not gate.closed(0.0, speaking=False)
    assert gate.closed(1.0, speaking=True)
    assert gate.closed(2.0, speaking=False)
    assert gate.closed(2.0 + TAIL_S - 0.01, speaking=False)
    assert not gate.closed(2.01 + TAIL_S, speaking=False)


def test_who_is_cut_short_rings_too() -> None:
    gate = Gate()
    gate.closed(1.0, speaking=True)
    gate.closed(1.1, speaking=False)
    assert gate.closed(1.2, speaking=False)
    assert not gate.closed(1.11 + TAIL_S, speaking=False)


def test_elders_are_not_kept_waiting_by_it() -> None:
    assert TAIL_S <= 0.5  # nobody over seventy answers sooner


def test_what_comes_back_is_later_quieter_and_rings() -> None:
    prompt = np.sin(np.arange(RATE) * 0.3).astype(np.float32) * 0.3
    room = in_the_room(prompt, -12.0, 0.2)
    before = np.sqrt(np.mean(room[: RATE // 5 - 10] ** 2))
    during = np.sqrt(np.mean(room[RATE // 2 : RATE] ** 2))
    ringing = np.sqrt(np.mean(room[int(1.22 * RATE) : int(1.3 * RATE)] ** 2))
    assert before < 0.003 < ringing < during < np.sqrt(np.mean(prompt**2))
