"""The console is served where only this machine reaches it, unless there is a certificate."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from console_house import House

from station.console.serve import CannotServe, Door, beside
from station.console.words import told
from station.settings import SHIPPED


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.2", "::"])  # noqa: S104 - refused
def test_passwords_never_cross_a_network_in_the_clear(host: str) -> None:
    with pytest.raises(CannotServe, match="needs TLS"):
        Door(host).check()
    Door(host, certificate=Path("x.pem"), key=Path("x.key")).check()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.0.0.5"])
def test_this_machine_needs_no_certificate(host: str) -> None:
    Door(host).check()


def test_a_port_that_is_taken_is_told_with_what_to_do() -> None:
    with Door(port=0).listen() as taken:
        again = Door(port=taken.getsockname()[1])
        with pytest.raises(CannotServe, match="is a console open already"):
            again.listen()


def test_no_packet_of_a_page_waits_for_the_browser_s_word() -> None:
    with Door(port=0).listen() as listening:
        with socket.create_connection(listening.getsockname()):
            visitor, _ = listening.accept()
        assert visitor.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        visitor.close()


def test_linli_console_prints_its_address_and_the_first_code_and_stops_when_told(
    tmp_path: Path,
) -> None:
    settings = tmp_path / "station.toml"
    settings.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    command = [sys.executable, "-m", "linli", "console", "--port", "0", "--settings", str(settings)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as console:
        assert console.stdout is not None
        address = console.stdout.readline().removeprefix("console: ").strip()
        code = console.stdout.readline()
        assert re.fullmatch(r"first-run code: [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\n", code)
        with requests.Session() as browser:
            browser.trust_env = False
            answer = browser.get(address, timeout=60)
            assert "第一次使用" in answer.text
        console.send_signal(signal.SIGTERM)
        assert console.wait(60) in {0, -signal.SIGTERM}


def test_the_console_ends_with_the_program_beside_it(tmp_path: Path) -> None:
    settings = tmp_path / "station.toml"
    settings.write_text(SHIPPED.read_text("utf-8"), "utf-8")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as kiosk:
        command = [sys.executable, "-m", "linli", "console", "--port", "0",
                   "--settings", str(settings), "--beside", str(kiosk.pid)]  # fmt: skip
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as console:
            assert console.stdout is not None
            assert console.stdout.readline().startswith("console: http://127.0.0.1:")
            kiosk.communicate(b"\n")
            assert console.wait(60) in {0, -signal.SIGTERM}


def test_no_word_of_the_console_hides_behind_a_method_of_its_group() -> None:
    def groups(value: object) -> list[dict[str, object]]:
        if not isinstance(value, dict):
            return []
        return [value, *(each for inner in value.values() for each in groups(inner))]

    shown = {name: group for name, group in told().items() if name != "kinds"}  # for Python only
    hidden = {name for group in groups(shown) for name in group if hasattr(dict, str(name))}
    assert hidden == set()


def test_every_word_is_used_by_a_page_or_a_module() -> None:
    folder = Path(sys.modules["station.console.words"].__file__ or "").parent
    files = [path for kind in ("*.py", "*.html") for path in folder.rglob(kind)]
    sources = "".join(path.read_text("utf-8") for path in files)
    groups = ("menu", "pulse", "sound", "login", "first", "redeem", "me", "board", "clock",
              "request", "resident", "new", "calls", "alarm", "slip", "people", "deed")  # fmt: skip
    unused = [
        f"{group}.{name}" for group in groups for name in told()[group]
        if not re.search(rf"\b{group}\.{name}\b|\[\"{name}\"\]|\"{name}\"", sources)
    ]  # fmt: skip
    assert unused == []


def test_the_shipped_script_is_the_one_that_was_checked() -> None:
    import hashlib

    from station.console.render import ASSETS

    digest = hashlib.sha256((ASSETS / "htmx.min.js").read_bytes()).hexdigest()
    assert digest == "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
    assert "Zero-Clause BSD" in (ASSETS / "htmx.LICENSE").read_text("utf-8")


def test_pages_beside_a_program_answer_at_once_and_are_gone_after_it(house: House) -> None:
    with beside(house.site) as address:
        assert requests.get(address + "login", timeout=30).status_code == 200
    with pytest.raises(requests.ConnectionError):
        requests.get(address + "login", timeout=5)


def test_pages_whose_ledger_cannot_be_read_are_told_to_be_missing(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.ledger.close()
    with pytest.raises(CannotServe, match="before its first page"), beside(house.site):
        pass
