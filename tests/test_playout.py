"""What is to be played goes out in pieces, never far ahead, and silence in between."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivr.playout import Mark, Piece, Playout

SECOND = 16_000
"""Bytes of a second at 8 kHz."""


def played(
    playout: Playout, seconds: float, step: float = 0.02
) -> list[tuple[float, Piece | Mark]]:
    """What goes out, and when, while the clock runs."""
    out: list[tuple[float, Piece | Mark]] = []
    for tick in range(round(seconds / step)):
        now = 100 + tick * step
        while (item := playout.due(now)) is not None:
            out.append((now, item))
    return out


def words(out: list[tuple[float, Piece | Mark]]) -> bytes:
    """What was sent, without the silence."""
    return b"".join(i.pcm for _, i in out if isinstance(i, Piece) and any(i.pcm))


def test_a_long_prompt_is_sent_whole_and_never_more_than_five_seconds_ahead() -> None:
    playout, prompt = Playout(8_000), b"\1\2" * (30 * 8_000)
    playout.put(prompt, "end")
    sent = 0
    for now, item in played(playout, 31):
        if isinstance(item, Piece) and any(item.pcm):
            sent += len(item.pcm)
            assert sent / SECOND - (now - 100) <= 5.5
    assert sent == len(prompt)


def test_a_mark_comes_after_its_sound_and_says_when_that_is_over() -> None:
    playout = Playout(8_000)
    playout.put(b"\1\2" * 4_000, "half a second")
    items = [item for _, item in played(playout, 1)]
    place = next(at for at, item in enumerate(items) if isinstance(item, Mark))
    assert words([(0, item) for item in items[:place]]) == b"\1\2" * 4_000
    assert items[place] == Mark("half a second", 100.5)


def test_silence_goes_out_while_nothing_is_said_and_words_hardly_wait_behind_it() -> None:
    playout = Playout(8_000)
    quiet = played(playout, 1)
    assert sum(len(i.pcm) for _, i in quiet if isinstance(i, Piece)) / SECOND >= 0.9
    playout.put(b"\1\2" * 800)
    assert 0 <= playout.wait(101) <= 0.1


def test_after_a_flush_nothing_of_the_old_is_sent_and_the_new_is_sent_at_once() -> None:
    playout = Playout(8_000)
    playout.put(b"\1\1" * 80_000, "old")
    playout.due(100)
    playout.flush()
    playout.put(b"\2\2" * 160)
    assert playout.due(100) == Piece(b"\2\2" * 160)
    assert not any(isinstance(item, Mark) for _, item in played(playout, 12))


@given(st.lists(st.integers(0, 9_000), max_size=20), st.booleans())
def test_whatever_the_sizes_all_sound_arrives_in_order_and_in_whole_frames(
    sizes: list[int], plain: bool
) -> None:
    playout = Playout(8_000, piece=0.02, ahead=0.02, idle=0.02) if plain else Playout(8_000)
    whole = b""
    for number, size in enumerate(sizes):
        pcm = bytes([1 + number % 250]) * (2 * size)
        whole += pcm
        playout.put(pcm)
    playout.put(b"", "end")
    out: list[Piece | Mark] = []
    now = 0.0
    while not any(isinstance(item, Mark) for item in out):
        item = playout.due(now)
        if item is None:
            now += max(playout.wait(now), 0.001)
        else:
            out.append(item)
    pieces = [item.pcm for item in out if isinstance(item, Piece)]
    assert all(len(piece) % 320 == 0 and piece for piece in pieces)
    assert b"".join(pieces)[: len(whole)] == whole
