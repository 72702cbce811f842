"""Set-up: a bare checkout becomes ready, stays ready, survives, and says in one sentence why not.

A small project with the real scripts stands for this one: it is set up for real,
from packages on this disk.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from linli.paths import SOURCE

SCRIPTS = sorted((SOURCE / "scripts").iterdir())
LOCKS = sorted((SOURCE / "requirements").glob("*.txt"))
PYTHON_LOCKS = [lock for lock in LOCKS if not lock.name.startswith("apt")]

WHEEL = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"


@dataclass
class Checkout:
    """A checkout of a small project that has this project's scripts."""

    root: Path
    shelf: Path
    environment: dict[str, str] = field(default_factory=dict)

    def setup(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [self.root / "scripts" / "setup", *options],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def start(self) -> subprocess.Popen[bytes]:
        """Set-up as a process group of its own, to be killed."""
        return subprocess.Popen(
            [self.root / "scripts" / "setup"],
            env=self.environment,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def lock(self, name: str, *pins: str) -> None:
        (self.root / "requirements" / f"{name}.txt").write_text("".join(f"{pin}\n" for pin in pins))

    def wants(self, version: str) -> None:
        """The run lock asks for this version of the one package there is."""
        self.lock("run", pin(package(self.shelf, "tiny", version, {"tiny.py": b"answer = 42\n"})))

    def stand_in(self, name: str, body: str) -> dict[str, str]:
        """A PATH on which this program is ours."""
        folder = self.root / "stand-ins"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(f"#!/bin/sh\n{body}\n")
        (folder / name).chmod(0o755)
        return {"PATH": f"{folder}:{self.environment['PATH']}"}

    def has(self) -> str | None:
        """The version of the package that this checkout's Python finds."""
        asked = subprocess.run(
            [
                self.root / ".venv" / "bin" / "python",
                "-c",
                "import importlib.metadata as m, tiny; print(m.version('tiny'))",
            ],
            capture_output=True,
            text=True,
            check=False,
        )
        return asked.stdout.strip() or None


def package(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Path:
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(zipfile.ZipInfo(member), content)
        for member, text in (("METADATA", metadata), ("WHEEL", WHEEL), ("RECORD", "")):
            archive.writestr(zipfile.ZipInfo(f"{info}/{member}"), text)
    return path


def repacked(folder: Path, name: str) -> Path:
    """A package of this environment as the wheel it came from."""
    files = importlib.metadata.distribution(name).files or []
    kept = [file for file in files if not str(file).startswith("..") and file.suffix != ".pyc"]
    version = importlib.metadata.version(name)
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file in kept:
            if file.name not in {"INSTALLER", "REQUESTED"}:
                archive.write(str(file.locate()), str(file))
    return path


def pin(wheel: Path) -> str:
    name, version, *_ = wheel.name.split("-")
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}"


def bare(folder: Path) -> Checkout:
    """A checkout in which nothing has been set up."""
    root, shelf = folder / "checkout", folder / "shelf"
    shelf.mkdir(parents=True)
    (root / "requirements").mkdir(parents=True)
    shutil.copytree(SOURCE / "scripts", root / "scripts")
    (root / "small").mkdir()
    (root / "small" / "__init__.py").touch()
    (root / "linli").mkdir()
    (root / "linli" / "bring.py").write_text("import sys; print('weights', *sys.argv[1:])\n")
    (root / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'
        '[project]\nname = "small"\nversion = "1"\n[tool.setuptools]\npackages = ["small"]\n'
    )
    kept = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8"}
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(shelf), "PYTHON": sys.executable}
    quick = {"PIP_NO_COMPILE": "1", "PYTHONDONTWRITEBYTECODE": "1"}
    checkout = Checkout(root, shelf, kept | offline | quick)
    checkout.lock("apt", "# nothing")
    checkout.lock("dev", pin(package(shelf, "checks", "1.0", {"checks.py": b""})))
    checkout.lock("build", *(pin(repacked(shelf, name)) for name in ("pip", "setuptools")))
    checkout.wants("1.0")
    return checkout


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    checkout = bare(tmp_path_factory.mktemp("ready"))
    done = checkout.setup()
    assert done.returncode == 0, done.stderr
    assert done.stdout == "weights\n"
    return checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return bare(tmp_path)


@pytest.mark.parametrize("script", [*SCRIPTS, SOURCE / ".ci" / "run"], ids=lambda path: path.name)
def test_every_script_can_be_run_and_reads_as_bash(script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)


@pytest.mark.parametrize("lock", PYTHON_LOCKS, ids=lambda path: path.name)
def test_a_lock_has_exact_versions_and_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    entries = re.findall(r"^[^#\s].*(?:\n    --hash.*)*", text, re.MULTILINE)
    assert entries
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._-]+==\S+ \\\n    --hash=sha256:[0-9a-f]{64}", entry), entry
    assert "://" not in text
    assert "index" not in text


def test_what_the_locks_ask_for_is_what_is_here_and_neither_torch_nor_spacy_is() -> None:
    here = {dist.name.lower().replace("_", "-") for dist in importlib.metadata.distributions()}
    assert not here & {"torch", "spacy", "tensorflow", "transformers"}
    locked = re.findall(
        r"^([A-Za-z0-9._-]+)==(\S+)",
        "".join(lock.read_text() for lock in PYTHON_LOCKS if lock.name in {"run.txt", "dev.txt"}),
        re.MULTILINE,
    )
    assert {name: importlib.metadata.version(name) for name, _ in locked} == dict(locked)


def test_the_pins_that_keep_torch_out_stand() -> None:
    run = (SOURCE / "requirements" / "run.txt").read_text()
    assert "\nmisaki==0.9.4 " in run
    assert "\nvosk==0.3.45 " in run


def test_the_second_set_up_does_nothing_and_a_lock_that_moved_is_followed(ready: Checkout) -> None:
    log = ready.root / "var" / "setup.log"
    before = log.stat().st_mtime_ns
    again = ready.setup()
    assert (again.returncode, again.stderr, log.stat().st_mtime_ns) == (0, "", before)
    ready.wants("1.1")
    assert ready.setup().returncode == 0
    assert ready.has() == "1.1"


def test_what_tests_need_is_added_only_when_asked_for(ready: Checkout) -> None:
    done = ready.setup("--dev")
    assert (done.returncode, done.stdout) == (0, "weights --tests\n")
    assert list((ready.root / ".venv").glob("lib/*/site-packages/checks.py"))


def test_a_package_that_is_not_the_locked_one_ends_with_7_and_leaves_what_worked(
    ready: Checkout,
) -> None:
    ready.wants("1.0")
    ready.setup()
    ready.wants("2.0")
    package(ready.shelf, "tiny", "2.0", {"tiny.py": b"answer = 'something else'\n"})
    done = ready.setup()
    assert done.returncode == 7
    assert "not the one that was locked" in done.stderr
    assert ready.has() == "1.0"


def test_without_network_it_ends_with_3_and_leaves_what_worked(ready: Checkout) -> None:
    ready.wants("1.0")
    ready.setup()
    ready.lock("run", f"tiny==3.0 --hash=sha256:{'0' * 64}")
    done = ready.setup(PIP_NO_INDEX="", PIP_INDEX_URL="http://127.0.0.1:9", PIP_FIND_LINKS="")
    assert done.returncode == 3, done.stderr
    assert "connect this machine" in done.stderr
    assert ready.has() == "1.0"


def test_a_set_up_that_was_killed_while_unpacking_is_done_anew_by_the_next(ready: Checkout) -> None:
    many = {f"tiny_parts/{number}.py": b"" for number in range(2000)}
    large = package(ready.shelf, "tiny", "4.0", {"tiny.py": b"answer = 4\n"} | many)
    ready.lock("run", pin(large))
    running = ready.start()
    busy = ready.root / ".venv" / ".linli" / "busy"
    while not busy.exists():
        assert running.poll() is None
        time.sleep(0.002)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    ready.wants("1.0")
    done = ready.setup()
    assert (done.returncode, ready.has()) == (0, "1.0"), done.stderr
    assert not list((ready.root / ".venv").glob("lib/*/site-packages/tiny_parts"))
    assert not busy.exists()


def test_a_python_that_is_too_old_ends_with_6(checkout: Checkout) -> None:
    old = checkout.stand_in("old-python", 'case "$1" in -V) echo Python 3.9.2 ;; *) exit 1 ;; esac')
    done = checkout.setup(PYTHON="old-python", **old)
    assert done.returncode == 6
    assert "found Python 3.9.2" in done.stderr
    assert not (checkout.root / ".venv").exists()


def test_a_full_disk_ends_with_4_before_anything_is_made(checkout: Checkout) -> None:
    full = checkout.stand_in("df", "printf 'head\\nfs 9000 8988 12 99%% /\\n'")
    done = checkout.setup(**full)
    assert done.returncode == 4
    assert "12 MB free" in done.stderr
    assert not (checkout.root / ".venv").exists()


def test_missing_system_packages_are_a_list_of_commands_for_those_who_are_not_root(
    checkout: Checkout,
) -> None:
    checkout.lock("apt", "libsomething2 # what needs it", "libother1")
    checkout.stand_in("dpkg-query", "exit 1")
    done = checkout.setup(**checkout.stand_in("id", "echo 1000"))
    assert done.returncode == 5
    assert "sudo apt-get install --no-install-recommends libsomething2 libother1" in done.stderr
    assert not (checkout.root / ".venv").exists()


def test_the_system_packages_of_the_tests_are_asked_for_only_with_dev(checkout: Checkout) -> None:
    checkout.lock("apt", "# nothing")
    checkout.lock("apt-dev", "a-display2 # what needs it")
    checkout.stand_in("dpkg-query", "exit 1")
    done = checkout.setup("--dev", **checkout.stand_in("id", "echo 1000"))
    assert done.returncode == 5
    assert "sudo apt-get install --no-install-recommends a-display2" in done.stderr
    assert "a-display2" not in checkout.setup().stderr


def test_an_unknown_option_ends_with_2_and_help_with_0(checkout: Checkout) -> None:
    wrong = checkout.setup("--fast")
    assert (wrong.returncode, "--dev" in wrong.stderr) == (2, True)
    told = checkout.setup("--help")
    assert told.returncode == 0
    assert "Exit codes" in told.stdout


def test_every_exit_code_of_set_up_is_explained() -> None:
    script = (SOURCE / "scripts" / "setup").read_text()
    used = set(re.findall(r"\b[A-Z_]+=(\d)\b", script.split("NEEDED_MB")[0]))
    told = (SOURCE / "docs" / "setup.md").read_text()
    head = script.split("set -euo")[0]
    assert used == set("1234567")
    for code in used:
        assert f"\n| {code} | " in told
        assert f"· {code} " in head or f" {code} " in head
