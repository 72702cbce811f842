"""What starts a station with its machine: systemd's units, a firewall, and `linli` for everybody.

The templates are in `assets/units`; only folders, user and ports are filled in.
"""

from __future__ import annotations

import os
import shlex
import shutil
import string
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from ivr.conf import TEMPLATES
from station.settings import Settings

from .errors import LinliError
from .paths import ASSETS, ROOT
from .places import places_of

UNITS: Final = ASSETS / "units"
USER: Final = "linli"
TARGET: Final = "linli.target"
SYSTEM: Final = Path("/etc/systemd/system")
COMMAND: Final = Path("/usr/local/bin/linli")
FIREWALL: Final = "linli.nft"
_LINE: Final = ("linli-asterisk.service", "linli-line.service")


class UnitError(LinliError):
    """The services could not be installed."""

    code = "units"


@dataclass(frozen=True, slots=True)
class Machine:
    """Which folder and which user the services are for."""

    home: Path = ROOT
    """The station's folder, with `current` in it."""
    user: str = USER
    """Who runs it all."""


def rendered(settings: Settings, machine: Machine) -> dict[str, str]:
    """File name → text: every unit this station needs, the firewall and the command."""
    filled = {
        "home": str(machine.home),
        "user": machine.user,
        "write": " ".join(_writable(settings, machine.home)),
    }
    texts = {}
    for path in sorted(UNITS.iterdir()):
        if settings.phone.enabled or path.name not in _LINE:
            texts[path.name] = string.Template(path.read_text("utf-8")).substitute(filled)
    texts[FIREWALL] = firewall(settings)
    return texts


def _writable(settings: Settings, home: Path) -> Iterator[str]:
    """Folders the station writes into; `-` before those that may be on a disk that is not there."""
    data, own = places_of(settings), home / "var"
    folders = [own, data.ledger.parent, settings.data.backups, settings.log.path]
    folders += [settings.data.spool, settings.data.recordings, settings.phone.folder]
    folders += [home / "models"]
    seen: set[Path] = set()
    for folder in (each.absolute() for each in folders):
        if folder not in seen and not seen & set(folder.parents):
            seen.add(folder)
            yield f"{'' if folder == own else '-'}{_quoted(folder)}"


def _quoted(path: Path) -> str:
    """As systemd reads it in a list."""
    text = str(path).replace("%", "%%")
    return text if " " not in text else f'"{text}"'


def firewall(settings: Settings) -> str:
    """The example of a firewall with this station's telephones, carrier and ports."""
    phone = settings.phone
    telephones = [each for each in phone.allow if not each.startswith("127.")]
    carrier = [phone.trunk.host] if _address(phone.trunk.host) else []
    ports = f"{phone.manager_port}, {phone.media_port}, {phone.media_port + 1}"
    text = (TEMPLATES / FIREWALL).read_text("utf-8")
    return (
        text.replace("elements = { 192.168.1.0/24 }", _elements(telephones))
        .replace("elements = { 203.0.113.10 }", _elements(carrier))
        .replace("5060", str(phone.sip_port))
        .replace("10000-10999", f"{phone.rtp_from}-{phone.rtp_to}")
        .replace("5038, 8765, 8766", ports)
    )


def _elements(addresses: list[str]) -> str:
    return f"elements = {{ {', '.join(addresses)} }}" if addresses else ""


def _address(host: str) -> bool:
    try:
        return ip_address(host).version == 4
    except ValueError:
        return False


def write(texts: Mapping[str, str], folder: Path) -> list[Path]:
    """Put the files into a folder, as they were rendered."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in texts.items():
        path = folder / name
        path.write_text(text, "utf-8")
        path.chmod(0o755 if name == "linli" else 0o644)
        paths.append(path)
    return paths


def commands(folder: Path, texts: Mapping[str, str], machine: Machine) -> list[str]:
    """What root types to install what lies in a folder."""
    kept, user = shlex.quote(str(folder)), machine.user
    timers = " ".join(sorted(name for name in texts if name.endswith(".timer")))
    names = " ".join(sorted(name for name in texts if name.startswith("linli-") or name == TARGET))
    return [
        f"id {user} || {_new_user(machine)}",
        hand_over(machine),
        f"(cd {kept} && install -m 644 {names} {SYSTEM}/)",
        f"install -m 755 {kept}/linli {COMMAND}",
        "systemctl daemon-reload",
        f"systemctl enable {' '.join(enabled(texts))}",
        f"systemctl start {TARGET} {timers}",
    ]


def _new_user(machine: Machine) -> str:
    home = shlex.quote(str(machine.home))
    return (
        f"useradd --system --user-group --home-dir {home} --shell /usr/sbin/nologin {machine.user}"
    )


def hand_over(machine: Machine) -> str:
    """The command that gives the station's user what is written; the program stays root's."""
    home = shlex.quote(str(machine.home))
    own = f"chown {machine.user}:{machine.user} {home}"
    inside = " ".join(f"{home}/{name}" for name in ("var", "models", "station.toml"))
    return f"{own} && chown -R {machine.user}:{machine.user} {inside}"


def enabled(texts: Mapping[str, str]) -> list[str]:
    """The units that start by themselves."""
    return [name for name, text in texts.items() if "[Install]" in text]


def systemd_here() -> bool:
    """Whether systemd runs this machine, and root is asking."""
    return os.geteuid() == 0 and Path("/run/systemd/system").is_dir()


def install(
    folder: Path, texts: Mapping[str, str], machine: Machine, tell: Callable[[str], None]
) -> None:
    """Install what lies in a folder, by the very commands `commands` shows. Raises UnitError."""
    for line in commands(folder, texts, machine):
        tell(f"  # {line}")
        done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
        if done.returncode:
            raise UnitError(f"{line}: {(done.stderr or done.stdout).strip()[:300]}")


def control(verb: str, *units: str) -> tuple[int, str]:
    """`systemctl VERB UNITS…`: exit code and what it said; (127, "") where there is none."""
    if shutil.which("systemctl") is None:
        return 127, ""
    done = subprocess.run(["systemctl", verb, *units], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()
