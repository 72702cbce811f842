"""Speech is told from other sounds, and its last voiced sample is known."""

from __future__ import annotations

import numpy as np
import pytest
from own_ears import clip, silence

from voices.audio import phone
from voices.types import RATE, Channel
from voices.vad import FRAME, VoiceActivity, voiced_seconds

SENTENCE = "h08-zf_xiaoxiao"


@pytest.mark.parametrize("channel", ["kiosk", "phone"])
@pytest.mark.parametrize("gain", [1.0, 0.03])
def test_speech_is_found_loud_and_quiet_on_both_channels(channel: Channel, gain: float) -> None:
    pcm = clip(SENTENCE) * np.float32(gain)
    heard = phone(pcm) if channel == "phone" else pcm
    assert voiced_seconds(heard, channel) > 0.7 * voiced_seconds(clip(SENTENCE))


def test_the_last_voiced_sample_is_where_the_voice_ends() -> None:
    speech = clip(SENTENCE)
    loud = np.flatnonzero(np.abs(speech) > 0.02)
    activity = VoiceActivity()
    activity.feed(np.concatenate([silence(1), speech, silence(2)]))
    assert activity.onset is not None
    assert activity.last is not None
    assert activity.onset / RATE == pytest.approx(1 + loud[0] / RATE, abs=0.25)
    assert activity.last / RATE == pytest.approx(1 + loud[-1] / RATE, abs=0.25)
    assert activity.silence == pytest.approx(
        3 + len(speech) / RATE - activity.last / RATE, abs=0.04
    )


def test_the_size_of_the_pieces_does_not_matter() -> None:
    pcm = np.concatenate([silence(0.5), clip(SENTENCE), silence(0.5)])
    whole, pieces = VoiceActivity(), VoiceActivity()
    whole.feed(pcm)
    for start in range(0, len(pcm), 333):
        pieces.feed(pcm[start : start + 333])
    assert (whole.onset, whole.last, whole.total) == (pieces.onset, pieces.last, pieces.total)


def test_a_click_in_the_silence_is_no_speech() -> None:
    """One voiced frame alone must not make the elder's silence start anew."""
    activity = VoiceActivity()
    scripted = iter([0.9] * 10 + [0.1] * 20 + [0.9] + [0.1] * 20 + [0.9] * 2)
    activity._silero.frames = lambda pcm: [next(scripted) for _ in range(len(pcm) // FRAME)]  # type: ignore[method-assign]
    activity.feed(np.zeros(51 * FRAME, np.float32))
    assert activity.silence == pytest.approx(41 * FRAME / RATE)
    activity.feed(np.zeros(2 * FRAME, np.float32))
    assert activity.silence == 0


def test_a_short_sound_is_forgotten() -> None:
    activity = VoiceActivity()
    scripted = iter([0.9] * 4 + [0.1] * 20)
    activity._silero.frames = lambda pcm: [next(scripted) for _ in range(len(pcm) // FRAME)]  # type: ignore[method-assign]
    activity.feed(np.zeros(24 * FRAME, np.float32))
    assert not activity.speaking
    assert activity.onset is None
