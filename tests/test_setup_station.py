"""A station is asked what it must know; each answer is checked, nothing is lost, all is shown."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from linli.ask_station import Interview, Unanswerable, understood
from linli.setup_answers import ASSETS, Answers, questions, read, words
from linli.setup_station import Means, set_up
from station.accounts import Accounts
from station.ledger import Ledger
from station.settings import Settings

NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")
EXAMPLE = ASSETS / "bundle" / "answers.toml"

ANSWERS: dict[str, list[str]] = {
    "站点叫什么": ["光荣社区服务站"],
    "站点地址": ["光荣路12号"],
    "哪里口音": ["我们这儿是信阳的"],
    "有人值班": ["周一到周五"],
    "几点开门": ["8：30"],
    "几点关门": ["08:00", "17:30"],
    "有社区食堂吗": ["有"],
    "星期几做饭": ["每天"],
    "送到家吗": ["送"],
    "做早饭吗": ["不做"],
    "做午饭吗": ["做"],
    "做晚饭吗": ["没有"],
    "午饭当天最晚": ["十点半", "10:30"],
    "午饭几点开": ["11:30"],
    "午饭有什么": ["红烧肉、炒青菜,米饭"],
    "医院叫什么": ["人民医院", ""],
    "挂号台电话": [""],
    "姓名": ["李静", "", "李静"],
    "电话？": ["没有电话", "13900000000"],
    "座机号": ["801"],
    "外线网关吗": ["否"],
    "IP 地址": ["192.168.1.10"],
    "哪个网段": ["192.168.1.0/24"],
    "分机号？": ["01", "101", ""],
    "这位老人的电话": ["0376-5550601"],
    "是谁的": ["一号楼张奶奶"],
    "叫什么？": ["八段锦", ""],
    "星期几？": ["一三五"],
    "几点？": ["09:00"],
    "哪个房间": ["活动室"],
    "几英寸": ["23"],
    "备份放在": [""],
    "登录名": ["李静", "lijing", ""],
    "角色": ["主管"],
}
"""What is asked (a part of it) → what is answered, one after the other."""


def person(answers: dict[str, list[str]]) -> Callable[[str, bool], str]:
    """Somebody who answers; a question without an answer is a failure."""
    left = {part: list(said) for part, said in answers.items()}

    def ask(prompt: str, _: bool) -> str:
        part = next((each for each in left if each in prompt and left[each]), None)
        assert part is not None, f"no answer to {prompt}"
        return left[part].pop(0)

    return ask


def silent(_: str) -> None:
    """Nobody looks."""


def held(known: dict[str, Any] | None = None) -> tuple[dict[str, Any], list[str]]:
    told: list[str] = []
    return Interview(person(ANSWERS), told.append, known or {}).hold(), told


def test_a_talk_gives_a_station_as_its_settings_want_it() -> None:
    values, _ = held()
    settings = Answers.model_validate(values, context={"base": Path()})
    assert settings.station.region == "xinyang"
    assert settings.hours.days == [1, 2, 3, 4, 5]
    assert settings.canteen is not None
    assert settings.canteen.lunch is not None
    assert settings.canteen.lunch.menu == ["红烧肉", "炒青菜", "米饭"]
    assert settings.canteen.breakfast is None
    assert [each.name for each in settings.hospitals] == ["人民医院"]
    assert settings.operators[0].extension == "801"
    assert settings.phone.lines[0].extension == "101"
    assert settings.phone.trunk.host == ""
    assert settings.activities[0].days == [1, 3, 5]
    assert (settings.staff[0].login, settings.staff[0].role) == ("lijing", "supervisor")


def test_what_will_not_do_is_said_at_once_and_asked_again() -> None:
    _, told = held()
    refused = [line for line in told if "不行" in line]
    assert [line.split("不行：")[1].split("　")[0] for line in refused] == [
        *("08:00", "十点半", "没有电话", "01", "李静"),
    ]
    assert "要比开门晚" in refused[0]
    assert "10:30 这样" in refused[1]


def test_every_question_has_an_answer_that_settings_take_or_says_what_is_wrong() -> None:
    for question in questions():
        if question.key:
            assert question.wrong, question.ask
        for column in question.columns:
            assert column.wrong, column.ask


def test_the_ten_things_are_asked() -> None:
    assert len(words()["topics"]) == 10


@pytest.mark.parametrize(
    ("said", "days"),
    [
        ("每天", [1, 2, 3, 4, 5, 6, 7]),
        ("一到五", [1, 2, 3, 4, 5]),
        ("周一至周六", [1, 2, 3, 4, 5, 6]),
        ("1-5", [1, 2, 3, 4, 5]),
        ("星期三和星期天", [3, 7]),
        ("1 3 5", [1, 3, 5]),
        ("一到三、日", [1, 2, 3, 7]),
    ],
)
def test_days_are_written_as_people_write_them(said: str, days: list[int]) -> None:
    assert understood(said, list[int]) == days


@pytest.mark.parametrize("said", ["", "随便", "8"])
def test_what_is_no_day_is_no_answer(said: str) -> None:
    with pytest.raises(Unanswerable):
        understood(said, list[int])


# --- a file of answers ------------------------------------------------------------------------


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """The example that a bundle carries, filled in as a volunteer would."""
    blanks = {
        'name = ""                        # 老人平时': 'name = "光荣站"  # 老人平时',
        'address = ""': 'address = "光荣路12号"',
        '[[hospitals]]\nname = ""': '[[hospitals]]\nname = "人民医院"',
        '[[operators]]\nname = ""': '[[operators]]\nname = "李静"',
        'phone = ""\nextension': 'phone = "13900000000"\nextension',
        'login = ""': 'login = "lijing"',
        'name = ""\nrole': 'name = "李静"\nrole',
    }
    text = EXAMPLE.read_text("utf-8")
    for blank, answer in blanks.items():
        assert blank in text
        text = text.replace(blank, answer)
    path = tmp_path / "answers.toml"
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())  # as Windows saves it
    return path


def test_the_bundles_answers_are_asked_for_where_they_are_blank() -> None:
    _, wrong = read(EXAMPLE)
    for name in ("station.name", "station.address", "staff.1.login", "hospitals", "operators"):
        assert any(name in line for line in wrong), name


def test_a_filled_in_file_is_taken(filled: Path) -> None:
    values, wrong = read(filled)
    assert wrong == []
    assert values["station"]["name"] == "光荣站"
    assert "phone" not in values["hospitals"][0]


def test_each_mistake_in_a_file_is_told_with_its_line(filled: Path) -> None:
    text = filled.read_text("utf-8-sig")
    text = text.replace('"13900000000"', '"打李静"').replace('opens = "08:00"', 'opnes = "08:00"')
    filled.write_text(text, "utf-8")
    _, wrong = read(filled)
    phone = text.splitlines().index('phone = "打李静"') + 1
    assert any(f"answers.toml:{phone}：operators.1.phone：打李静" in line for line in wrong)
    assert any("没有 hours.opnes 这一项" in line and "opens" in line for line in wrong)
    assert len(wrong) == 2


# --- the whole of it ----------------------------------------------------------------------------


def means(home: Path, told: list[str], answers: dict[str, list[str]] | None = None) -> Means:
    ask = person(answers or {})
    return Means(
        told.append, ask, system=False, home=home, settings=home / "station.toml", now=lambda: NOW
    )


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is shown; without a telephone line, whose set-up has tests of its own."""
    monkeypatch.setattr("linli.setup_station._telephone", lambda *_: None)
    return []


def test_a_file_of_answers_makes_a_station(filled: Path, tmp_path: Path, told: list[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert set_up(means(home, told), filled)
    file = home / "station.toml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    settings = Settings.load(file)
    assert settings.station.name == "光荣站"
    with Ledger.open(settings.data.ledger) as ledger:
        (member,) = Accounts(ledger.store).members()
        assert (member.login, member.role, member.ready) == ("lijing", "supervisor", False)
    assert any("lijing 的一次性代码" in line for line in told)
    assert {"linli-kiosk.service", "linli.target", "linli.nft", "linli"} <= {
        path.name for path in (home / "var" / "system").iterdir()
    }
    assert any("systemctl enable" in line for line in told)


def test_a_second_time_nothing_changes(filled: Path, tmp_path: Path, told: list[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    set_up(means(home, told), filled)
    before = (home / "station.toml").read_bytes()
    told.clear()
    assert set_up(means(home, told), filled)
    assert (home / "station.toml").read_bytes() == before
    assert not list(home.glob("station.toml.before-*"))
    assert any("已经有账号" in line for line in told)


def test_what_is_there_is_shown_against_what_comes_and_kept(
    filled: Path, tmp_path: Path, told: list[str]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "station.toml").write_text(
        '[station]\nname = "旧站"\naddress = "旧路"\n[speech]\npace = 0.8\n'
        '[phone.trunk]\nhost = "a.example"\nuser = "u"\npassword = "secret-1"\n',
        "utf-8",
    )
    assert set_up(means(home, told), filled)
    settings = Settings.load(home / "station.toml")
    assert (settings.station.name, settings.speech.pace) == ("光荣站", 0.8)
    (copy,) = home.glob("station.toml.before-20261123-090000")
    assert "旧站" in copy.read_text("utf-8")
    assert any(line.strip() == '-name = "旧站"' for line in told)
    assert not any("secret-1" in line for line in told)


def test_a_change_that_is_not_wanted_is_not_made(tmp_path: Path, told: list[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "station.toml").write_text('[station]\nname = "旧站"\naddress = "旧路"\n', "utf-8")
    assert not set_up(means(home, told, {**ANSWERS, "就这样改吗": ["否"]}), None)
    assert "旧站" in (home / "station.toml").read_text("utf-8")
    assert [path.name for path in home.iterdir()] == ["station.toml"]


def test_a_file_with_mistakes_changes_nothing(tmp_path: Path, told: list[str]) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert not set_up(means(home, told), EXAMPLE)
    assert list(home.iterdir()) == []
