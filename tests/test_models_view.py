"""What `linli models` shows."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from linli import models, models_view


@pytest.mark.usefixtures("offered")
class TestView:
    """`linli models list`, as the staff see it."""

    def shown(self, root: Path, settings: Path) -> tuple[bool, str]:
        out = io.StringIO()
        whole = models_view.show(Console(file=out, width=200), root, settings)
        return whole, out.getvalue()

    def line(self, text: str, name: str) -> str:
        (line,) = [one for one in text.splitlines() if one.startswith(f"{name} ")]
        return line

    def test_the_one_in_use_stands_out(self, root: Path, tmp_path: Path) -> None:
        settings = tmp_path / "station.toml"
        models.add("sensevoice", root)
        models.use("sensevoice", settings, root)
        whole, text = self.shown(root, settings)
        assert whole
        assert "正在用" in self.line(text, "sensevoice")
        assert "未安装" in self.line(text, "paraformer")
        assert "234 MB" in self.line(text, "paraformer")
        assert "vosk-ko" not in text

    def test_a_damaged_one_is_told_with_the_command_that_mends_it(
        self, root: Path, tmp_path: Path
    ) -> None:
        folder = models.add("sensevoice", root)
        (folder / "tokens.txt").write_text("")
        whole, text = self.shown(root, tmp_path / "station.toml")
        assert not whole
        assert "文件坏了" in self.line(text, "sensevoice")
        assert "linli models repair sensevoice" in text
