"""Audio comes in by a microphone, a file or a raw stream, always mono 16 kHz."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from voices.audio import to_pcm16
from voices.errors import NoAudioDevice, VoicesError
from voices.sources import Microphone, raw, recording
from voices.types import RATE


def tone(rate: int, seconds: float = 1.0) -> Any:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)).astype(
        np.float32
    )


@pytest.mark.parametrize("rate", [8_000, 16_000])
def test_a_raw_stream_of_either_rate_arrives_whole(rate: int) -> None:
    pcm = np.concatenate(list(raw(io.BytesIO(to_pcm16(tone(rate))), rate)))
    assert len(pcm) == pytest.approx(RATE, abs=200)
    spectrum = np.abs(np.fft.rfft(pcm, RATE))
    assert spectrum.argmax() == pytest.approx(440, abs=2)


def test_a_raw_stream_without_a_rate_is_refused() -> None:
    with pytest.raises(VoicesError, match="8000 or 16000"):
        list(raw(io.BytesIO(b""), 0))


def test_a_recording_comes_as_it_was_spoken(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(44_100), 44_100)
    now = [100.0]

    def sleep(seconds: float) -> None:
        now[0] += seconds

    given = 0
    for piece in recording(path, real_time=True, clock=lambda: now[0], sleep=sleep):
        given += len(piece)
        assert now[0] - 100 == pytest.approx(given / RATE)
    assert given == pytest.approx(RATE, abs=200)


class Sound:
    """A sound system with one microphone of its own rate, or none."""

    def __init__(self, rate: int | None) -> None:
        self.rate = rate
        self.opened: list[dict[str, Any]] = []

    def query_devices(self, device: Any = None, kind: str | None = None) -> dict[str, Any]:
        assert kind == "input"
        if self.rate is None:
            raise ValueError(f"No input device matching {device!r}")
        return {"default_samplerate": float(self.rate)}

    def InputStream(self, **settings: Any) -> Sound:  # noqa: N802
        if settings["samplerate"] != self.rate:
            raise RuntimeError("Invalid sample rate")
        self.opened.append(settings)
        return self

    def start(self) -> None:
        """Nothing sounds until the test speaks."""

    def close(self) -> None:
        """The test is over."""

    def speak(self, pcm: Any) -> None:
        settings = self.opened[-1]
        for start in range(0, len(pcm), settings["blocksize"]):
            block = pcm[start : start + settings["blocksize"], None]
            settings["callback"](block, len(block), None, None)

    def unplug(self) -> None:
        self.opened[-1]["finished_callback"]()


@pytest.mark.parametrize("rate", [16_000, 44_100, 48_000])
def test_a_microphone_of_any_rate_is_heard_at_16_khz(rate: int) -> None:
    sound = Sound(rate)
    with Microphone(device=sound) as microphone:
        sound.speak(tone(rate))
        pieces = [microphone.get(timeout=0.1) for _ in range(20)]
    pcm = np.concatenate([piece for piece in pieces if piece is not None])
    assert len(pcm) == pytest.approx(RATE, abs=500)


def test_no_microphone_says_what_to_do() -> None:
    with pytest.raises(NoAudioDevice, match=r"no microphone .*plug one in") as caught:
        Microphone(device=Sound(None)).__enter__()
    assert caught.value.code == "no_audio_device"


def test_a_microphone_pulled_out_is_told_at_once() -> None:
    sound = Sound(16_000)
    with Microphone("desk", device=sound) as microphone:
        sound.unplug()
        with pytest.raises(NoAudioDevice, match=r"'desk' cannot be used .*unplugged"):
            next(iter(microphone))


def test_when_nobody_listens_the_oldest_sound_is_dropped() -> None:
    sound = Sound(16_000)
    with Microphone(device=sound) as microphone:
        sound.speak(np.arange(650 * 800, dtype=np.float32) // 800)
        first = microphone.get(timeout=0.1)
        assert first is not None
        assert (first[0], microphone.dropped) == (50, 50)
