"""docs/ builds into pages without a broken link, a missing picture or a word from elsewhere."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from linli.docs import DOCS
from linli.docs_commands import commands
from linli.paths import SOURCE
from linli.site import on_page_markdown


@pytest.fixture(scope="module", name="site")
def fixture_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages, built strictly."""
    out = tmp_path_factory.mktemp("site")
    done = build(SOURCE, out)
    assert done.returncode == 0, done.stderr
    return out


def build(root: Path, out: Path) -> subprocess.CompletedProcess[str]:
    """What scripts/docs does, into another folder."""
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", str(out)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_page_for_everybody_and_pictures_that_are_there(site: Path) -> None:
    for name in ("index", "elder.zh", "staff.zh", "deploy.zh", "operation", "architecture"):
        assert (site / f"{name}.html").is_file(), name
    staff = (site / "staff.zh.html").read_text("utf-8")
    pictures = re.findall(r'<img [^>]*src="([^"]+)"', staff)
    assert len(pictures) == 10
    assert all((site / each).is_file() for each in pictures)


def test_nothing_is_loaded_from_anywhere_else(site: Path) -> None:
    outside = re.compile(
        r"""(?:src|href)=["'](?:https?:)?//[^"']+["'][^>]*(?:stylesheet|</script)"""
    )
    loaded = re.compile(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["'](?:https?:)?//""")
    for page in site.rglob("*.html"):
        text = page.read_text("utf-8")
        assert not loaded.search(text), page.name
        assert not outside.search(text), page.name


def test_lines_of_chinese_follow_each_other_without_a_gap(site: Path) -> None:
    page = (site / "deploy.zh.html").read_text("utf-8")
    inside = re.search(r"<p>写给装机的人.*?</p>", page, re.S)
    assert inside
    assert not re.search(r"[\u4e00-\u9fff，。]\s+[\u4e00-\u9fff]", inside[0])
    assert "mount LABEL=LINLI /mnt\n" in page


def test_only_what_is_running_text_is_joined() -> None:
    text = "# 标题\n正文一，\n正文二。\n\n| 甲 | 乙 |\n\n```\n第一行\n第二行\n```\n- 项\n续。\n"
    joined = "# 标题\n正文一，正文二。\n\n| 甲 | 乙 |\n\n```\n第一行\n第二行\n```\n- 项续。\n"
    assert on_page_markdown(text) == joined


def test_a_broken_link_is_a_failure(tmp_path: Path) -> None:
    shutil.copy(SOURCE / "mkdocs.yml", tmp_path)
    shutil.copytree(DOCS, tmp_path / "docs")
    (tmp_path / "linli").symlink_to(SOURCE / "linli")
    page = tmp_path / "docs" / "index.md"
    page.write_text(f"{page.read_text('utf-8')}\n[nowhere](nowhere.md)\n", "utf-8")
    done = build(tmp_path, tmp_path / "out")
    assert done.returncode != 0
    assert "nowhere.md" in done.stderr


def test_every_page_of_the_law_and_every_chinese_page_is_found_from_the_menu() -> None:
    menu = (SOURCE / "mkdocs.yml").read_text("utf-8")
    assert yaml.safe_load(menu)["docs_dir"] == "docs"
    for page in DOCS.rglob("*.zh.md"):
        assert str(page.relative_to(DOCS)) in menu, page.name


def test_every_command_that_is_written_of_exists() -> None:
    import typer

    from linli.cli import app

    known = {name for name, _ in commands(typer.main.get_command(app))}
    groups = {name.rsplit(" ", 1)[0] for name in known if name.count(" ") > 1}
    first = {name.split()[1] for name in known}
    for page in DOCS.rglob("*.md"):
        for told in re.findall(r"`linli ([a-z]+(?: [a-z]+)?)", page.read_text("utf-8")):
            words = told.split()
            assert words[0] in first, f"{page.name}: linli {told}"
            if f"linli {words[0]}" in groups and len(words) > 1:
                assert f"linli {told}" in known, f"{page.name}: linli {told}"
