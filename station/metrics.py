"""How the station is doing, as numbers for a monitoring program; nothing in them names anybody.

Everything is counted anew from the ledger and the disks when it is asked for, so that nothing is
lost by a restart. Labels are words of the program's own (a service, a channel, a folder's role):
what does not look like one is counted as `other`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from . import backup, checks, clock
from .errors import BackupError
from .ledger import Ledger

WINDOW: Final = timedelta(hours=24)
"""What has happened is counted over so long."""
_WORD: Final = re.compile(r"[a-z][a-z_]{0,31}")
_CHANNELS: Final = ("kiosk", "phone")

Samples = Iterable[tuple[Mapping[str, str], float]]
"""Labels and a value."""


@dataclass(frozen=True, slots=True)
class Family:
    """One metric with all its samples."""

    name: str
    """Without the `linli_` before it."""
    meaning: str
    """One line."""
    samples: tuple[tuple[Mapping[str, str], float], ...]
    """Labels and a value; none where nothing can be said."""


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at besides the ledger."""

    disks: Mapping[str, Path]
    """Role (ledger, spool, recordings …) → folder."""
    backups: Path
    """Folder of the backups."""


def families(ledger: Ledger, watched: Watched) -> Iterator[Family]:
    """Every metric of this moment. Raises LedgerError."""
    now = ledger.now()
    yield from _requests(ledger, now)
    yield from _talks(ledger, now)
    yield from _calls(ledger, now)
    yield from _kept(ledger, watched, now)


def text(found: Iterable[Family]) -> str:
    """In Prometheus' text format, version 0.0.4."""
    lines = []
    for family in found:
        name = f"linli_{family.name}"
        lines += [f"# HELP {name} {family.meaning}", f"# TYPE {name} gauge"]
        for labels, value in family.samples:
            told = ",".join(f'{key}="{_word(word)}"' for key, word in labels.items())
            lines.append(f"{name}{{{told}}} {value:.15g}" if told else f"{name} {value:.15g}")
    return "".join(f"{line}\n" for line in lines)


def _word(value: str) -> str:
    """A label's value: one of our own words, or a quantile."""
    return value if _WORD.fullmatch(value) or re.fullmatch(r"0\.\d+", value) else "other"


def _family(name: str, meaning: str, samples: Samples) -> Family:
    """With samples whose labels have become the same added up."""
    added: dict[tuple[tuple[str, str], ...], float] = {}
    for labels, value in samples:
        key = tuple((label, _word(word)) for label, word in labels.items())
        added[key] = added.get(key, 0) + value
    return Family(name, meaning, tuple((dict(key), value) for key, value in added.items()))


def _counted(ledger: Ledger, sql: str, since: datetime, *labels: str) -> Samples:
    rows = ledger.store.read(sql, {"since": clock.to_text(since)}, what="count for the metrics")
    return [({label: str(row[label]) for label in labels}, float(row["n"])) for row in rows]


def _requests(ledger: Ledger, now: datetime) -> Iterator[Family]:
    since = now - WINDOW
    yield _family(
        "requests_day",
        "requests filed in the last 24 hours",
        _counted(
            ledger,
            "SELECT intent AS service, channel, COUNT(*) AS n FROM requests"
            " WHERE created >= :since GROUP BY intent, channel",
            since,
            *("service", "channel"),
        ),
    )
    yield _family(
        "requests_open",
        "requests somebody still has to see to",
        _counted(
            ledger,
            "SELECT status, priority, COUNT(*) AS n FROM requests"
            " WHERE closed IS NULL GROUP BY status, priority",
            since,
            *("status", "priority"),
        ),
    )
    oldest = ledger.store.first("SELECT MIN(created) AS at FROM requests WHERE status = 'new'")
    waited = _age(oldest["at"] if oldest else None, now)
    yield _family("queue_oldest_seconds", "how long the oldest new request has waited", waited)
    unseen = "SELECT COUNT(*) AS n FROM requests WHERE status = 'new' AND kind = 'emergency'"
    yield _family(
        "alarms_unconfirmed",
        "emergencies nobody has confirmed",
        _counted(ledger, unseen, since),
    )


def _talks(ledger: Ledger, now: datetime) -> Iterator[Family]:
    rows = ledger.store.read(
        "SELECT conversations.id, channel, kind, confidence, utterances.text <> '' AS spoken,"
        " json_extract(timing, '$.answer') AS answer, json_extract(timing, '$.decode') AS decode"
        " FROM conversations LEFT JOIN utterances ON conversation_id = conversations.id"
        " WHERE conversations.started >= ?",
        (clock.to_text(now - WINDOW),),
        what="count for the metrics",
    )
    talks = [({"channel": c}, len({r["id"] for r in rows if r["channel"] == c})) for c in _CHANNELS]
    yield _family("talks_day", "visits and calls in the last 24 hours", talks)
    turns = [({"channel": r["channel"], "kind": r["kind"]}, 1) for r in rows if r["kind"]]
    yield _family("turns_day", "turns in the last 24 hours, by what came in", turns)
    for name, meaning, column, scale in (
        ("answer_seconds", "from the end of a turn to the answer, last 24 hours", "answer", 1e-3),
        ("decode_seconds", "what recognition took, last 24 hours", "decode", 1e-3),
    ):
        values = {
            c: [r[column] * scale for r in rows if r["channel"] == c and r[column] is not None]
            for c in _CHANNELS
        }
        yield _family(name, meaning, _quantiles(values, (0.5, 0.95)))
    sure = {
        c: [r["confidence"] for r in rows if r["channel"] == c and r["kind"] == "heard"]
        for c in _CHANNELS
    }
    meaning = "how sure the recogniser was, 0 to 1, last 24 hours"
    yield _family("confidence", meaning, _quantiles(sure, (0.1, 0.5)))


def _quantiles(values: Mapping[str, Sequence[float]], wanted: Sequence[float]) -> Samples:
    for channel, found in values.items():
        ordered = sorted(found)
        for share in wanted if ordered else ():
            at = min(len(ordered) - 1, int(share * len(ordered)))
            yield {"channel": channel, "quantile": f"{share:g}"}, float(ordered[at])


def _calls(ledger: Ledger, now: datetime) -> Iterator[Family]:
    since = now - WINDOW
    lost = "SELECT why, COUNT(*) AS n FROM callbacks WHERE at >= :since GROUP BY why"
    yield _family(
        "calls_lost_day",
        "calls of the last 24 hours that reached nobody",
        _counted(ledger, lost, since, "why"),
    )
    waiting = "SELECT COUNT(*) AS n FROM callbacks WHERE closed IS NULL"
    yield _family(
        "callbacks_waiting",
        "people who wait to be called back",
        _counted(ledger, waiting, since),
    )


def _kept(ledger: Ledger, watched: Watched, now: datetime) -> Iterator[Family]:
    free = [
        ({"place": role}, float(shutil.disk_usage(folder).free))
        for role, folder in watched.disks.items()
        if folder.exists()
    ]
    yield _family("disk_free_bytes", "room on the disk of a folder", free)
    kept = backup.kept(watched.backups)
    made = _made(kept[-1]) if kept else None
    yield _family("backup_age_seconds", "since the newest backup began", _age(made, now))
    spool = watched.disks.get("spool")
    waiting = len(list(spool.glob("*.json"))) if spool and spool.exists() else 0
    yield _family("spool_files", "requests the ledger could not take yet", [({}, waiting)])
    last = checks.last(checks.file_of(ledger.store.path))
    at = clock.to_text(last.at) if last else None
    yield _family("selftest_age_seconds", "since the last self-test began", _age(at, now))
    states = (
        [({"check": each.name}, float(each.state != "bad")) for each in last.checks] if last else []
    )
    yield _family("selftest_ok", "1: passed, or there was nothing to try; 0: failed", states)


def _made(folder: Path) -> str | None:
    try:
        return clock.to_text(backup.read(folder).made)
    except BackupError:
        return None


def _age(at: str | None, now: datetime) -> Samples:
    return [({}, (now - clock.from_text(at)).total_seconds())] if at else []
