"""A mistake in a data file is named with its file and line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import intents
from intents.engine import Engine
from intents.errors import DataError
from intents.lint import check

HOME = Path(intents.__file__).parent


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for folder in ("services", "lists", "rules"):
        shutil.copytree(HOME / folder, tmp_path / folder)
    shutil.copy(HOME / "accents.yaml", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("services/taxi.yaml", "intent: taxi\nasks:\n  - '(叫车'\n", "taxi.yaml:3: .*is missing"),
        ("services/taxi.yaml", "intent: taxi\ncolour: red\n", "taxi.yaml:2: unknown key 'colour'"),
        (
            "services/taxi.yaml",
            "intent: taxi\nlists: {asks: [ships]}\n",
            "taxi.yaml:2: no list 'ships'",
        ),
        ("services/taxi.yaml", "intent: meal\n", "exists already"),
        ("services/taxi.yaml", "title: 车\n", "no `intent`"),
        ("services/taxi.yaml", "intent: taxi\nslots: {where: place}\n", "slot 'where' has no type"),
        ("services/taxi.yaml", "intent: [taxi\n", "taxi.yaml:2: "),
        ("services/taxi.yaml", "- taxi\n", "a mapping belongs at the top"),
        ("lists/dishes.yaml", "list: dish\n", "no `values`"),
        ("rules/macros.yaml", "want: 要\nwant: 想\n", "macros.yaml:2: .*written twice"),
    ],
)
def test_it_says_where_and_what(home: Path, name: str, text: str, said: str) -> None:
    (home / name).write_text(text, "utf-8")
    with pytest.raises(DataError, match=said):
        Engine.load(home)


def test_the_shipped_data_is_sound() -> None:
    assert check() == []


def test_a_wording_written_twice_and_a_hard_word_are_found(home: Path) -> None:
    path = home / "services" / "louder.yaml"
    path.write_text("intent: louder\ntitle: 用户终端\nasks: [大声点, 大声点]\n", "utf-8")
    found = "\n".join(check(home, tests=None))
    assert "stands already in line 3" in found
    assert "louder.yaml:2: '用户终端' has the hard word '终端'" in found


def test_a_sentence_taken_by_another_service_is_found(home: Path, tmp_path: Path) -> None:
    tests = tmp_path / "cases"
    tests.mkdir()
    (tests / "meal.yaml").write_text("cases:\n  - say: 给我叫个车去火车站\n", "utf-8")
    assert any("is taken by 'taxi'" in problem for problem in check(home, tests))


def test_a_service_is_added_by_adding_its_file(home: Path) -> None:
    (home / "services" / "shopping.yaml").write_text(
        "intent: shopping\ntitle: 代购\nasks: ['(代购|捎)~(酱油|牙膏)']\n", "utf-8"
    )
    from datetime import UTC, datetime

    found = Engine.load(home).understand("帮我捎瓶酱油", datetime(2026, 11, 23, tzinfo=UTC))
    assert found.first.name == "shopping"
