"""A bundle: whole or not one, and installed without a network by one script of its own."""

from __future__ import annotations

import os
import platform
import subprocess
import tarfile
from pathlib import Path

import pytest
from test_scripts import package, pin

from linli import apt_room, bundle
from linli.bundle import debs, wanted, wheels
from linli.errors import UsageError
from linli.fetch import FetchError
from linli.paths import ASSETS, SOURCE
from linli.placing import extract
from linli.release import NOTE, Release, files, pack
from linli.sealed import SUMS, BundleError, check, seal
from linli.signature import PUBLIC, new_key, publish

INSTALL = ASSETS / "bundle" / "install"

SETUP = """\
#!/bin/sh
cd "$(dirname "$0")/.."
test "$PIP_NO_INDEX" = 1 && ls "$PIP_FIND_LINKS" >/dev/null || exit 3
mkdir -p .venv/bin
printf '#!/bin/sh\\necho "$LINLI_HOME $*" >> "$LINLI_HOME/asked"\\n' > .venv/bin/python
chmod +x .venv/bin/python
"""
"""Set-up of a program that does nothing: it wants its packages offline."""


def quiet(_: str) -> None:
    """Nobody looks."""


def release(name: str = "9.9-first", machine: str = "") -> Release:
    return Release(name, "9.9", "", machine or platform.machine(), "3.11", "bookworm")


def made(folder: Path, named: Release, maker: str = "maker") -> Path:
    """A bundle of a program that does nothing."""
    for inside in ("models/font", "wheels"):
        (folder / inside).mkdir(parents=True, exist_ok=True)
    (folder / "models" / "font" / "a.ttf").write_bytes(b"letters")
    (folder / "wheels" / "a.whl").write_bytes(b"wheel")
    program = folder.with_name(f"{folder.name}-program")
    (program / "scripts").mkdir(parents=True, exist_ok=True)
    (program / "scripts" / "setup").write_text(SETUP)
    (program / "scripts" / "setup").chmod(0o755)
    with tarfile.open(folder / "linli.tar", "w") as ball:
        ball.add(program / "scripts", "scripts")
    for name in ("install", "answers.toml"):
        (folder / name).write_bytes((ASSETS / "bundle" / name).read_bytes())
    (folder / NOTE).write_text(named.text())
    key = new_key(folder.parent / f"{maker}.key")
    publish(key, folder / PUBLIC)
    seal(folder, quiet, key)
    return folder


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """On a stick whose name has a space in it."""
    return made(tmp_path / "u pan" / "linli", release())


def install(stick: Path, home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", stick / "install", "--to", home, "--without-system", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "xterm"},
    )


def fill_in(stick: Path) -> None:
    answers = stick / "answers.toml"
    answers.write_text(answers.read_text("utf-8").replace('name = ""', 'name = "光荣站"'), "utf-8")


# --- what it is -------------------------------------------------------------------------------


def test_every_byte_counts_but_those_that_are_filled_in(stick: Path) -> None:
    assert check(stick).name == "9.9-first"
    fill_in(stick)
    assert check(stick).machine == platform.machine()
    (stick / "models" / "font" / "a.ttf").write_bytes(b"Letters")
    with pytest.raises(BundleError, match=r"a\.ttf is missing or damaged"):
        check(stick)


def test_a_list_of_files_that_is_itself_damaged_is_told(stick: Path) -> None:
    (stick / SUMS).write_bytes(b"half a line \xff\xfe\n")
    with pytest.raises(BundleError, match="missing or damaged"):
        check(stick)


def test_one_that_was_not_finished_is_none(stick: Path) -> None:
    (stick / SUMS).unlink()
    with pytest.raises(BundleError, match="was not finished"):
        check(stick)


def test_a_disk_too_small_is_told_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bundle, "_ROOM", 1 << 60)
    with pytest.raises(BundleError, match="MB free and a bundle needs"):
        bundle.make(tmp_path / "out", quiet)
    assert list((tmp_path / "out").iterdir()) == []


def test_the_locked_packages_are_fetched_by_hash_and_others_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf, locks, into = tmp_path / "shelf", tmp_path / "locks", tmp_path / "wheels"
    for folder in (shelf, locks, into):
        folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    tiny = package(shelf, "tiny", "1.0", {"tiny.py": b""})
    (locks / "build.txt").write_text("# nothing\n")
    (locks / "run.txt").write_text(pin(tiny).replace(" --hash", " \\\n    --hash") + "\n")
    (into / "older-0.9-py3-none-any.whl").write_bytes(b"older")
    assert [path.name for path in wheels(into, locks, quiet)] == [tiny.name]
    assert [path.name for path in into.iterdir()] == [tiny.name]
    package(shelf, "tiny", "1.0", {"tiny.py": b"something else"})
    (into / tiny.name).unlink()
    with pytest.raises(FetchError) as caught:
        wheels(into, locks, quiet)
    assert caught.value.code == "wrong_file"


def test_system_packages_in_a_folder_are_found_by_apt_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A package built here, fetched by a stand-in, listed, and chosen by the real client."""
    control = tmp_path / "tree" / "DEBIAN"
    control.mkdir(parents=True)
    (control / "control").write_text(
        "Package: linli-tiny\nVersion: 1:2.0\nArchitecture: all\nMaintainer: x <x@example.org>\n"
        "Description: nothing\n of two lines\n"
    )
    fetched = tmp_path / "linli-tiny_1%3a2.0_all.deb"
    subprocess.run(["dpkg-deb", "--build", control.parent, fetched], check=True, text=True)
    monkeypatch.setattr(apt_room, "packages", lambda *_, **__: [fetched])
    (deb,) = debs(tmp_path / "debs", ["linli-tiny"], quiet)
    assert "%" not in deb.name
    sources = tmp_path / "sources"
    sources.write_text(f"deb [trusted=yes] file:{deb.parent} ./\n")
    state = tmp_path / "state"
    (state / "lists" / "partial").mkdir(parents=True)
    (state / "status").touch()
    options = {
        "Dir::Etc::SourceList": sources,
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State": state,
        "Dir::State::status": state / "status",
        "Dir::Cache": state,
        "APT::Sandbox::User": "",
        "Debug::NoLocking": "1",
    }
    apt = ["apt-get", "-q", *(f"-o{key}={value}" for key, value in options.items())]
    subprocess.run([*apt, "update"], check=True, capture_output=True)
    told = subprocess.run(
        [*apt, "install", "--print-uris", "-y", "linli-tiny"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert deb.name in told


def test_a_station_of_its_own_needs_a_screen_a_sound_and_a_python() -> None:
    names = wanted(SOURCE / "requirements")
    assert {"python3-venv", "cage", "libportaudio2", "nftables"} <= set(names)
    assert all(name == name.strip() and "#" not in name for name in names)


# --- the program in it --------------------------------------------------------------------------


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout of a small program, with things beside it that are not it."""
    root = tmp_path / "checkout"
    (root / "linli").mkdir(parents=True)
    (root / "pyproject.toml").write_text('[project]\nname = "linli"\nversion = "0.7"\n')
    (root / "linli" / "a.py").write_text("x = 1\n")
    git = ["git", "-C", str(root), "-c", "user.name=x", "-c", "user.email=x@example.org"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *words], check=True)
    (root / "var").mkdir()
    (root / "var" / "ledger.db").write_text("names")
    return root


def test_what_is_packed_is_the_program_and_nothing_of_a_station(
    checkout: Path, tmp_path: Path
) -> None:
    told = pack(tmp_path / "a.tar", checkout)
    assert told.name.startswith("0.7-20")
    assert told.commit
    assert files(checkout) == ["linli/a.py", "pyproject.toml"]
    with tarfile.open(tmp_path / "a.tar") as ball:
        assert "var/ledger.db" not in ball.getnames()
    extract(tmp_path / "a.tar", tmp_path / "released")
    released = tmp_path / "released"
    (released / NOTE).write_text(told.text())
    (released / ".venv").mkdir()
    (released / ".venv" / "python").touch()
    assert Release.of(released) == told
    assert pack(tmp_path / "b.tar", released) == told
    assert files(released) == [NOTE, "linli/a.py", "pyproject.toml"]


def test_a_note_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / NOTE).write_text("name=x\n")
    with pytest.raises(UsageError, match="does not say which Linli"):
        Release.read(tmp_path / NOTE)


# --- putting it onto a machine --------------------------------------------------------------------


def test_it_installs_offline_and_asks_for_the_answers(stick: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    done = install(stick, home)
    assert done.returncode == 0, done.stderr
    assert "answers.toml" in done.stdout
    assert (home / "current").resolve() == home / "releases" / "9.9-first"
    assert (home / "models" / "font" / "a.ttf").read_bytes() == b"letters"
    assert not (home / "asked").exists()
    fill_in(stick)
    assert install(stick, home).returncode == 0
    asked = (home / "asked").read_text()
    assert asked == f"{home} -m linli setup --without-system --from {stick}/answers.toml\n"


def test_a_newer_bundle_is_put_beside_and_switched_to_by_itself(
    stick: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    install(stick, home)
    newer = made(stick.with_name("second"), release("9.9-second"))
    assert install(newer, home).returncode == 0
    assert (home / "asked").read_text() == f"{home} -m linli upgrade --finish 9.9-second\n"
    assert (home / "current").resolve().name == "9.9-first"
    assert (home / "releases" / "9.9-second" / ".ready").exists()


def test_another_makers_bundle_does_not_touch_a_station_that_is_there(
    stick: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    install(stick, home)
    other = made(tmp_path / "other", release("9.9-other"), "somebody else")
    done = install(other, home)
    assert done.returncode == 7
    assert "linli upgrade" in done.stderr
    assert not (home / "releases" / "9.9-other").exists()


def test_a_model_that_is_not_in_the_list_is_not_brought_along(stick: Path, tmp_path: Path) -> None:
    (stick / "models" / "font" / ".extra").write_bytes(b"?")
    assert install(stick, tmp_path / "home").returncode == 0
    assert [each.name for each in (tmp_path / "home" / "models" / "font").iterdir()] == ["a.ttf"]


def test_a_set_up_that_was_cut_short_is_done_again(stick: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    half = home / "releases" / "9.9-first"
    half.mkdir(parents=True)
    (half / "half a file").touch()
    assert install(stick, home).returncode == 0
    assert (half / ".ready").exists()


@pytest.mark.parametrize(
    ("deed", "code", "told"),
    [
        ("damaged", 7, "坏了"),
        ("missing", 7, "坏了"),
        ("elsewhere", 2, "给 toaster 机器的"),
        ("option", 2, "--fast"),
    ],
)
def test_what_cannot_be_installed_is_told_before_anything_is_touched(
    stick: Path, tmp_path: Path, deed: str, code: int, told: str
) -> None:
    home, words = tmp_path / "home", []
    if deed == "damaged":
        (stick / "wheels" / "a.whl").write_bytes(b"whee!")
    elif deed == "missing":
        (stick / "wheels" / "a.whl").unlink()
    elif deed == "elsewhere":
        made(stick, release(machine="toaster"))
    else:
        words = ["--fast"]
    done = install(stick, home, *words)
    assert done.returncode == code
    assert told in done.stderr
    assert not home.exists()


def test_on_a_bare_console_it_speaks_with_letters_that_are_there(
    stick: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        ["sh", stick / "install", "--to", tmp_path / "home", "--without-system"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TERM": "linux"},
    )
    assert done.stdout.isascii()
    assert "[3/6] The program, 9.9-first" in done.stdout


def test_the_script_is_one_for_every_shell() -> None:
    subprocess.run(["dash", "-n", INSTALL], check=True)
