"""An upgrade takes the bundles of one maker; nothing of anybody else's is run."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_bundle import made, quiet, release

from linli import placing
from linli.sealed import SIGNATURE, SUMS, BundleError, seal
from linli.signature import PUBLIC, fingerprint, new_key
from linli.trust import admit
from linli.upgrade_home import Home, UpgradeError

RAN = "ran"
"""What an install script leaves behind that was run."""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    return armed(tmp_path / "stick")


def armed(folder: Path, maker: str = "maker") -> Path:
    """A bundle whose install script tells that it was run."""
    made(folder, release(), maker)
    (folder / "install").write_text(f'touch "$2/{RAN}"\n')
    seal(folder, quiet, new_key(folder.parent / f"{maker}.key"))
    return folder


def ran(home: Home) -> bool:
    return (home.root / RAN).exists()


def test_the_first_maker_is_remembered_and_known_again(stick: Path, home: Home) -> None:
    told: list[str] = []
    assert placing.upgrade(stick, home, told.append) == 0
    assert (home.releases / PUBLIC).read_bytes() == (stick / PUBLIC).read_bytes()
    admit(stick, home, told.append)
    assert f"还是原来那位制作人（{fingerprint(stick / PUBLIC)}）" in told[-1]


@pytest.mark.parametrize("deed", ["unsigned", "nameless", "list", "script", "again"])
def test_what_the_maker_did_not_sign_is_not_run(stick: Path, home: Home, deed: str) -> None:
    admit(stick, home, quiet)
    if deed == "unsigned":
        (stick / SIGNATURE).unlink()
    elif deed == "nameless":
        (stick / PUBLIC).unlink()
    elif deed == "script":
        (stick / "install").write_text(f'touch "$2/{RAN}" # and more\n')
    else:
        with (stick / SUMS).open("a") as sums:
            sums.write(f"{'0' * 64}  nothing\n")
        if deed == "again":  # signed again, by somebody else, under the maker's name
            name = (stick / PUBLIC).read_bytes()
            seal(stick, quiet, new_key(stick.parent / "thief.key"))
            (stick / PUBLIC).write_bytes(name)
    wrong = BundleError if deed == "script" else UpgradeError
    with pytest.raises(wrong):
        placing.upgrade(stick, home, quiet)
    assert not ran(home)


def test_a_code_that_is_not_the_makers_is_not_taken_by_a_station_without_any(
    stick: Path, home: Home
) -> None:
    with pytest.raises(UpgradeError, match="还没有"):
        placing.upgrade(stick, home, quiet, "0000 1111 2222 3333 4444")
    assert not ran(home)


def test_another_maker_is_taken_where_the_code_was_asked_for_by_telephone(
    stick: Path, home: Home, tmp_path: Path
) -> None:
    admit(stick, home, quiet)
    other = armed(tmp_path / "other", "other")
    code = fingerprint(other / PUBLIC)
    for wrong in ("", fingerprint(stick / PUBLIC), code[:-5]):
        with pytest.raises(UpgradeError, match=code):
            placing.upgrade(other, home, quiet, wrong)
    assert not ran(home)
    assert placing.upgrade(other, home, quiet, code.replace(" ", "").upper()) == 0
    assert ran(home)
    with pytest.raises(UpgradeError, match=fingerprint(stick / PUBLIC)):
        placing.upgrade(stick, home, quiet)
