"""The `linli` command answers as its contract says, and mends are told in one sentence."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

NOW = "2026-11-23T09:00:00+08:00"


def linli(*words: str, said: str | bytes = "", home: Path | None = None) -> tuple[int, str, str]:
    """Run the command as a deployer would; gives exit code, output and complaints."""
    environment = dict(os.environ)
    if home is not None:
        environment["LINLI_HOME"] = str(home)
    done = subprocess.run(
        [sys.executable, "-c", "from linli.cli import main; main()", *words],
        input=said.encode() if isinstance(said, str) else said,
        capture_output=True,
        env=environment,
        timeout=120,
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def lines(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_utterances_are_answered_in_order_and_a_bad_line_does_not_stop_the_stream() -> None:
    said = "\n".join(
        [
            json.dumps({"id": "a", "text": "明天早上八点叫个车去火车站", "now": NOW}),
            "this is not JSON",
            json.dumps({"id": "b", "text": "我摔倒了，起不来", "now": NOW}, ensure_ascii=False),
        ]
    )
    code, output, _ = linli("understand", said=said)
    taxi, bad, fall = lines(output)
    assert code == 0
    assert (taxi["id"], taxi["intent"]) == ("a", "taxi")
    assert taxi["slots"] == {"destination": "火车站", "date": "2026-11-24", "time": "08:00"}
    assert set(taxi) >= {"intents", "slots_by_intent", "confidence", "alternatives", "ms"}
    assert "error" in bad
    assert (fall["intent"], fall["slots"]) == ("emergency", {"kind": "fall"})


def test_bytes_that_are_no_text_are_a_bad_line() -> None:
    code, output, _ = linli("understand", said=b"\xff\xfe\x00\n" + b'{"text": "\xe5\xaf\xb9"}\n')
    bad, good = lines(output)
    assert code == 0
    assert "error" in bad
    assert good["intent"] == "yes"


def test_a_conversation_goes_from_a_sentence_to_a_created_request() -> None:
    events = [
        {"start": {"channel": "phone", "now": NOW, "requests": [], "resident": None}},
        {"say": "明天早上八点叫个车去火车站，在光荣小区门口上车"},
        {"say": "没问题"},
    ]
    code, output, _ = linli("converse", said="\n".join(json.dumps(event) for event in events))
    turns = lines(output)
    assert code == 0
    assert turns[1]["asking"] == "confirm"
    assert turns[-1]["outcome"] == "created"
    assert turns[-1]["requests"][0]["intent"] == "taxi"


def test_requests_of_an_empty_station_are_no_lines(tmp_path: Path) -> None:
    assert linli("requests", "--json", home=tmp_path)[:2] == (0, "")


def test_broken_settings_are_told_with_their_line_and_exit_code_two(tmp_path: Path) -> None:
    (tmp_path / "station.toml").write_text('[station]\nname = "x"\nadress = "y"\n', "utf-8")
    code, _, complaint = linli("requests", "--json", home=tmp_path)
    assert code == 2
    assert "station.toml:3: station.adress" in complaint
    assert "Traceback" not in complaint


def test_a_command_that_is_not_there_ends_with_two() -> None:
    code, _, complaint = linli("reqests")
    assert code == 2
    assert "reqests" in complaint


def test_a_recogniser_that_is_not_there_is_named_with_what_to_do(tmp_path: Path) -> None:
    sound = tmp_path / "a.wav"
    sound.write_bytes(b"")
    code, _, complaint = linli("transcribe", "--engine", "nonsense", str(sound))
    assert code in {1, 2}
    assert "nonsense" in complaint
    assert "Traceback" not in complaint
