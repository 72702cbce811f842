"""The station's services, as an upgrade stops and starts them; `systemctl` is a stand-in."""

from __future__ import annotations

import os
import pwd
import shutil
from pathlib import Path

import pytest

from linli import services
from linli.installed_units import InstalledUnits
from linli.services import Services

SYSTEMCTL = """\
#!/bin/sh
echo "$*" >> "$(dirname "$0")/asked"
case "$*" in
  "show -p Wants --value linli.target")
    echo linli-asterisk.service linli-line.service linli-kiosk.service linli-resume.service ;;
  "list-units"*) echo "linli-nightly.service loaded active running x" ;;
  "show"*linli-asterisk.service) printf 'ActiveState=active\\nConditionResult=yes\\n' ;;
  "show"*linli-kiosk.service) printf 'ActiveState=inactive\\nConditionResult=no\\n' ;;
  "show"*linli-line.service) cat "$(dirname "$0")/line" ;;
esac
"""


class Here(Services):
    """On a machine that systemd runs, asked by root."""

    @property
    def here(self) -> bool:
        return True


@pytest.fixture
def stand_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "systemctl"
    program.write_text(SYSTEMCTL)
    program.chmod(0o755)
    (tmp_path / "line").write_text("ActiveState=active\nConditionResult=yes\n")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    return tmp_path


def asked(stand_in: Path) -> list[str]:
    return (stand_in / "asked").read_text().splitlines()


def told(stand_in: Path, verb: str) -> list[str]:
    """What systemd was asked to do so."""
    (line,) = [line for line in asked(stand_in) if line.startswith(verb)]
    return line.split()[1:]


def test_all_that_works_with_the_ledger_is_stopped_and_callers_still_reach_a_person(
    stand_in: Path,
) -> None:
    Here().stop()
    assert sorted(told(stand_in, "stop")) == [
        *("linli-kiosk.service", "linli-line.service", "linli-nightly.service"),
    ]


def test_each_is_started_by_name_and_the_exchange_anew_after_all_else(stand_in: Path) -> None:
    Here().start()
    assert set(told(stand_in, "start")) >= {"linli.target", "linli-line.service", "--no-block"}
    Here().renew()
    assert told(stand_in, "try-restart") == ["linli-asterisk.service"]


def test_a_kiosk_without_a_screen_is_not_missed(stand_in: Path) -> None:
    assert Here().late() == []
    assert any("linli-kiosk" in line for line in asked(stand_in))


def test_a_service_that_does_not_come_up_is_told(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "STARTS_S", 0.0)
    (stand_in / "line").write_text("ActiveState=activating\nConditionResult=yes\n")
    assert Here().late() == ["linli-line.service: activating"]


def test_starting_waits_for_nobody(stand_in: Path) -> None:
    Here().start()
    assert asked(stand_in)[-1].startswith("start --no-block linli.target ")


def test_while_the_machine_starts_systemd_is_left_to_start_the_rest(stand_in: Path) -> None:
    one = Here(starting=True)
    one.stop()
    one.start()
    one.renew()
    assert one.late() == []
    assert not (stand_in / "asked").exists()


def test_where_systemd_does_not_run_the_machine_nothing_is_asked(stand_in: Path) -> None:
    class Elsewhere(Services):
        @property
        def here(self) -> bool:
            return False

    one = Elsewhere()
    one.stop()
    one.start()
    one.hand_over([stand_in])
    assert one.late() == []
    assert not (stand_in / "asked").exists()


def test_what_root_has_written_is_given_to_whom_the_services_run_as(
    stand_in: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: list[tuple[Path, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(shutil, "chown", lambda path, user, _: given.append((path, user)))
    (stand_in / "linli-console.service").write_text("[Service]\nUser=nobody\n")
    folder = stand_in / "var"
    folder.mkdir()
    (folder / "ledger.db").touch()
    Here(installed=InstalledUnits(system=stand_in)).hand_over([folder])
    nobody = pwd.getpwnam("nobody").pw_uid
    assert given == [(folder, nobody), (folder / "ledger.db", nobody)]
