"""The two READMEs tell of every command, in both languages alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer

from linli.cli import app

ROOT = Path(__file__).parent.parent


def commands() -> list[str]:
    group = typer.main.get_command(app)
    return sorted(group.list_commands(typer.Context(group)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_command_is_told_of(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    assert [name for name in commands() if f"linli {name}" not in text] == []


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_every_page_it_points_to_is_there(readme: str) -> None:
    text = (ROOT / readme).read_text("utf-8")
    pages = re.findall(r"\]\(([^)#:]+)\)", text)
    assert pages
    assert [page for page in pages if not (ROOT / page).exists()] == []


def test_both_languages_show_the_same_commands_and_figures() -> None:
    blocks = [
        re.findall(r"^\$ (.+)$", (ROOT / name).read_text("utf-8"), re.MULTILINE)
        for name in ("README.md", "README.zh.md")
    ]
    assert blocks[0] == blocks[1]


@pytest.mark.parametrize("readme", ["README.md", "README.zh.md"])
def test_nothing_is_left_to_be_filled_in(readme: str) -> None:
    assert "@@" not in (ROOT / readme).read_text("utf-8")
