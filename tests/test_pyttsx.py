"""The voice of last resort: it says something, whole, every time, or tells why not."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voices import pyttsx
from voices.errors import ModelUnusable
from voices.pyttsx import Pyttsx, pinyin
from voices.vad import voiced_seconds

SENTENCE = "没听清楚，请再说一遍。"


@pytest.fixture
def mouth() -> Pyttsx:
    return Pyttsx()


@pytest.mark.parametrize("rate", [24_000, 16_000, 8_000])
def test_a_sentence_is_spoken_at_the_rate_that_was_asked_for(mouth: Pyttsx, rate: int) -> None:
    said = mouth.say(SENTENCE, rate=rate)
    assert (said.rate, said.text, said.source) == (rate, SENTENCE, "rendered")
    assert said.pcm.dtype == np.float32
    assert 0.1 < np.abs(said.pcm).max() <= 1.0


def test_it_speaks_at_the_pace_of_elders_and_slower_where_asked(mouth: Pyttsx) -> None:
    usual = len(mouth.say("请您到人民医院三楼内科看病。", rate=16_000).pcm) / 16_000
    slow = len(mouth.say("请您到人民医院三楼内科看病。", rate=16_000, pace=0.75).pcm) / 16_000
    assert 2.8 < 13 / usual < 4.2
    assert 1.15 < slow / usual < 1.6


def test_it_is_a_voice(mouth: Pyttsx) -> None:
    said = mouth.say(SENTENCE, rate=16_000)
    assert voiced_seconds(said.pcm) > 0.5 * len(said.pcm) / 16_000


def test_many_sentences_at_once_are_all_whole(mouth: Pyttsx) -> None:
    """pyttsx3 itself hangs on a second sentence, and on a busy machine loses half of one."""
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(mouth.say, [SENTENCE] * 8))
    assert {len(one.pcm) for one in said} == {len(said[0].pcm)}


def test_chinese_becomes_pinyin_first(mouth: Pyttsx) -> None:
    """Given characters, Debian's eSpeak reads the numbers of their tones; newer ones do not."""
    assert pinyin("绿色，女儿") == "lü4 se4 ， nü3 er2"
    assert pinyin("好的") == "hao3 de5"
    assert 0.8 < len(mouth.say("请再说一遍。").pcm) / 24_000 < 2.5


def test_an_empty_sentence_is_silence(mouth: Pyttsx) -> None:
    assert len(mouth.say("").pcm) == 0


def test_a_sentence_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    sleepy = "import time; time.sleep(60)"
    monkeypatch.setattr(pyttsx, "_COMMAND", [sys.executable, "-c", sleepy])
    with pytest.raises(ModelUnusable, match=r"did not finish .* within 0\.5 s"):
        Pyttsx(limit=0.5).say("好")


def test_a_voice_that_is_not_there_is_told() -> None:
    with pytest.raises(ModelUnusable, match="apt-get install libespeak-ng1"):
        Pyttsx(voice="no-such-voice").say("好")


def child(tmp_path: Path, *, refusals: int) -> subprocess.CompletedProcess[str]:
    """Run the child as on a machine where eSpeak is not found so many times."""
    order = {"text": "hao3", "voice": "cmn-latn-pinyin", "words_a_minute": 120}
    program = (
        "import ctypes, runpy, sys\n"
        "real, left = ctypes.CDLL.__init__, [int(sys.argv[2])]\n"
        "def init(self, name, *a, **k):\n"
        "    if 'espeak' in str(name) and left[0]:\n"
        "        left[0] -= 1\n"
        "        raise OSError(f'{name}: cannot open shared object file')\n"
        "    real(self, name, *a, **k)\n"
        "ctypes.CDLL.__init__ = init\n"
        "runpy.run_path(sys.argv[1], run_name='__main__')\n"
    )
    return subprocess.run(
        [sys.executable, "-P", "-W", "ignore", "-c", program, str(pyttsx._CHILD), str(refusals)],
        input=json.dumps({**order, "file": str(tmp_path / "said.wav")}),
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_the_machine_has_no_espeak_the_one_from_the_package_speaks(tmp_path: Path) -> None:
    done = child(tmp_path, refusals=1)
    assert done.returncode == 0, done.stderr
    pcm, rate = soundfile.read(tmp_path / "said.wav")
    assert rate == pyttsx.NATIVE_RATE
    assert np.abs(pcm).max() > 0.1


def test_where_there_is_none_at_all_it_is_told(tmp_path: Path) -> None:
    done = child(tmp_path, refusals=100)
    assert done.returncode == 1
    assert "cannot open shared object file" in done.stderr.splitlines()[-1]
