"""What the page says of adding a service is enough: two files, and it is understood and filed."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from linli.docs import DOCS
from linli.paths import SOURCE

NAME = "shopping"


@pytest.fixture(name="copy")
def fixture_copy(tmp_path: Path) -> Path:
    """The intent room and its test files, with the page's two files in them."""
    shutil.copytree(SOURCE / "intents", tmp_path / "intents")
    (tmp_path / "tests").mkdir()
    shutil.copytree(SOURCE / "tests" / "services", tmp_path / "tests" / "services")
    shutil.copy(SOURCE / "tests" / "test_services.py", tmp_path / "tests")
    page = (DOCS / "understanding.md").read_text("utf-8")
    section = page[page.index("## Adding a service") : page.index("## How well")]
    service, cases = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    (tmp_path / "intents" / "services" / f"{NAME}.yaml").write_text(service, "utf-8")
    (tmp_path / "tests" / "services" / f"{NAME}.yaml").write_text(cases, "utf-8")
    return tmp_path


def run(copy: Path, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Python with the copied room in front of ours."""
    return subprocess.run(
        [sys.executable, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy), "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""},
    )


def test_an_elder_who_asks_for_it_gets_it_filed(copy: Path) -> None:
    talk = [{"start": {"channel": "kiosk"}}, {"say": "帮我捎瓶酱油回来"}, {"say": "没问题"}]
    lines = "".join(f"{json.dumps(each)}\n" for each in talk)
    done = run(copy, "-m", "linli", "converse", given=lines)
    assert done.returncode == 0, done.stderr
    last = json.loads(done.stdout.splitlines()[-1])
    assert last["outcome"] == "created"
    assert [each["intent"] for each in last["requests"]] == [NAME]


def test_its_own_sentences_are_taken_and_the_linter_has_nothing_against_it(copy: Path) -> None:
    cases = run(
        copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_services.py", "-k", NAME
    )
    assert cases.returncode == 0, cases.stdout[-2000:]
    assert "3 passed" in cases.stdout
    lint = run(copy, "-m", "linli", "lint")
    assert NAME not in lint.stdout + lint.stderr
