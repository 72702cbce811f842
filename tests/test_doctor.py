"""The doctor: what is wrong with a station is found, named in Chinese, with what to do."""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pytest
from rich.console import Console

from linli import catalogue, doctor, weights
from linli.doctor import Finding
from linli.paths import ASSETS, MODELS


def only(findings: list[Finding], area: str) -> list[Finding]:
    return [found for found in findings if found.area == doctor.words()["areas"][area]]


def test_a_station_as_set_up_has_nothing_bad(station: Path) -> None:
    findings = doctor.diagnose(station)
    assert [found for found in findings if found.level == "bad"] == []
    assert {found.area for found in findings} == set(doctor.words()["areas"].values())


def test_without_a_sound_card_it_says_so_and_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sounddevice

    monkeypatch.setattr(sounddevice, "query_devices", list)
    findings = list(doctor.audio())
    assert [found.level for found in findings] == ["warn", "warn"]
    assert "话筒" in findings[0].what
    assert "喇叭" in findings[1].what


def test_the_devices_there_are_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    import sounddevice

    devices = [
        {"name": "HDMI", "max_input_channels": 0, "max_output_channels": 2},
        {"name": "USB 话筒", "max_input_channels": 1, "max_output_channels": 0},
    ]
    monkeypatch.setattr(sounddevice, "query_devices", lambda: devices)
    [found] = doctor.audio()
    assert found.level == "ok"
    assert "USB 话筒" in found.what
    assert "HDMI" in found.what


def test_a_damaged_model_is_named_with_the_hash_it_must_have_and_how_to_mend_it(
    station: Path,
) -> None:
    file = catalogue.load().weight("whisper-base").files[1]
    place = station / "models" / file.path
    place.unlink()
    place.write_bytes(b"{}")
    findings = doctor.diagnose(station)
    [found] = only(findings, "weights")
    assert found.level == "bad"
    [ears] = only(findings, "recogniser")
    assert "linli models repair whisper" in ears.fix
    for word in (str(place), file.sha256):
        assert word in found.what
    assert weights.MEND in found.fix


def test_every_missing_file_is_named(station: Path) -> None:
    shutil.rmtree(station / "models" / "kokoro")
    found = only(doctor.diagnose(station), "weights")
    assert len(found) == len(catalogue.load().weight("kokoro").files)
    assert all(each.level == "bad" and "kokoro" in each.what for each in found)


def test_a_package_that_is_missing_is_bad_and_one_of_another_version_is_worth_a_look(
    tmp_path: Path,
) -> None:
    lock = tmp_path / "run.txt"
    lock.write_text("no-such-package==1.0 \\\n    --hash=sha256:00\npyyaml==0.1\n")
    missing, other = doctor.packages(lock)
    assert (missing.level, "no-such-package" in missing.what) == ("bad", True)
    assert (other.level, "pyyaml" in other.what, "0.1" in other.what) == ("warn", True, True)


def test_a_python_that_will_not_do_is_bad() -> None:
    assert [found.level for found in doctor.python((3, 10, 4))] == ["bad"]
    assert [found.level for found in doctor.python((3, 14, 0))] == ["bad"]
    assert [found.level for found in doctor.python(sys.version_info[:3])] == ["ok"]


def test_a_missing_system_package_comes_with_the_command_that_installs_it(tmp_path: Path) -> None:
    wanted = tmp_path / "apt.txt"
    wanted.write_text("# a list\nbash # there\nno-such-library1 # not there\n")
    [found] = doctor.system(wanted)
    assert found.level == "warn"
    assert found.fix.endswith("apt-get install no-such-library1")


def test_a_disk_that_fills_up_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def levels(free: int) -> list[str]:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, free))
        return [found.level for found in doctor.disk(tmp_path)]

    assert levels(50_000_000) == ["bad"]
    assert levels(1_000_000_000) == ["warn"]
    assert levels(50_000_000_000) == ["ok"]


def test_a_data_folder_that_cannot_be_written_is_bad(tmp_path: Path) -> None:
    in_the_way = tmp_path / "var"
    in_the_way.write_text("a file where the folder should be")
    [found] = doctor.storage(in_the_way)
    assert found.level == "bad"
    assert str(in_the_way) in found.what


def test_broken_settings_are_shown_with_file_and_line(station: Path) -> None:
    path = station / "station.toml"
    path.write_text("[station]\nname = \n")
    findings = doctor.diagnose(station)
    [found] = only(findings, "settings")
    assert found.level == "bad"
    assert "station.toml:2" in found.what
    assert only(findings, "recogniser") == []


def test_it_says_plainly_what_the_figures_rest_on() -> None:
    [found] = doctor.accuracy()
    for word in ("合成语音", "14.9%", "55.8%", "SeniorTalk"):
        assert word in found.what
    assert "linli evaluate" in found.fix


def test_the_ears_that_come_along_are_named_together_with_better_ones() -> None:
    [found] = doctor.recogniser(None, MODELS)
    assert found.level == "warn"
    assert "linli models add sensevoice" in found.fix
    assert "linli models add paraformer" in found.fix


@pytest.mark.parametrize(
    ("name", "advice"),
    [("paraformer", "linli models add paraformer"), ("big-ears", "linli models use")],
)
def test_ears_that_are_chosen_and_not_there_are_bad(station: Path, name: str, advice: str) -> None:
    settings = station / "station.toml"
    shipped = (ASSETS / "station.toml").read_text("utf-8")
    settings.write_text(shipped.replace('recognizer = "whisper"', f'recognizer = "{name}"'))
    [found] = only(doctor.diagnose(station), "recogniser")
    assert (found.level, name in found.what, advice in found.fix) == ("bad", True, True)


def test_the_report_ends_with_one_sentence_and_tells_whether_the_doors_may_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def told(*findings: Finding) -> tuple[bool, str]:
        out = io.StringIO()
        monkeypatch.setattr(doctor, "diagnose", lambda **_: list(findings))
        fine = doctor.report(console=Console(file=out, width=60))
        return fine, out.getvalue().splitlines()[-1]

    good = doctor.finding("ok", "python.ok", version="3.11")
    limit = doctor.finding("warn", "audio.no_input")
    wrong = doctor.finding("bad", "storage.bad", path="var", reason="full")
    assert told(good) == (True, "一切正常，可以开门服务。")
    assert told(good, limit) == (True, "可以开门服务；有 1 处请留意。")
    assert told(good, limit, wrong) == (False, "有 1 处要先修好，再开门服务。")


def test_every_sentence_of_the_data_file_is_said_somewhere() -> None:
    sources = Path(doctor.__file__).parent.glob("doctor*.py")
    source = "".join(path.read_text("utf-8") for path in sources)
    for key in doctor.words()["findings"]:
        area, _, case = key.partition(".")
        assert f'"{key}"' in source or f'f"{area}.{{' in source, key
        assert area in doctor.words()["areas"]
        assert case
