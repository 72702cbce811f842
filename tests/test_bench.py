"""The bench: every room is found, every figure shown beside its target, nothing hidden."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from rich.console import Console

from linli.bench import __main__ as bench
from linli.bench import machine, report
from linli.bench.row import Row

GOOD = Row("first sound", 31.4, "ms", "≤ 50 ms", True, 200, "from the pack [warm]")
MISSED = Row("toneless-pinyin error", 7.25, "%", "≤ 6 %", False, 96)


def room(name: str, rows: Sequence[Row]) -> bench.Room:
    return bench.Room(name, f"{name}, measured", lambda quick: list(rows[:1] if quick else rows))


@pytest.fixture
def two_rooms(monkeypatch: pytest.MonkeyPatch) -> None:
    rooms = [room("mouth", [GOOD]), room("ears", [GOOD, MISSED])]
    monkeypatch.setattr(
        bench, "rooms", lambda only=(): [each for each in rooms if not only or each.name in only]
    )


@pytest.mark.usefixtures("two_rooms")
def test_a_missed_target_is_shown_and_fails_only_when_strict(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert bench.main([]) == 0
    assert "missed: ears: toneless-pinyin error" in capsys.readouterr().out
    assert bench.main(["--strict"]) == 1
    assert bench.main(["--strict", "--only", "mouth"]) == 0
    assert bench.main(["--strict", "--quick"]) == 0


@pytest.mark.usefixtures("two_rooms")
def test_the_figures_can_be_kept_with_the_machine_they_were_measured_on(tmp_path: Path) -> None:
    file = tmp_path / "bench.json"
    bench.main(["--json", str(file)])
    kept = json.loads(file.read_text("utf-8"))
    assert kept["machine"]["cores"] >= 1
    assert kept["machine"]["cpu"]
    assert kept["rooms"]["ears"][1]["value"] == 7.25


def test_a_room_that_breaks_does_not_hide_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def breaks(_: bool) -> list[Row]:
        raise RuntimeError("no model")

    rooms = [bench.Room("broken", "broken", breaks), room("mouth", [GOOD])]
    monkeypatch.setattr(bench, "rooms", lambda _only=(): rooms)
    assert bench.main([]) == 1
    told = capsys.readouterr()
    assert "first sound" in told.out
    assert "broke: broken" in told.out
    assert "no model" in told.err


def test_a_room_is_a_module_with_a_run_and_tools_are_none() -> None:
    names = {each.name for each in bench.rooms()}
    assert names
    assert not names & {"row", "report", "machine", "__main__"}


def test_an_unknown_room_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended:
        bench.main(["--only", "kitchen"])
    assert ended.value.code == 2
    assert bench.rooms()[0].name in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(31.4, "ms", "31.4 ms"), (0.456, "s", "0.46 s"), (1234.5, "ms", "1,234 ms"), (3, "", "3")],
)
def test_a_figure_has_the_digits_that_count(value: float, unit: str, shown: str) -> None:
    assert report.figure(value, unit) == shown


def test_brackets_in_a_note_are_text() -> None:
    out = io.StringIO()
    report.show(Console(file=out, width=120), machine.here(), "mouth", [GOOD])
    assert "[warm]" in out.getvalue()
    assert "cores" in out.getvalue()
