"""Asterisk out of the distribution's packages: where from, checked, and what is said when not."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivr.errors import PhoneError
from ivr.tree import Tree
from linli import asterisk_packages, bring
from linli.asterisk_packages import TREE, ensure, mirror
from linli.fetch import FetchError

AT = "http://mirror.example"
DEB822 = f"""\
Types: deb
URIs: {AT}/debian-security
Suites: bookworm-security

Types: deb
URIs: {AT}/debian
Suites: bookworm
"""


def quiet(what: str) -> None:
    """Nobody looks."""


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of stand-ins before everything else on the PATH."""
    folder = tmp_path / "stand-ins"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder


def program(folder: Path, name: str, body: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("sources.list.d/debian.sources", DEB822),
        (
            "sources.list",
            f"# deb {AT}/else/debian x\ndeb {AT}/debian/ x main",
        ),
        ("sources.list", f"deb [arch=amd64 signed-by=/k.gpg] {AT}/debian x main"),
    ],
)
def test_packages_come_from_where_the_machine_takes_its_own(
    tmp_path: Path, name: str, text: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    assert mirror(tmp_path) == f"{AT}/debian"


def test_a_machine_that_is_no_debian_is_told_so_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "sources.list").write_text("deb http://archive.example/ubuntu noble main\n")
    with pytest.raises(FetchError, match="names no Debian to take packages from") as caught:
        ensure(quiet, Tree(tmp_path / "asterisk"), tmp_path)
    assert caught.value.code == "packages"
    assert "kiosk works without it" in str(caught.value)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bring.bring_asterisk(needed=False, tree=Tree(tmp_path / "asterisk")) == 0
    assert "there is no apt-get here" in capsys.readouterr().err
    assert bring.bring_asterisk(needed=True, tree=Tree(tmp_path / "asterisk")) == 5


@pytest.mark.parametrize(
    ("said", "code", "told"),
    [
        ("Err:1 x Temporary failure resolving\nE: Failed to fetch x", "network", "Connect this"),
        ("E: Unable to locate package asterisk", "packages", "mirror has none"),
        ("W: GPG error: x NO_PUBKEY 123\nE: not signed.", "wrong_file", "not what Debian signed"),
        ("E: You don't have enough free space: No space left", "space", "disk is full"),
    ],
)
def test_what_the_package_client_says_becomes_one_sentence(
    tmp_path: Path, stand_in: Path, said: str, code: str, told: str
) -> None:
    program(stand_in, "apt-get", f"cat <<'END'\n{said}\nEND\nexit 100")
    tree = Tree(tmp_path / "models" / "asterisk")
    with pytest.raises(FetchError, match=told) as caught:
        ensure(quiet, tree)
    assert caught.value.code == code
    assert not tree.here()
    assert list(tree.root.parent.iterdir()) == []


def test_a_list_past_its_date_is_used_because_its_signature_holds(
    tmp_path: Path, stand_in: Path
) -> None:
    program(
        stand_in,
        "apt-get",
        f"""printf "%s\\n" "$*" >> {tmp_path}/asked
case "$*" in *Valid-Until=false*) exit 0;; esac
echo "E: Release file for x/InRelease is expired (invalid since 15d). No updates."
exit 100""",
    )
    said: list[str] = []
    with pytest.raises(FetchError, match=r"lacks chan_websocket\.so"):
        ensure(said.append, Tree(tmp_path / "asterisk"))
    first, again, install = (tmp_path / "asked").read_text().splitlines()
    assert "Valid-Until" not in first
    assert "Valid-Until=false" in again
    assert "Valid-Until=false" in install
    assert any("past its date" in line for line in said)


def test_an_asterisk_that_is_not_the_one_needed_is_not_taken(
    tmp_path: Path, stand_in: Path
) -> None:
    program(stand_in, "apt-get", "exit 0")
    with pytest.raises(FetchError, match=r"lacks chan_websocket\.so") as caught:
        ensure(quiet, Tree(tmp_path / "asterisk"))
    assert caught.value.code == "wrong_file"


def test_without_space_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asterisk_packages, "SPACE", 1 << 60)
    with pytest.raises(FetchError, match="MB free"):
        ensure(quiet, Tree(tmp_path / "asterisk"))


def test_what_set_up_brought_runs_and_is_not_brought_again() -> None:
    assert TREE.check().startswith("22.")
    assert not ensure(quiet)


def test_a_tree_that_does_not_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(PhoneError, match="lacks"):
        Tree(tmp_path).check()
    with pytest.raises(PhoneError, match="does not run"):
        Tree(tmp_path).release()


def test_the_station_may_do_without_the_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LINLI_WITHOUT_PHONE", "1")
    assert bring.bring_asterisk(needed=True, tree=Tree(tmp_path)) == 0


def test_nothing_of_the_machine_is_touched(tmp_path: Path, stand_in: Path) -> None:
    """Every state of the package client lies in the room that is thrown away."""
    program(stand_in, "apt-get", f'printf "%s\\n" "$@" >> {tmp_path}/asked; exit 0')
    with pytest.raises(FetchError):
        ensure(quiet, Tree(tmp_path / "asterisk"))
    asked = (tmp_path / "asked").read_text()
    for name in ("Dir::State", "Dir::Cache", "Dir::Etc::SourceList", "Dir::State::status"):
        assert f"{name}={tmp_path}/.asterisk" in asked
