"""station.toml: what is right is read, what is wrong is told with its line and what to do."""

from __future__ import annotations

import re
import tempfile
from datetime import date, time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from station.errors import SettingsError
from station.model import DataSection
from station.positions import positions
from station.recordings import Recordings
from station.retention import Rules
from station.settings import SHIPPED, Settings

LIMITS = SHIPPED.with_name("limits.yaml")

SMALL = """\
[station]
name = "河口站"
address = "河口路1号"

[hours]
opens = "09:00"

[[operators]]
name = "张三"
phone = "0376-5550001"

[[operators]]
name = "李四"
phone = "139 0000 0000"

[canteen.lunch]
order_until = "10:00"
served = "11:30"
menu = [
  "饺子",  # 羊肉的
  "面条",
]
"""


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "station.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def problems(folder: Path, text: str | bytes) -> list[str]:
    path = written(folder, text)
    with pytest.raises(SettingsError) as caught:
        Settings.load(path)
    assert caught.value.code == "settings"
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def test_the_shipped_example_is_a_whole_station() -> None:
    station = Settings.load()
    assert station.station.region == "xinyang"
    assert station.canteen is not None
    assert station.canteen.lunch is not None
    assert station.operators
    assert station.hospitals
    assert station.hours.holidays == {date(2027, 2, 6): "春节"}


def test_the_shipped_example_explains_every_section_in_chinese() -> None:
    lines = SHIPPED.read_text("utf-8").splitlines()
    headers = [index for index, line in enumerate(lines) if line.startswith("[")]
    firsts = [i for i in headers if lines[i] not in lines[:i] and "." not in lines[i]]
    explained = [any("#" in line for line in lines[i - 1 : i + 4]) for i in firsts]
    assert all(explained)
    assert len(firsts) >= 10


def test_a_small_file_gets_defaults_and_its_own_folder(tmp_path: Path) -> None:
    station = Settings.load(written(tmp_path, SMALL))
    assert (station.hours.opens, station.hours.closes) == (time(9), time(17, 30))
    assert station.data.ledger == tmp_path / "var" / "ledger.db"
    assert station.speech.recognizer == "whisper"
    assert Settings.load(tmp_path / "station.toml", base=Path("/srv")).data.ledger == Path(
        "/srv/var/ledger.db"
    )


def test_facts_are_what_a_conversation_asks_for(tmp_path: Path) -> None:
    facts = Settings.load(written(tmp_path, SMALL)).facts()
    assert facts["cutoffs"] == {"lunch": time(10)}
    assert facts["menu"] == {"lunch": ("饺子", "面条")}
    assert facts["operator_days"] == frozenset({0, 1, 2, 3, 4})
    assert facts["delivers"] is False


def test_facts_carry_exactly_the_names_the_conversation_knows() -> None:
    from dataclasses import fields

    from intents.conversation.facts import Session, StationFacts

    facts = Settings.load().facts()
    assert facts.keys() == {field.name for field in fields(StationFacts)}
    assert facts["sessions"][0].keys() == {field.name for field in fields(Session)}


def test_retention_defaults_are_the_numbers_that_bind() -> None:
    limits = yaml.safe_load(LIMITS.read_text("utf-8"))["data"]
    defaults = {name: field.default for name, field in DataSection.model_fields.items()}
    assert defaults["recording_days"] == limits["recording_days"]
    assert defaults["recording_days_after_closing"] == limits["recording_days_after_closing"]
    assert defaults["request_days"] == limits["transcript_days"]


def test_recordings_and_retention_follow_the_settings(tmp_path: Path) -> None:
    assert Settings.load().retention() == Rules()
    text = SMALL + "[data]\nkeep_recordings = false\nrecording_quota_mb = 10\nrecording_days = 3\n"
    station = Settings.load(written(tmp_path, text))
    assert station.retention() == Rules(recording_days=3)
    assert station.kept_recordings() == Recordings(
        tmp_path / "var" / "recordings", allowed=False, quota=10_000_000, reserve=200_000_000
    )


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('name = "河口站"\n', "", "1: station.name: is missing: add it: the station's name"),
        ("opens", "opnes", "6: hours.opnes: unknown key: did you mean opens?"),
        (
            "opens",
            "weather",
            "6: hours.weather: unknown key: remove it; known here: closes, days, holidays, opens",
        ),
        ('"09:00"', '"9点"', "6: hours.opens: value '9点' is no time of day: from when a person"),
        ('"09:00"', '"24:00"', "6: hours.opens: value '24:00' is no time of day"),
        ('"09:00"', "9", "6: hours.opens: value 9 input should be a valid time"),
        ('"09:00"', '"18:00"', "5: hours: opens has to be earlier than closes"),
        ("0376-5550001", "电话", "10: operators.1.phone: value '电话' is no telephone number"),
        ("139 0000 0000", "", "14: operators.2.phone: value '' is no telephone number"),
        ('"面条"', "7", "21: canteen.lunch.menu.2: value 7 input should be a valid string"),
        ('"11:30"', "true", "18: canteen.lunch.served: value True input should be a valid time"),
        ("[canteen.lunch]", "[canteen.brunch]", "16: canteen.brunch: unknown key: did you mean"),
        (
            "[hours]",
            'region = "henan"\n[hours]',
            "5: station.region: value 'henan' input should be 'xinyang', 'bazhong' or 'northern'",
        ),
        (
            "[hours]",
            "[hours]\ndays = [1, 8]",
            "6: hours.days.2: value 8 input should be less than",
        ),
        (
            "[hours]",
            "[hours]\nholidays = {2027-02-30 = '春节'}",
            "6: hours.holidays: '2027-02-30' is no date",
        ),
        ("[hours]", "[data]\nrecording_days = 400\n[hours]", "6: data.recording_days: value 400"),
        (
            "[hours]",
            "[data]\nspool = 'var/ledger.db'\n[hours]",
            "1: station.toml: data.spool needs",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_what_to_do(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert old in SMALL
    (line,) = problems(tmp_path, SMALL.replace(old, new, 1))
    assert line.startswith(told)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = SMALL.replace("0376-5550001", "?").replace("opens", "open").replace('"面条"', "1")
    assert [line.split(":")[0] for line in problems(tmp_path, text)] == ["6", "10", "21"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[station]\nname = "河口站\n', "2:12: this is not valid TOML: Illegal character '\\n'"),
        ("[station]\nname = “河口站”\n", "2:8: this is not valid TOML: Invalid value"),
        ("[station]\nname = 1\nname = 2\n", "3:"),
        ("[station", "1:9: this is not valid TOML: Expected ']'"),
    ],
)
def test_broken_toml_is_told_with_line_and_column(tmp_path: Path, text: str, told: str) -> None:
    (line,) = problems(tmp_path, text)
    assert line.startswith(told)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (SMALL.encode("gb18030"), "2:9: this is not UTF-8 (it looks like GBK): save the file as"),
        (SMALL.encode("utf-16"), "1:1: this is not UTF-8 (it looks like UTF-16)"),
        (b"[station]\nname = '\xff\xff\xff'", "2:9: this is not UTF-8: save the file as UTF-8"),
    ],
)
def test_a_wrong_encoding_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    (line,) = problems(tmp_path, data)
    assert line.startswith(told)


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_a_byte_order_mark_and_foreign_line_ends_are_forgiven(tmp_path: Path, ends: str) -> None:
    foreign = "\ufeff" + SMALL.replace("\n", ends)
    station = Settings.load(written(tmp_path, foreign))
    assert station.station.name == "河口站"
    (line,) = problems(tmp_path, foreign.replace("0376-5550001", "?"))
    assert line.startswith("10: operators.1.phone")


def _bent(text: str, cuts: list[tuple[int, str]]) -> str:
    """The text with something put in place of a character here and there."""
    for place, piece in cuts:
        at = place % len(text)
        text = text[:at] + piece + text[at + 1 :]
    return text


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=60),
        st.lists(
            st.tuples(
                st.integers(0, 5000),
                st.sampled_from(['"', "'", "[", "]", "{", "}", "=", ".", ",", "#", "\n", "x", ""]),
            ),
            min_size=1,
            max_size=4,
        ).map(lambda cuts: _bent(SHIPPED.read_text("utf-8"), cuts).encode()),
    )
)
def test_whatever_stands_in_the_file_it_is_read_or_told_with_a_line(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder), data)
        try:
            Settings.load(path)
        except SettingsError as error:
            assert all(re.match(rf"{path}:\d+:", line) for line in str(error).splitlines())  # noqa: PT017


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"there is no such file: copy station\.toml there"):
        Settings.load(tmp_path / "station.toml")
    with pytest.raises(SettingsError, match="cannot be read"):
        Settings.load(tmp_path)


def test_every_place_in_a_tangled_file_is_found() -> None:
    text = (
        "# [no]\n"
        "a.b = 1\n"
        '"c d"."e" = """\nx = 1\n\\"""]\n"""\n'
        "l = [ # ]\n  1, [2,\n 3],\n  {x = '}', y = [4]}\n]\n"
        "[[t]]\nk = '''\n[no]'''\n[t.u]\nv = 1 # v\n[[t]]\n[t.u]\nv = 2\n"
    )
    lines = positions(text)
    assert lines["a", "b"] == 2
    assert lines["c d", "e"] == 3
    assert (lines["l", 0], lines["l", 1, 1], lines["l", 2, "y", 0]) == (8, 9, 10)
    assert (lines["t", 0, "k"], lines["t", 0, "u", "v"], lines["t", 1, "u", "v"]) == (13, 16, 19)
    assert ("no",) not in lines
