"""`linli converse`: a conversation as JSON lines, for trying it out and for judging it.

In: `start`, `say`, `silence`, `noise`, `press`, `choose`, `hangup`. Out, for each:
`say`, `asking`, `choices`, `outcome`, `requests`. Nothing is written to the ledger.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TextIO

from intents.conversation import Conversation
from intents.conversation.facts import StationFacts
from intents.conversation.talk import Engine
from intents.types import (
    Chose,
    Effect,
    End,
    Event,
    File,
    Heard,
    HungUp,
    Noise,
    Pressed,
    Say,
    Silence,
)

from .errors import UsageError

_KEYS = frozenset("0123456789*#")


class Converse:
    """One conversation after another, each begun by `start`."""

    def __init__(self, engine: Engine, facts: StationFacts | None = None) -> None:
        self._engine = engine
        self._facts = facts or StationFacts()
        self._conversation: Conversation | None = None
        self._now = datetime.now().astimezone()
        self._rows: list[dict[str, Any]] = []
        self._outcomes: set[str] = set()

    def answer(self, line: Mapping[str, Any]) -> dict[str, Any]:
        """The answer to one line; raises `UsageError` for a line that is none of ours."""
        if "start" in line:
            return self._start(line["start"])
        event = _event(line)
        if self._conversation is None:
            raise UsageError('no conversation yet: begin with {"start": {"channel": "kiosk"}}')
        if "now" in line:
            self._now = _moment(line["now"])
        return self._render(self._conversation.receive(event, self._now))

    def _start(self, start: Any) -> dict[str, Any]:
        if not isinstance(start, Mapping):
            raise UsageError(f"start: {start!r} is not an object")
        channel = start.get("channel", "kiosk")
        if channel not in ("kiosk", "phone"):
            raise UsageError(f"start.channel: {channel!r} is neither kiosk nor phone")
        requests = start.get("requests") or []
        if not isinstance(requests, list) or not all(_is_request(row) for row in requests):
            raise UsageError('start.requests: want a list of {"intent", "slots"}')
        resident = start.get("resident")
        if resident is not None and not isinstance(resident, Mapping):
            raise UsageError(f"start.resident: {resident!r} is neither an object nor null")
        now = start.get("now")
        self._now = _moment(now) if now else datetime.now().astimezone()
        self._rows = [
            {**row, "slots": dict(row.get("slots") or {}), "status": row.get("status") or "new"}
            for row in requests
        ]
        self._outcomes = set()
        self._conversation = Conversation(
            self._engine,
            channel=channel,
            now=self._now,
            resident=resident,
            requests=self._rows,
            facts=self._facts,
        )
        return self._render(self._conversation.open())

    def _render(self, effects: list[Effect]) -> dict[str, Any]:
        if self._conversation is None:
            raise RuntimeError("nothing to render")
        outcome: str | None = None
        for effect in effects:
            if isinstance(effect, File):
                self._file(effect)
            elif isinstance(effect, End):
                outcome = self._outcome(effect) or outcome
        return {
            "say": [s for e in effects if isinstance(e, Say) for s in e.sentences],
            "asking": self._conversation.asking,
            "choices": [choice.label for choice in self._conversation.choices],
            "outcome": outcome,
            "requests": [
                {"intent": row["intent"], "slots": row["slots"], "status": row["status"]}
                for row in self._rows
            ],
        }

    def _outcome(self, end: End) -> str | None:
        """A goodbye after something was done is not an outcome of its own."""
        if end.final and end.outcome == "none" and self._outcomes - {"none"}:
            return None
        self._outcomes.add(end.outcome)
        return end.outcome

    def _file(self, effect: File) -> None:
        row = {"intent": effect.intent, "slots": dict(effect.slots), "status": effect.status}
        if effect.target is None:
            self._rows.append(row)
        else:
            self._rows[effect.target] = self._rows[effect.target] | row


def _is_request(row: Any) -> bool:
    if not isinstance(row, Mapping) or not isinstance(row.get("intent"), str):
        return False
    return row.get("slots") is None or isinstance(row["slots"], Mapping)


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(text))
    except ValueError:
        raise UsageError(f"now: {text!r} is not an ISO 8601 time with an offset") from None
    return moment if moment.tzinfo else moment.astimezone()


def _event(line: Mapping[str, Any]) -> Event:
    if isinstance(line.get("say"), str):
        return Heard(line["say"]) if line["say"].strip() else Silence()
    if line.get("silence"):
        return Silence()
    if line.get("noise"):
        return Noise()
    if line.get("hangup"):
        return HungUp()
    if str(line.get("press", "")) in _KEYS and "press" in line:
        return Pressed(str(line["press"]))
    chosen = line.get("choose")
    if isinstance(chosen, Mapping) and len(chosen) == 1:
        slot, value = next(iter(chosen.items()))
        return Chose(str(slot), value)
    raise UsageError(
        f"cannot use {json.dumps(line, ensure_ascii=False)[:80]}; want one of start, say, silence, "
        "noise, press (0–9 * #), choose {slot: value}, hangup"
    )


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise UsageError(f"not a line of JSON: {error}") from None
    if not isinstance(found, dict):
        raise UsageError("a line must be a JSON object")
    return found


def serve(
    lines: Iterable[bytes], out: TextIO, engine: Engine, facts: StationFacts | None = None
) -> None:
    """JSON lines in and out; a bad line answers `{"error": …}` and the stream goes on."""
    converse = Converse(engine, facts)
    for line in lines:
        if not line.strip():
            continue
        try:
            answer = converse.answer(_object(line))
        except UsageError as error:
            answer = {"error": f"{error}"}
        out.write(json.dumps(answer, ensure_ascii=False) + "\n")
        out.flush()
