"""Conversations and their utterances: what was heard, what was answered, how long it took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from . import clock
from .history import to_text
from .store import Row, Store


@dataclass(frozen=True, slots=True)
class Conversation:
    """One visit at the kiosk or one call."""

    id: str
    """Unique; the face makes it up when the conversation begins."""
    channel: str
    """kiosk or phone."""
    started: datetime
    """Aware."""
    resident: int | None = None
    """The resident's id, None while not known."""
    phone: str = ""
    """The caller's number as signalled; empty at the kiosk."""
    consent: bool | None = None
    """May the audio be kept? None: not asked yet, which counts as no."""
    ended: datetime | None = None
    """Aware; None while it goes on."""
    outcome: str = ""
    """How it ended."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One turn of the elder with the machine's answer."""

    conversation: str
    """The conversation's id."""
    n: int
    """Running number within the conversation, from 1; keeping it again replaces it."""
    at: datetime
    """When the elder's turn began (aware)."""
    kind: Literal["heard", "chose", "pressed", "silence", "noise", "hung_up"] = "heard"
    """What came in."""
    text: str = ""
    """The transcript, the key or the choice."""
    alternatives: tuple[str, ...] = ()
    """Other transcripts, best first."""
    confidence: float = 0.0
    """0–1, the recogniser's."""
    guard: str = ""
    """Why a transcript was withheld, empty when it was not."""
    asked: str = ""
    """The slot that had been asked for."""
    said: tuple[str, ...] = ()
    """What the machine answered, sentence by sentence."""
    audio: str | None = None
    """Recording, relative to the recordings' folder; None when none is kept."""
    timing: Mapping[str, float] = field(default_factory=dict)
    """Milliseconds by name, e.g. `text_ready`, `decode`."""


def keep_conversation(db: Database, conversation: Conversation) -> None:
    """Begin a conversation or bring it up to date, by its id."""
    db.execute(
        "INSERT INTO conversations"
        " (id, started, ended, channel, resident_id, phone, consent, outcome)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET ended = excluded.ended,"
        " resident_id = excluded.resident_id, phone = excluded.phone,"
        " consent = excluded.consent, outcome = excluded.outcome",
        (
            conversation.id,
            clock.to_text(conversation.started),
            conversation.ended and clock.to_text(conversation.ended),
            conversation.channel,
            conversation.resident,
            conversation.phone,
            None if conversation.consent is None else int(conversation.consent),
            conversation.outcome,
        ),
    )


def ensure_conversation(db: Database, id_: str, channel: str, at: str) -> None:
    """Make sure a conversation exists, so that what belongs to it can be kept."""
    db.execute(
        "INSERT INTO conversations (id, started, channel) VALUES (?, ?, ?)"
        " ON CONFLICT (id) DO NOTHING",
        (id_, at, channel),
    )


def keep(db: Database, utterance: Utterance, channel: str) -> None:
    """Keep an utterance, or replace it by conversation and number."""
    at = clock.to_text(utterance.at)
    ensure_conversation(db, utterance.conversation, channel, at)
    db.execute(
        "INSERT INTO utterances (conversation_id, n, at, kind, text, alternatives, confidence,"
        " guard, asked, said, audio, timing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (conversation_id, n) DO UPDATE SET at = excluded.at, kind = excluded.kind,"
        " text = excluded.text, alternatives = excluded.alternatives,"
        " confidence = excluded.confidence, guard = excluded.guard, asked = excluded.asked,"
        " said = excluded.said, audio = excluded.audio, timing = excluded.timing",
        (
            utterance.conversation,
            utterance.n,
            at,
            utterance.kind,
            utterance.text,
            to_text(utterance.alternatives),
            utterance.confidence,
            utterance.guard,
            utterance.asked,
            to_text(utterance.said),
            utterance.audio,
            to_text(dict(utterance.timing)),
        ),
    )


def conversation(store: Store, id_: str) -> Conversation | None:
    """The conversation with this id."""
    row = store.first("SELECT * FROM conversations WHERE id = ?", (id_,))
    if row is None:
        return None
    return Conversation(
        id=row["id"],
        channel=row["channel"],
        started=clock.from_text(row["started"]),
        resident=row["resident_id"],
        phone=row["phone"],
        consent=None if row["consent"] is None else bool(row["consent"]),
        ended=clock.from_text(row["ended"]) if row["ended"] else None,
        outcome=row["outcome"],
    )


def of_conversation(store: Store, id_: str) -> tuple[Utterance, ...]:
    """A conversation's utterances in order."""
    rows = store.read("SELECT * FROM utterances WHERE conversation_id = ? ORDER BY n", (id_,))
    return tuple(_utterance_of(row) for row in rows)


def _utterance_of(row: Row) -> Utterance:
    return Utterance(
        conversation=row["conversation_id"],
        n=row["n"],
        at=clock.from_text(row["at"]),
        kind=row["kind"],
        text=row["text"],
        alternatives=tuple(json.loads(row["alternatives"])),
        confidence=row["confidence"],
        guard=row["guard"],
        asked=row["asked"],
        said=tuple(json.loads(row["said"])),
        audio=row["audio"],
        timing=json.loads(row["timing"]),
    )
