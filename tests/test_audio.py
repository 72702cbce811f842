"""Audio of any shape becomes mono 16 kHz, or one clear error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from voices import audio
from voices.errors import AudioUnreadable
from voices.types import RATE, Pcm


def tone(hertz: float, rate: int, seconds: float = 2.0) -> Pcm:
    return (0.5 * np.sin(2 * np.pi * hertz * np.arange(int(rate * seconds)) / rate)).astype(
        np.float32
    )


def loudest(pcm: Pcm, rate: int = RATE) -> float:
    return float(np.fft.rfftfreq(len(pcm), 1 / rate)[np.abs(np.fft.rfft(pcm)).argmax()])


@pytest.mark.parametrize("rate", [8_000, 11_025, 16_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2, 6])
def test_any_rate_and_channel_count_keeps_pitch_and_length(
    tmp_path: Path, rate: int, channels: int
) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, np.column_stack([tone(440, rate)] * channels), rate)
    pcm = audio.read(path)
    assert len(pcm) == pytest.approx(2 * RATE, abs=RATE // 100)
    assert loudest(pcm) == pytest.approx(440, abs=2)
    assert np.sqrt(np.mean(pcm**2)) == pytest.approx(0.354, abs=0.01)


def test_blocks_are_the_whole_recording_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "tone.ogg"
    soundfile.write(path, tone(300, 44_100, 3.3), 44_100, format="OGG", subtype="VORBIS")
    pieces = list(audio.blocks(path, size=1_000))
    assert {len(piece) for piece in pieces[:-1]} == {1_000}
    assert np.array_equal(np.concatenate(pieces), audio.read(path))


def test_upsampling_from_the_telephone_invents_no_high_tones() -> None:
    up = audio.resample(tone(3_000, 8_000), 8_000)
    power = np.abs(np.fft.rfft(up * np.hanning(len(up)))) ** 2
    above = np.fft.rfftfreq(len(up), 1 / RATE) > 4_200
    assert power[above].sum() < 1e-6 * power.sum()


def test_the_telephone_path_keeps_speech_tones_and_cuts_the_rest() -> None:
    low, high = tone(1_000, RATE), tone(6_000, RATE)
    heard = audio.phone(low + high)
    assert len(heard) == pytest.approx(len(low), abs=RATE // 50)
    assert loudest(heard) == pytest.approx(1_000, abs=2)
    assert np.abs(audio.phone(high)[2_000:-2_000]).max() < 0.01


def test_mu_law_is_eight_bits() -> None:
    ramp = np.linspace(-1, 1, 100_000, dtype=np.float32)
    assert 250 <= len(np.unique(audio.mulaw(ramp))) <= 256
    assert np.abs(audio.mulaw(ramp) - ramp).max() < 0.03


def test_sixteen_bit_bytes_come_back_as_they_went() -> None:
    pcm = np.array([-1, -0.5, 0, 0.25, 0.999], np.float32)
    assert np.allclose(audio.from_pcm16(audio.to_pcm16(pcm)), pcm, atol=1e-4)
    assert audio.to_pcm16(np.array([2, -2], np.float32)) == b"\xff\x7f\x00\x80"


def damaged(path: Path) -> None:
    soundfile.write(path, tone(440, RATE, 5), RATE, format="FLAC")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"\0" * (len(whole) // 2))


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("missing.wav", lambda _: None, "no such file"),
        ("long" * 100, lambda _: None, "cannot be opened"),
        ("folder", lambda path: path.mkdir(), "no such file"),
        ("empty.wav", lambda path: path.write_bytes(b""), "empty"),
        ("text.wav", lambda path: path.write_text("这不是录音"), "not audio"),
        ("silent.wav", lambda path: soundfile.write(path, np.zeros(0), RATE), "no samples"),
        (
            "long.wav",
            lambda path: soundfile.write(path, np.zeros(121 * 8_000), 8_000),
            "121 s long",
        ),
        ("damaged.flac", damaged, "damaged"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_read_is_named_with_the_reason(
    tmp_path: Path, name: str, make: object, says: str
) -> None:
    path = tmp_path / name
    make(path)  # type: ignore[operator]
    with pytest.raises(AudioUnreadable, match=says) as caught:
        audio.read(path)
    assert str(path) in str(caught.value)
    assert caught.value.code == "audio"
