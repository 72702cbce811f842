"""What a call has still to look at: joined sound, no lost key, no lost end."""

from __future__ import annotations

import threading

from linli.inbox import MOST, Gone, Inbox, Key, Sounds


class Clock:
    """Stands still until told."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_sound_is_joined_and_keys_keep_their_place_and_time() -> None:
    clock = Clock()
    inbox = Inbox(clock)
    inbox.sound(b"aa")
    inbox.sound(b"bb")
    clock.now = 3.0
    inbox.key("1")
    inbox.sound(b"cc")
    inbox.gone()
    assert inbox.get(0) == [Sounds(b"aabb"), Key("1", 3.0), Sounds(b"cc"), Gone()]
    assert inbox.get(0) == []


def test_a_call_that_does_not_keep_up_loses_its_oldest_sound_but_no_key() -> None:
    inbox = Inbox()
    inbox.key("9")
    for number in range(MOST // 640 + 100):
        inbox.sound(bytes([number % 256]) * 640)
    things = inbox.get(0)
    assert things[0] == Key("9", things[0].at if isinstance(things[0], Key) else 0)
    sound = things[1]
    assert isinstance(sound, Sounds)
    assert len(sound.pcm) <= MOST
    assert inbox.lost == 100 * 640
    assert sound.pcm[-1] == (MOST // 640 + 99) % 256


def test_sound_that_stays_away_is_missed_once_and_only_when_none_waits() -> None:
    clock = Clock()
    inbox = Inbox(clock)
    inbox.sound(b"aa")
    clock.now = 2.0
    assert inbox.missing(0.8) == 0.0
    inbox.get(0)
    assert inbox.missing(0.8) == 2.0
    assert inbox.missing(0.8) == 0.0
    clock.now = 3.0
    assert inbox.missing(0.8) == 1.0


def test_a_little_sound_wakes_nobody_who_wants_more_but_a_key_does() -> None:
    inbox = Inbox()
    inbox.sound(b"aa")
    assert inbox.get(0.05, batch=100) == [Sounds(b"aa")]
    woken: list[list[object]] = []
    waiting = threading.Thread(target=lambda: woken.append([*inbox.get(30, batch=100)]))
    waiting.start()
    inbox.sound(b"bb")
    inbox.key("0")
    waiting.join(10)
    assert woken
    assert sum(isinstance(thing, Key) for thing in woken[0]) == 1
