"""The self-test's look back: do we hear as well as before, and does anybody still come?

Nothing is measured anew: how sure the recogniser was stands in the ledger with every turn. A
microphone that dies is seen as turns with nothing heard, or as growing doubt.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from statistics import median

from station import clock
from station.checks import Check
from station.ledger import Ledger
from station.store import Row

from .limits import limits
from .selftest_words import found, words

_TURNS = """
    SELECT conversations.channel, utterances.at, utterances.kind,
        utterances.text <> '' AS spoken, utterances.confidence
    FROM utterances JOIN conversations ON conversations.id = utterances.conversation_id
    WHERE conversations.started >= ? AND utterances.kind IN ('heard', 'noise', 'silence')
"""


def microphone(ledger: Ledger, now: datetime) -> Check:
    """Each channel's last days against the weeks before; the first that is worse is told."""
    numbers = limits()["selftest"]
    days = int(numbers["confidence_days"])
    lately = clock.to_text(now - timedelta(days=days))
    since = clock.to_text(now - timedelta(days=days + int(numbers["before_days"])))
    rows = ledger.store.read(_TURNS, (since,), what="look how well we heard")
    checks = [
        _channel(
            channel,
            [row for row in rows if row["channel"] == channel and row["at"] >= lately],
            [row for row in rows if row["channel"] == channel and row["at"] < lately],
        )
        for channel in ("kiosk", "phone")
    ]
    order = {"bad": 0, "ok": 1, "skipped": 2}
    return min(checks, key=lambda each: order[each.state])


def _channel(channel: str, lately: list[Row], before: list[Row]) -> Check:
    numbers, name = limits()["selftest"], words()["channels"][channel]
    if len(lately) < numbers["confidence_turns"]:
        return found("microphone", "few")
    silent = sum(1 for row in lately if row["kind"] != "heard" or not row["spoken"])
    if silent >= numbers["silent_share"] * len(lately):
        return found("microphone", "silent", channel=name, turns=len(lately), silent=silent)
    now, then = _sure(lately), _sure(before)
    if not now or len(then) < numbers["before_turns"]:
        return found("microphone", "few")
    told = {"now": f"{median(now):.0%}", "before": f"{median(then):.0%}"}
    if median(then) - median(now) > numbers["confidence_falls"]:
        return found("microphone", "falling", channel=name, **told)
    return found("microphone", "ok", days=numbers["confidence_days"], **told)


def _sure(rows: list[Row]) -> list[float]:
    return [float(row["confidence"]) for row in rows if row["kind"] == "heard" and row["spoken"]]


def callers(ledger: Ledger, now: datetime) -> Check:
    """When somebody last came or rang; bad where people came every day and now nobody does."""
    numbers = limits()["selftest"]
    quiet = timedelta(days=int(numbers["quiet_days"]))
    since = now - quiet - timedelta(days=int(numbers["before_days"]))
    row = ledger.store.first(
        "SELECT COUNT(*) AS talks, MAX(started) AS last FROM conversations"
        " WHERE started >= ? AND EXISTS (SELECT 1 FROM utterances"
        " WHERE conversation_id = conversations.id)",
        (clock.to_text(since),),
        what="look when somebody came",
    )
    if row is None or row["talks"] < numbers["usual_talks"]:
        return found("callers", "few")
    last = clock.from_text(row["last"])
    if now - last > quiet:
        return found("callers", "quiet", days=(now - last).days)
    return found("callers", "ok", at=f"{last:%m-%d %H:%M}")
