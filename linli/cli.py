"""The `linli` command: thin doors to the functions that do the work.

Nothing heavy is imported before a command needs it, so that `linli understand`
answers within a second of being started.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from . import keeping_cli, station_cli
from .audit_cli import app as audit_app
from .errors import told_plainly
from .helpers_cli import app as helpers_app
from .helpers_cli import settle
from .learn_cli import app as learn_app
from .models_cli import app as models_app
from .phone_cli import app as phone_app
from .report_cli import app as report_app
from .residents_cli import app as residents_app
from .staff_cli import app as staff_app

app = typer.Typer(
    name="linli",
    help="Linli 邻里: spoken requests of elders, understood offline, filed for those who help.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
voices_app = typer.Typer(help="The prompt pack.", no_args_is_help=True)
app.add_typer(models_app, name="models")
app.add_typer(voices_app, name="voices")
app.add_typer(phone_app, name="phone")
app.add_typer(residents_app, name="residents")
app.add_typer(helpers_app, name="helpers")
app.command()(settle)
app.add_typer(staff_app, name="staff")
app.add_typer(audit_app, name="audit")
app.add_typer(report_app, name="report")
app.add_typer(learn_app, name="learn")
_COMMANDS: tuple[Callable[..., None], ...] = (
    *(keeping_cli.backup, keeping_cli.restore, keeping_cli.sweep),
    *(station_cli.setup, station_cli.bundle, station_cli.upgrade, station_cli.rollback),
    station_cli.status,
    *(station_cli.selftest, station_cli.law, station_cli.poster),
)
for _command in _COMMANDS:
    app.command()(_command)

SettingsOption = Annotated[
    Path | None, typer.Option("--settings", help="station.toml (default: the station's own)")
]
EngineOption = Annotated[
    str | None, typer.Option("--engine", help="recogniser: whisper, vosk-…, sensevoice, paraformer")
]


@app.command()
def understand(
    explain: Annotated[bool, typer.Option("--explain", help="add why")] = False,
    settings: SettingsOption = None,
) -> None:
    """Understand utterances: a JSON object a line in, one a line out."""
    from .understand import serve
    from .wiring import load_engine, load_settings

    serve(sys.stdin.buffer, sys.stdout, load_engine(load_settings(settings)), explain=explain)


@app.command()
def converse(settings: SettingsOption = None) -> None:
    """Hold a conversation: a JSON event a line in, what is said and asked out."""
    from .converse import serve
    from .wiring import load_engine, load_settings, station_facts

    station = load_settings(settings)
    serve(sys.stdin.buffer, sys.stdout, load_engine(station), station_facts(station))


@app.command()
def transcribe(
    files: Annotated[list[Path], typer.Argument(help="audio files: wav, ogg, flac, mp3")],
    engine: EngineOption = None,
    channel: Annotated[str, typer.Option(help="kiosk or phone (8 kHz µ-law first)")] = "kiosk",
    fast: Annotated[bool, typer.Option("--fast", help="not in real time; pure compute")] = False,
    settings: SettingsOption = None,
) -> None:
    """Write down what was said in audio files, a JSON object a file."""
    from .transcribe import serve
    from .wiring import load_agreed, load_recognizer, load_settings

    station = load_settings(settings)
    recognizer, agreed = load_recognizer(station, engine), load_agreed(station)
    if not serve(files, sys.stdout, recognizer, channel=channel, fast=fast, agreed=agreed):
        raise SystemExit(1)


@app.command()
def say(
    text: Annotated[str, typer.Argument(help="what to say, in Chinese")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write a wav file")] = None,
    rate: Annotated[int, typer.Option(help="24000, 16000 or 8000 samples a second")] = 24_000,
    pace: Annotated[float, typer.Option(help="1.0 is elder-friendly; below is slower")] = 1.0,
    settings: SettingsOption = None,
) -> None:
    """Speak a sentence: to the loudspeaker, or into a file."""
    from .say import say as speak
    from .wiring import load_settings

    speak(text, load_settings(settings), out=out, rate=rate, pace=pace, report=sys.stdout)


@app.command()
def requests(
    as_json: Annotated[bool, typer.Option("--json", help="a JSON object a line")] = False,
    settings: SettingsOption = None,
) -> None:
    """List the requests in the ledger, newest last."""
    from .requests import show
    from .wiring import load_settings, open_ledger

    with open_ledger(load_settings(settings)) as ledger:
        show(ledger, sys.stdout, as_json=as_json)


@app.command()
def slip(
    number: Annotated[
        str, typer.Argument(help="the request's number; with --check a code, or a picture of one")
    ],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write a PDF")] = None,
    check: Annotated[bool, typer.Option("--check", help="is this code genuine and valid?")] = False,
    settings: SettingsOption = None,
) -> None:
    """Give a request's slip, on paper or as PDF, or check the code of one."""
    from station import clock

    from .slip import checked, give, told
    from .wiring import load_settings, open_ledger

    station, today = load_settings(settings), clock.now().date()
    with open_ledger(station) as ledger:
        if not check:
            typer.echo(give(station, ledger, number, out, today))
            return
        found = checked(station, ledger, number, today)
    typer.echo("\n".join(map(told, found)))
    raise SystemExit(0 if all(each.verdict == "valid" for each in found) else 1)


@app.command()
def doctor(settings: SettingsOption = None) -> None:
    """Check this station: models, audio, disk, settings; say what to mend and how."""
    from .doctor import report

    raise SystemExit(0 if report(settings) else 1)


@app.command()
def demo(
    only: Annotated[str | None, typer.Option(help="only samples whose name has this in it")] = None,
    fast: Annotated[bool, typer.Option("--fast", help="feed audio as fast as it goes")] = False,
    engine: EngineOption = None,
    settings: SettingsOption = None,
) -> None:
    """Play the sample calls through the whole path, from audio to filed request."""
    from .demo import play
    from .wiring import load_settings

    raise SystemExit(0 if play(load_settings(settings), only=only, fast=fast, engine=engine) else 1)


@app.command()
def talk(
    channel: Annotated[str, typer.Option(help="kiosk or phone")] = "kiosk",
    engine: EngineOption = None,
    settings: SettingsOption = None,
) -> None:
    """Hold a live conversation through microphone and loudspeaker."""
    from .talk import talk as converse_live
    from .wiring import load_settings

    converse_live(load_settings(settings), channel=channel, engine=engine)


@app.command()
def kiosk(  # noqa: PLR0917 - typer's options are keywords
    fullscreen: Annotated[bool, typer.Option("--fullscreen", help="the whole display")] = False,
    screens: Annotated[
        Path | None, typer.Option(help="keep a picture of every screen in this folder")
    ] = None,
    hear: Annotated[
        list[Path] | None, typer.Option(help="an audio file instead of a microphone; repeatable")
    ] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="an empty ledger and an invented register")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="start it again, whatever happens to it")
    ] = False,
    engine: EngineOption = None,
    settings: SettingsOption = None,
) -> None:
    """Open the touchscreen; without a display sample callers talk to unseen screens."""
    from .kiosk import display_there, run
    from .paths import SETTINGS
    from .wiring import load_settings

    if watch and display_there():
        from .watch import watched

        given = [each for each in sys.argv[1:] if each != "--watch"]
        raise SystemExit(watched(load_settings(settings), given, settings, fullscreen=fullscreen))
    run(
        load_settings(settings),
        fullscreen=fullscreen,
        screens=screens,
        hear=hear or (),
        engine=engine,
        demo=demo,
        file=settings or SETTINGS,
    )


@app.command()
def console(
    port: Annotated[
        int | None, typer.Option(help="another port than the settings'; 0: any")
    ] = None,
    beside: Annotated[
        int | None, typer.Option(help="end when this process is gone (a process number)")
    ] = None,
    watch: Annotated[
        bool, typer.Option("--watch", help="start it again, whatever happens to it")
    ] = False,
    settings: SettingsOption = None,
) -> None:
    """Serve the staff's pages; prints their address and, before there are accounts, a code."""
    from .console import run
    from .wiring import load_settings

    if watch:
        from .console_watch import watched

        raise SystemExit(watched(load_settings(settings), settings, port=port, beside=beside))
    run(load_settings(settings), port=port, beside=beside, file=settings)


@app.command()
def evaluate(
    directory: Annotated[Path, typer.Argument(help="recordings with transcripts")],
    engine: EngineOption = None,
    channel: Annotated[str, typer.Option(help="kiosk or phone")] = "kiosk",
    settings: SettingsOption = None,
) -> None:
    """Measure a recogniser on a folder of your own recordings."""
    from .evaluate import report
    from .wiring import load_recognizer, load_settings

    recognizer = load_recognizer(load_settings(settings), engine)
    report(directory, recognizer, channel=channel, out=sys.stdout)


@voices_app.command()
def build(
    check: Annotated[bool, typer.Option("--check", help="only say what is not up to date")] = False,
) -> None:
    """Bring the prompt pack up to date, or say what is missing."""
    from .pack_command import run

    raise SystemExit(0 if run(check=check, out=sys.stdout) else 1)


@app.command()
def lint() -> None:
    """Check the sentence data: schema, dangling references, over-matching, long or hard words."""
    from .lint import main as check

    raise SystemExit(check())


def main() -> None:
    """Entry point: every error a person can mend is one sentence and an exit code."""
    from .logs import configure

    configure(None, level="warning")
    with told_plainly():
        app()
