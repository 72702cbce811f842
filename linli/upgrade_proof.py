"""Is a release well? It reads the ledger, hears and understands a sentence, opens its pages.

`python -m linli upgrade --prove` runs this in the release that is to be proved, in whatever
folder `LINLI_HOME` names: a copy of the station first, then the station itself.
"""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from station import clock
from station.copying import copy_ledger
from station.errors import StationError
from station.settings import SHIPPED, Settings, parsed

from .paths import ASSETS, MODELS, ROOT
from .samples import Caller, load
from .setup_answers import merged
from .station_page import fill
from .upgrade_home import Home
from .wiring import load_engine, load_recognizer, load_settings, open_ledger

SPOKEN: Final = "taxi"
"""The sample caller who is heard, and what they want."""
VITAL: Final = ("python", "packages", "weights", "settings", "recogniser", "storage")
"""Areas of the doctor without which a station is none."""
_STARTS_S: Final = 60.0


@cache
def words() -> Mapping[str, Any]:
    """What an upgrade says."""
    file = ASSETS / "text" / "upgrade.yaml"
    loaded: Mapping[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return loaded


def prove(path: Path | None = None) -> Iterator[str]:
    """What is not well, a sentence each, in Chinese.

    In the midst of an upgrade the station stands still: what was proved on its copy is not
    proved again, only what is its own.
    """
    says = words()["unwell"]
    try:
        settings = load_settings(path)
    except StationError as error:
        yield says["settings"].format(reason=error)
        return
    own: tuple[tuple[str, Callable[[Settings], Iterator[str]]], ...] = (
        ("ledger", _ledger),
        ("console", _console),
    )
    alike = () if Home(ROOT).journal() else (("doctor", _doctor), ("turn", _turn))
    for name, look in (*own, *alike):
        try:
            yield from (says[name].format(reason=each) for each in look(settings))
        except Exception as error:  # noqa: BLE001 - whatever it is, the release is not well
            yield says[name].format(reason=f"{type(error).__name__}: {error}")


def _ledger(settings: Settings) -> Iterator[str]:
    with open_ledger(settings) as ledger:
        yield from ledger.contradictions()
        for _ in ledger.requests():
            pass


def _doctor(settings: Settings) -> Iterator[str]:
    del settings
    from . import doctor

    vital = {doctor.words()["areas"][area] for area in VITAL}
    for found in doctor.diagnose():
        if found.level == "bad" and found.area in vital:
            yield found.what


def _turn(settings: Settings) -> Iterator[str]:
    """A recorded sentence becomes the intent it must, and an answer can be spoken."""
    from .mouths import load_mouth

    sample = next(each for each in load() if each.name.endswith(SPOKEN))
    answer = Caller(sample).answer("service")
    if answer is None:
        yield f"{sample.name}: nothing to say"
        return
    said, pcm = answer
    stream = load_recognizer(settings).open(sample.channel)
    try:
        stream.feed(pcm)
        heard = stream.finish().text
    finally:
        stream.close()
    meant = load_engine(settings).understand(heard, clock.now())
    wanted = [each.name for each in meant.intents]
    if SPOKEN not in wanted:
        yield f"{said} → {heard} → {' '.join(wanted)}"
    mouth = load_mouth(settings)
    try:
        if not len(mouth.say(said).pcm):
            yield f"{said}: no sound"
    finally:
        mouth.close()


def _console(settings: Settings) -> Iterator[str]:
    """The staff's pages answer, on a door of their own."""
    del settings
    command = [sys.executable, "-m", "linli", "console", "--port", "0"]
    with (
        tempfile.TemporaryFile("w+") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as console,
    ):
        late = threading.Timer(_STARTS_S, console.kill)
        late.start()
        try:
            lines = (each.partition("console: ")[2].strip() for each in console.stdout or ())
            address = next(filter(None, lines), "")
            if not address:
                errors.seek(0)
                yield (errors.read().strip().splitlines() or [" ".join(command[1:])])[-1]
            elif not answers(address):
                yield address
        finally:
            late.cancel()
            console.terminate()


def answers(address: str) -> bool:
    """Whether a page is there; its certificate is not judged."""
    plain = ssl.create_default_context()
    plain.check_hostname, plain.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(address, timeout=20, context=plain) as page:  # noqa: S310
            return bool(page.status == 200)
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False


def stage(room: Path, settings_file: Path | None = None, root: Path = ROOT) -> Path:
    """A copy of the station in `room`: its settings and its ledger, nothing that is heard outside.

    Raises StationError, OSError or sqlite3.Error.
    """
    shutil.rmtree(room, ignore_errors=True)
    (room / "var").mkdir(parents=True)
    file = settings_file or root / "station.toml"
    values = parsed(file if file.exists() else SHIPPED)[1]
    settings = Settings.load(file if file.exists() else None, base=root)
    own = {name: f"var/{name}" for name in ("spool", "recordings", "backups")}
    values = merged(
        values,
        {
            "data": {**own, "ledger": "var/ledger.db"},
            "log": {"path": "var/log"},
            "phone": {"enabled": False, "folder": "var/phone"},
            "console": {"host": "127.0.0.1", "certificate": "", "key": ""},
        },
    )
    (room / "station.toml").write_text(fill(SHIPPED.read_text("utf-8"), values, ""), "utf-8")
    if settings.data.ledger.exists():
        copy_ledger(settings.data.ledger, room / "var" / "ledger.db")
    (room / "models").symlink_to(MODELS.absolute())
    return room


def environment(home: Path) -> dict[str, str]:
    """For a release's Python at work in a station's folder.

    The folder may be a checkout itself: the packages beside a program are not the release's.
    """
    return {**os.environ, "LINLI_HOME": str(home), "PYTHONSAFEPATH": "1"}


Prover = Callable[[Path, Path], list[str]]
"""Python of a release and a station's folder → what is not well."""


def proved(python: Path, home: Path) -> list[str]:
    """Have a release prove itself in a folder; what is not well."""
    done = subprocess.run(
        [python, "-m", "linli", "upgrade", "--prove"],
        capture_output=True,
        text=True,
        check=False,
        cwd=home,
        env=environment(home),
    )
    lines = done.stdout.splitlines()
    if done.returncode and not lines:
        lines = [words()["unwell"]["program"].format(reason=done.stderr.strip()[-400:])]
    return lines
