"""Recordings: kept only with consent, only for a while, never at the ledger's expense."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import soundfile
from wall import MONDAY, Wall

from station.errors import RecordingError
from station.ledger import Ledger
from station.recordings import RATES, Recordings
from station.requests import FiledRequest
from station.retention import Rules, Swept, sweep
from station.utterances import Conversation, Utterance

DAY = timedelta(days=1)


@pytest.fixture
def recordings(tmp_path: Path) -> Recordings:
    return Recordings(tmp_path / "recordings", reserve=0)


def tone(seconds: float, rate: int = 16_000) -> npt.NDArray[np.float32]:
    times = np.arange(int(seconds * rate)) / rate
    return (0.3 * np.sin(2 * np.pi * 440 * times)).astype(np.float32)


def said(ledger: Ledger, recordings: Recordings, conversation: str, n: int = 1) -> Path:
    """An utterance of this moment, recorded and entered in the ledger."""
    at = ledger._clock()
    path = recordings.save(conversation, n, tone(0.2), 16_000, consent=True, at=at)
    assert path is not None
    ledger.add_utterance(Utterance(conversation, n, at, text="我要叫车", audio=path.as_posix()))
    return path


def heard(recordings: Recordings) -> list[str]:
    return [path.name for path in recordings.files()]


@pytest.mark.parametrize("rate", RATES)
def test_a_recording_sounds_like_what_was_said(recordings: Recordings, rate: int) -> None:
    path = recordings.save("c1", 2, tone(1.5, rate), rate, consent=True, at=MONDAY)
    assert path == Path("2026/11/23/c1-002.ogg")
    info = soundfile.info(recordings.folder / path)
    assert (info.format, info.subtype) == ("OGG", "OPUS")
    pcm, played = soundfile.read(recordings.folder / path, dtype="float32")
    spectrum = np.abs(np.fft.rfft(pcm))
    assert abs(len(pcm) / played - 1.5) < 0.05
    assert abs(np.argmax(spectrum) * played / len(pcm) - 440) < 5


def test_two_minutes_are_kept_whole(recordings: Recordings) -> None:
    path = recordings.save("c1", 1, tone(120, 8_000), 8_000, consent=True)
    assert path is not None
    info = soundfile.info(recordings.folder / path)
    assert abs(info.duration - 120) < 0.1
    assert recordings.size(path) < 1_200_000


@pytest.mark.parametrize(("consent", "allowed"), [(False, True), (True, False), (False, False)])
def test_without_consent_nothing_is_written(
    recordings: Recordings, consent: bool, allowed: bool
) -> None:
    kept = replace(recordings, allowed=allowed)
    assert kept.save("c1", 1, tone(1), 16_000, consent=consent) is None
    assert not recordings.folder.exists()


def test_a_recording_that_fails_leaves_no_half_file(
    recordings: Recordings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(soundfile.SoundFile, "write", fail)
    with pytest.raises(RecordingError, match="No space left on device"):
        recordings.save("c1", 1, tone(1), 16_000, consent=True)
    assert [path for path in recordings.folder.rglob("*") if path.is_file()] == []


def test_the_ledger_keeps_its_share_of_the_disk(recordings: Recordings) -> None:
    greedy = replace(recordings, reserve=shutil.disk_usage("/").total * 1000)
    with pytest.raises(RecordingError, match="reserved for the ledger") as caught:
        greedy.save("c1", 1, tone(1), 16_000, consent=True)
    assert caught.value.code == "low_space"


@pytest.mark.parametrize("name", ["../etc/x", "", "a/b", ".hidden", "x" * 100])
def test_a_name_cannot_lead_elsewhere(recordings: Recordings, name: str) -> None:
    with pytest.raises(RecordingError, match="cannot name a recording"):
        recordings.save(name, 1, tone(1), 16_000, consent=True)


def test_audio_that_opus_does_not_know_is_refused(recordings: Recordings) -> None:
    with pytest.raises(RecordingError, match=r"44100 samples a second"):
        recordings.save("c1", 1, tone(1), 44_100, consent=True)
    with pytest.raises(RecordingError, match=r"shape \(2, 100\)"):
        recordings.save("c1", 1, np.zeros((2, 100), np.float32), 16_000, consent=True)


# --- retention --------------------------------------------------------------------------------


def test_a_recording_without_a_request_goes_after_14_days(
    ledger: Ledger, recordings: Recordings
) -> None:
    said(ledger, recordings, "talk")
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 14 * DAY - DAY / 24) == Swept()
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 14 * DAY) == Swept(recordings=1)
    assert heard(recordings) == []
    assert not any(recordings.folder.iterdir())
    (utterance,) = ledger.utterances("talk")
    assert (utterance.audio, utterance.text) == (None, "我要叫车")
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 14 * DAY) == Swept()


def test_a_recording_stays_until_7_days_after_its_request_is_closed(
    ledger: Ledger, recordings: Recordings, wall: Wall
) -> None:
    said(ledger, recordings, "talk")
    number = ledger.file(FiledRequest("taxi", conversation="talk")).number
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 30 * DAY) == Swept()
    wall.time = MONDAY + 30 * DAY
    ledger.cancel(number, by="李静")
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 36 * DAY) == Swept()
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 37 * DAY) == Swept(recordings=1)


def test_a_request_closed_early_does_not_shorten_the_14_days(
    ledger: Ledger, recordings: Recordings
) -> None:
    said(ledger, recordings, "talk")
    ledger.cancel(ledger.file(FiledRequest("taxi", conversation="talk")).number, by="elder")
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 13 * DAY) == Swept()
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 14 * DAY) == Swept(recordings=1)


def test_a_request_nobody_closes_keeps_no_voice_for_ever(
    ledger: Ledger, recordings: Recordings
) -> None:
    said(ledger, recordings, "talk")
    ledger.file(FiledRequest("taxi", conversation="talk"))
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 89 * DAY) == Swept()
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 90 * DAY) == Swept(recordings=1)


def test_a_recording_the_ledger_does_not_know_goes_by_its_folder(
    ledger: Ledger, recordings: Recordings
) -> None:
    recordings.save("lost", 1, tone(0.2), 16_000, consent=True, at=MONDAY)
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 13 * DAY) == Swept()
    assert sweep(ledger.store, recordings, Rules(), MONDAY + 15 * DAY) == Swept(recordings=1)


def test_what_a_killed_program_left_half_written_is_swept(
    ledger: Ledger, recordings: Recordings
) -> None:
    part = recordings.folder / "2026" / "x.1.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"half")
    os.utime(part, (MONDAY.timestamp(), MONDAY.timestamp()))
    sweep(ledger.store, recordings, Rules(), MONDAY + DAY / 48)
    assert part.exists()
    sweep(ledger.store, recordings, Rules(), MONDAY + DAY)
    assert not part.exists()


def test_over_quota_the_oldest_go_first_but_open_matters_last(
    ledger: Ledger, recordings: Recordings, wall: Wall
) -> None:
    for conversation in ("open", "old", "new"):
        said(ledger, recordings, conversation)
        wall.time += DAY
    ledger.file(FiledRequest("taxi", conversation="open"))
    sizes = [recordings.size(path) for path in recordings.files()]
    tight = replace(recordings, quota=sizes[0] + sizes[2])
    assert sweep(ledger.store, tight, Rules(), wall.time) == Swept(recordings_over_quota=1)
    assert heard(recordings) == ["open-001.ogg", "new-001.ogg"]
    sweep(ledger.store, replace(recordings, quota=sizes[0]), Rules(), wall.time)
    assert heard(recordings) == ["open-001.ogg"]
    assert ledger.utterances("old")[0].audio is None


def test_closed_requests_and_transcripts_go_after_a_year_and_leave_a_receipt(
    ledger: Ledger, recordings: Recordings
) -> None:
    said(ledger, recordings, "talk")
    closed = ledger.file(FiledRequest("taxi", {"destination": "医院"}, conversation="talk"))
    waits = ledger.file(FiledRequest("meal", conversation="other"))
    ledger.cancel(closed.number, by="elder")
    year = MONDAY + 365 * DAY
    swept = sweep(ledger.store, recordings, Rules(), year)
    assert swept == Swept(recordings=1)
    swept = sweep(ledger.store, recordings, Rules(), year + DAY)
    assert swept == Swept(requests=1, conversations=1)
    assert [request.uid for request in ledger.requests()] == [waits.uid]
    assert ledger.conversation("talk") is None
    assert ledger.utterances("talk") == ()
    (receipt,) = ledger.store.read("SELECT * FROM erasures")
    assert (receipt["uid"], receipt["intent"], receipt["why"]) == (closed.uid, "taxi", "retention")
    assert "医院" not in str(receipt)
    assert ledger.contradictions() == []


def test_an_erased_request_frees_no_number_of_its_day(
    ledger: Ledger, recordings: Recordings
) -> None:
    ledger.keep_conversation(Conversation("c", "phone", MONDAY))
    number = ledger.file(FiledRequest("taxi")).number
    ledger.cancel(number, by="elder")
    sweep(ledger.store, recordings, Rules(request_days=0), MONDAY + DAY)
    assert list(ledger.requests()) == []
    assert ledger.file(FiledRequest("taxi")).number != number
