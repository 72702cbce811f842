"""The player: sounds in order, silent at once when stopped, louder by steps."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voices.errors import NoAudioDevice
from voices.player import STEPS_DB, Player, amplified
from voices.sinks import FileSink, Loudspeaker, NullSink, Waiting, loudspeaker_or_silence
from voices.types import Speech

RATE = 16_000


def tone(text: str, seconds: float = 0.1, rate: int = RATE, level: float = 0.2) -> Speech:
    times = np.arange(round(seconds * rate)) / rate
    return Speech((level * np.sin(2 * np.pi * 440 * times)).astype(np.float32), rate, text)


class Watched(NullSink):
    """Keeps real time and notes when each block began."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[float] = []
        self.aborted = 0

    def write(self, block: np.ndarray) -> None:
        self.blocks.append(time.monotonic())
        super().write(block)

    def abort(self) -> None:
        self.aborted += 1
        super().abort()


@pytest.fixture
def file() -> FileSink:
    return FileSink()


def test_everything_is_said_in_order_and_kept_to_the_last_sample(file: FileSink) -> None:
    player = Player(file)
    plays = [player.play(tone(text)) for text in "甲乙丙"]
    assert plays[-1].wait(5)
    player.close()
    assert [play.said for play in plays] == [["甲"], ["乙"], ["丙"]]
    assert len(file.pcm) == 3 * round(0.1 * RATE)
    assert all(play.seconds == pytest.approx(0.1) for play in plays)


def test_a_file_holds_what_was_said_at_one_rate(tmp_path: Path) -> None:
    path = tmp_path / "said" / "call.wav"
    player = Player(FileSink(path, rate=8_000))
    player.play(tone("宽", rate=24_000))
    player.play(tone("窄", rate=8_000)).wait(5)
    player.close()
    pcm, rate = soundfile.read(path)
    assert rate == 8_000
    assert len(pcm) == pytest.approx(1_600, abs=40)
    assert np.abs(pcm).max() == pytest.approx(0.2, abs=0.02)


def test_stop_begins_no_further_block_and_wakes_the_sink() -> None:
    sink = Watched()
    player = Player(sink)
    play = player.play(tone("很长", seconds=20))
    waiting = player.play(tone("后面"))
    while not sink.blocks:
        time.sleep(0.002)
    player.stop()
    written = len(sink.blocks)
    assert play.wait(2)
    assert waiting.wait(2)
    player.close()
    assert play.stopped
    assert waiting.stopped
    assert waiting.said == []
    assert sink.aborted >= 1
    assert len(sink.blocks) - written <= 1, "at most the block under way was still begun"
    assert play.seconds < 1


def test_after_a_stop_the_next_thing_is_said_in_full(file: FileSink) -> None:
    player = Player(file)
    player.play(tone("一", seconds=5))
    player.stop()
    again = player.play(tone("二"))
    assert again.wait(5)
    player.close()
    assert again.said == ["二"]
    assert again.seconds == pytest.approx(0.1)
    assert not again.stopped


def test_the_next_piece_is_fetched_while_the_one_before_sounds() -> None:
    fetched = threading.Event()

    def pieces() -> Iterator[Speech]:
        yield tone("已知的", seconds=30)
        fetched.set()
        yield tone("刚做好的")

    player = Player(Watched())
    play = player.play(pieces())
    assert fetched.wait(5), "the second piece was asked for long before the first had ended"
    assert not play.done
    player.close()


def test_a_piece_that_cannot_be_made_does_not_silence_the_rest(file: FileSink) -> None:
    def pieces() -> Iterator[Speech]:
        yield tone("好的")
        raise RuntimeError("no voice")

    player = Player(file)
    broken = player.play(pieces())
    fine = player.play(tone("再见"))
    assert fine.wait(5)
    player.close()
    assert broken.said == ["好的"]
    assert fine.said == ["再见"]


def test_position_grows_steadily_to_the_end(file: FileSink) -> None:
    heard: list[tuple[str, float]] = []
    player = Player(file)
    player.play(tone("甲"), on_position=lambda s, at: heard.append((s.text, at))).wait(5)
    player.close()
    times = [at for _, at in heard]
    assert times == sorted(times)
    assert len(times) == 5
    assert times[-1] == pytest.approx(0.1)


def test_louder_is_louder_and_ends_at_the_loudest_step(file: FileSink) -> None:
    player = Player(file)
    levels = []
    while True:
        player.play(tone("响", level=0.1)).wait(5)
        levels.append(float(np.sqrt((file.pcm[-1600:] ** 2).mean())))
        if not player.louder():
            break
    player.close()
    assert levels == sorted(levels)
    assert levels[-1] / levels[0] == pytest.approx(10 ** (9 / 20), rel=0.05)
    assert player.step == len(STEPS_DB) - 1
    assert player.softer()


def test_the_loudest_step_bends_peaks_instead_of_cutting_them() -> None:
    loud = amplified(tone("响", level=0.7).pcm, STEPS_DB[-1])
    assert np.abs(loud).max() < 1
    assert np.abs(loud).max() > 0.9
    assert len(np.unique(loud[np.abs(loud) > 0.9])) > 20, "peaks keep their shape"


def test_silence_in_real_time_lasts_as_long_as_the_sound_would() -> None:
    sink = Watched()
    player = Player(sink)
    play = player.play(tone("半秒", seconds=0.5))
    play.wait(5)
    player.close()
    assert len(sink.blocks) == 25
    assert sink.blocks[-1] - sink.blocks[0] > 0.3


def test_a_machine_without_a_loudspeaker_says_what_to_do_and_keeps_time() -> None:
    try:
        Loudspeaker(device="no such loudspeaker")
    except NoAudioDevice as error:
        assert "linli doctor" in str(error)  # noqa: PT017 - either outcome is checked
    else:
        pytest.fail("a loudspeaker that does not exist was opened")
    assert isinstance(loudspeaker_or_silence("no such loudspeaker"), NullSink)


class TestWhatWaitsForTheDevice:
    """A device takes sound when it likes, in sizes it likes."""

    def test_it_comes_out_in_order_and_whole(self) -> None:
        sound = np.arange(1, 1001, dtype=np.float32)
        waiting = Waiting(1.0)
        for at in range(0, 1000, 320):
            waiting.put(sound[at : at + 320], RATE)
        taken = [waiting.take(size) for size in (1, 500, 99, 400)]
        assert np.array_equal(np.concatenate(taken), sound)

    def test_after_clearing_the_very_next_sample_is_silent(self) -> None:
        waiting = Waiting(1.0)
        waiting.put(np.ones(5000, np.float32), RATE)
        assert waiting.take(10).all()
        waiting.clear()
        assert not waiting.take(5000).any()
        assert waiting.empty(0)

    def test_a_device_that_finds_nothing_gets_silence(self) -> None:
        waiting = Waiting(1.0)
        waiting.put(np.ones(3, np.float32), RATE)
        assert waiting.take(6).tolist() == [1, 1, 1, 0, 0, 0]

    def test_a_fast_player_is_held_back_until_the_device_has_taken_some(self) -> None:
        waiting = Waiting(0.02)
        waiting.put(np.ones(400, np.float32), RATE)
        second = threading.Thread(target=waiting.put, args=(np.ones(1, np.float32), RATE))
        second.start()
        assert second.is_alive()
        waiting.take(400)
        second.join(5)
        assert not second.is_alive()
