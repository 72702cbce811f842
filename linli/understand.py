"""`linli understand`: utterances as JSON lines in, what they mean as JSON lines out.

In: `{"id", "text", "now"}` (`now`: ISO 8601 with offset; the clock when missing). Out, in the
same order: `id, intent, intents, slots, slots_by_intent, confidence, alternatives, ms`, and with
`explain` also `why`. A bad line answers `{"error": …}` and the stream goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from time import perf_counter
from typing import Any, TextIO

from intents.engine import Engine
from intents.types import Understanding

from .errors import UsageError


def _moment(said: Any) -> datetime:
    if said is None:
        return datetime.now().astimezone()
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        raise UsageError(f"now: {said!r} is not an ISO 8601 time with an offset") from None
    return moment if moment.tzinfo else moment.astimezone()


def _by_intent(found: Understanding) -> dict[str, Any]:
    slots: dict[str, Any] = {}
    for intent in found.intents:
        own = dict(intent.slots)
        if intent.name not in slots:
            slots[intent.name] = own
        elif isinstance(slots[intent.name], list):
            slots[intent.name].append(own)
        else:
            slots[intent.name] = [slots[intent.name], own]
    return slots


def as_json(found: Understanding) -> dict[str, Any]:
    """An understanding as the command prints it, without `id` and `ms`."""
    return {
        "intent": found.first.name,
        "intents": [intent.name for intent in found.intents],
        "slots": dict(found.first.slots),
        "slots_by_intent": _by_intent(found),
        "confidence": found.confidence,
        "alternatives": [
            {"intent": guess.intent, "confidence": guess.confidence} for guess in found.alternatives
        ],
    }


def answer(line: bytes | str, engine: Engine, *, explain: bool = False) -> dict[str, Any]:
    """The answer to one line; raises UsageError or ValueError for one that is none of ours."""
    asked = json.loads(line)
    if not isinstance(asked, Mapping) or not isinstance(asked.get("text"), str):
        raise UsageError('a line must be {"id": …, "text": …, "now": …} with a text')
    now = _moment(asked.get("now"))
    started = perf_counter()
    found = engine.understand(asked["text"], now)
    taken = (perf_counter() - started) * 1000
    result = {"id": asked.get("id"), **as_json(found), "ms": round(taken, 3)}
    if explain:
        result["unsure"] = found.unsure
        result["fuzzy"] = {intent.name: list(intent.fuzzy) for intent in found.intents}
        result["why"] = list(found.why)
    return result


def serve(lines: Iterable[bytes], out: TextIO, engine: Engine, *, explain: bool = False) -> None:
    """JSON lines in and out, flushed line by line."""
    for line in lines:
        if not line.strip():
            continue
        try:
            result = answer(line, engine, explain=explain)
        except (ValueError, UsageError, RecursionError) as error:
            result = {"error": f"{error}" or type(error).__name__}
        text = json.dumps(result, ensure_ascii=False)
        out.write(text.encode("utf-8", "replace").decode("utf-8") + "\n")
        out.flush()
