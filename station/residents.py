"""Residents and their contacts: who is speaking, and whom to call for them."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from .errors import UnknownResident
from .history import clean, to_text
from .store import Row, Store


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who may be called for a resident."""

    name: str
    """As staff write it."""
    relation: str = ""
    """The standard word of kinship, e.g. 女儿."""
    words: tuple[str, ...] = ()
    """Other words the resident uses for this person, e.g. 大妞, 闺女."""
    nick: str = ""
    """A pet name, in dialect if need be, e.g. 幺儿."""
    phone: str = ""
    """Number to dial."""


@dataclass(frozen=True, slots=True)
class Resident:
    """An elder the station knows; everything but the name may be empty."""

    name: str
    """Full name."""
    id: int | None = None
    """Row in the ledger, None before it is kept."""
    card: str | None = None
    """Number of the station's card; no identity number."""
    called: str = ""
    """How to address them, e.g. 王奶奶."""
    phones: tuple[str, ...] = ()
    """Own numbers, the usual one first; a line may be shared by a couple."""
    address: str = ""
    """Where they live; the default place to be picked up from or delivered to."""
    village: str = ""
    """The village or neighbourhood, as reports count it; empty: the station's own."""
    dialect: str = ""
    """The region whose accent they have, as in the station's settings."""
    diet: str = ""
    """What they may not or do not eat."""
    hospital: str = ""
    """Where they usually go."""
    wheelchair: bool = False
    """A car has to take a wheelchair."""
    lives_alone: bool = False
    """Nobody else is at home."""
    profile: Mapping[str, Any] = field(default_factory=dict)
    """Anything else worth knowing, e.g. usual medicines; JSON-shaped."""
    note: str = ""
    """For staff."""
    contacts: tuple[Contact, ...] = ()
    """In the order in which they are called."""

    @property
    def unrecorded(self) -> bool:
        """They do not want to be recorded; who was never asked is asked in the conversation."""
        return self.profile.get("consent") == "no"

    @property
    def behalf(self) -> frozenset[str]:
        """The names of those contacts who may ask for things in their place."""
        return frozenset(self.profile.get("behalf", ()))

    def facts(self) -> dict[str, Any]:
        """As plain data, for a conversation."""
        named = {name: getattr(self, name) for name in self.__slots__}
        contacts = [
            {name: getattr(contact, name) for name in Contact.__slots__} | {"words": [*words]}
            for contact in self.contacts
            for words in [contact.words]
        ]
        profile = named.pop("profile")
        return {**profile, **named, "phones": [*self.phones], "contacts": contacts}


def phone_key(phone: str) -> str:
    """A telephone number as its digits only, without China's prefix; compares equal numbers."""
    digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", phone))
    digits = re.sub(r"^(?:00)?86(?=1\d{10}$|0?[2-9]\d{8,10}$)", "", digits)
    return re.sub(r"^0(?=1[3-9]\d{9}$)", "", digits)


_PLAIN = ("card", "name", "called", "address", "village", "dialect", "diet", "hospital", "note")
_FLAGS = ("wheelchair", "lives_alone")


def upsert(db: Database, resident: Resident, at: str) -> int:
    """Keep a resident, by id, else by card, else as a new one; gives the id.

    Raises UnknownResident when an id is given that does not exist.
    """
    values = {name: getattr(resident, name) for name in _PLAIN}
    values |= {name: int(getattr(resident, name)) for name in _FLAGS}
    values |= {"profile": to_text(dict(resident.profile)), "changed": at}
    known = _known(db, resident)
    if known is None:
        values["created"] = at
        names = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        sql = f"INSERT INTO residents ({names}) VALUES ({marks})"  # noqa: S608 - our own names
        known = int(db.execute(sql, values).lastrowid or 0)
    else:
        marks = ", ".join(f"{name} = :{name}" for name in values)
        db.execute(f"UPDATE residents SET {marks} WHERE id = :id", values | {"id": known})  # noqa: S608
    _replace_numbers(db, known, resident)
    return known


def _known(db: Database, resident: Resident) -> int | None:
    if resident.id is not None:
        row = db.execute("SELECT id FROM residents WHERE id = ?", (resident.id,)).fetchone()
        if row is None:
            raise UnknownResident(f"resident {resident.id} is not in the ledger: leave the id out")
        return resident.id
    if not resident.card:
        return None
    row = db.execute("SELECT id FROM residents WHERE card = ?", (resident.card,)).fetchone()
    return None if row is None else int(row[0])


def _replace_numbers(db: Database, known: int, resident: Resident) -> None:
    db.execute("DELETE FROM resident_phones WHERE resident_id = ?", (known,))
    phones = dict.fromkeys(filter(None, map(phone_key, resident.phones)))
    for position, phone in enumerate(phones):
        db.execute("INSERT INTO resident_phones VALUES (?, ?, ?)", (known, position, phone))
    db.execute("DELETE FROM contacts WHERE resident_id = ?", (known,))
    for position, contact in enumerate(resident.contacts):
        db.execute(
            "INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                known,
                position,
                contact.name,
                contact.relation,
                to_text(contact.words),
                contact.nick,
                contact.phone,
            ),
        )


def dialects(store: Store) -> tuple[str, ...]:
    """Whose accents there are, as they stand with the residents."""
    rows = store.read("SELECT DISTINCT dialect FROM residents WHERE dialect != ?", ("",))
    return tuple(str(row["dialect"]) for row in rows)


def by_id(store: Store, resident: int) -> Resident | None:
    """The resident with this id."""
    found = _read(store, "id = ?", resident)
    return found[0] if found else None


def by_card(store: Store, card: str) -> Resident | None:
    """The resident with this card."""
    found = _read(store, "card = ?", card.strip())
    return found[0] if found else None


def by_name(store: Store, name: str) -> tuple[Resident, ...]:
    """Everybody who has this name."""
    return _read(store, "name = ?", name.strip())


def by_phone(store: Store, phone: str) -> tuple[Resident, ...]:
    """Everybody who has this number; a couple shares a line."""
    key = phone_key(phone)
    chosen = "id IN (SELECT resident_id FROM resident_phones WHERE phone = ?)"
    return _read(store, chosen, key) if key else ()


def caller(store: Store, phone: str) -> tuple[Resident | None, Contact | None]:
    """Whose matters a call from this number is about, and who asks in their place, if anybody.

    A number of several residents is nobody's, so is that of a contact who may ask for several:
    then they have to say who they are.
    """
    own = by_phone(store, phone)
    asking = None if own else _asking(store, phone)
    return asking or (own[0] if len(own) == 1 else None, None)


def _asking(store: Store, phone: str) -> tuple[Resident, Contact] | None:
    """Whom this number may ask for things for, and who that is: a contact staff wrote it down for.

    None where it is nobody's, or may speak for several.
    """
    key = phone_key(phone)
    if not key:
        return None
    # Numbers of contacts stand as staff wrote them, with spaces and prefixes: compared here.
    sql = (
        "SELECT resident_id, contacts.phone FROM contacts JOIN residents ON id = resident_id "
        "WHERE json_array_length(profile, '$.behalf') > ?"
    )
    rows = store.read(sql, (0,), what="look who rings")
    theirs = {row["resident_id"] for row in rows if phone_key(row["phone"]) == key}
    found = [
        (resident, contact)
        for each in theirs
        for resident in _read(store, "id = ?", each)
        for contact in resident.contacts
        if phone_key(contact.phone) == key and contact.name in resident.behalf
    ]
    return found[0] if len(found) == 1 else None


def everybody(store: Store) -> tuple[Resident, ...]:
    """The whole register, in the order in which they came."""
    return _read(store, "id >= ?", 0)


def living_alone(store: Store) -> tuple[Resident, ...]:
    """Everybody who lives alone."""
    return _read(store, "lives_alone = ?", 1)


def _plain(row: Row) -> dict[str, Any]:
    """The columns that need no second table."""
    return {name: row[name] for name in _PLAIN} | {name: bool(row[name]) for name in _FLAGS}


def _read(store: Store, where: str, value: object) -> tuple[Resident, ...]:
    rows = store.read(f"SELECT * FROM residents WHERE {where} ORDER BY id", (value,))  # noqa: S608
    return tuple(_resident_of(store, row) for row in rows)


def _resident_of(store: Store, row: Row) -> Resident:
    sql = "SELECT {} FROM {} WHERE resident_id = ? ORDER BY position"
    phones = store.read(sql.format("phone", "resident_phones"), (row["id"],))
    contacts = store.read(
        sql.format("name, relation, words, nick, phone", "contacts"), (row["id"],)
    )
    return Resident(
        id=row["id"],
        phones=tuple(line["phone"] for line in phones),
        profile=json.loads(row["profile"]),
        contacts=tuple(
            Contact(**{**line, "words": tuple(json.loads(line["words"]))}) for line in contacts
        ),
        **_plain(row),
    )


def matching(store: Store, text: str, most: int) -> tuple[Resident, ...]:
    """At most so many whose name, way of address, card or telephone has this in it."""
    plain = re.sub(r"([%_\\])", r"\\\1", clean(text.strip()))
    digits = phone_key(text)
    if not plain:
        return ()
    where = (
        r"name LIKE :name ESCAPE '\' OR called LIKE :name ESCAPE '\' OR card = :card"
        " OR (length(:digits) >= 4 AND id IN (SELECT resident_id FROM resident_phones"
        " WHERE phone LIKE '%' || :digits || '%'))"
    )
    sql = f"SELECT * FROM residents WHERE {where} ORDER BY name, id LIMIT :most"  # noqa: S608
    values = {"name": f"%{plain}%", "card": plain, "digits": digits, "most": most}
    return tuple(_resident_of(store, row) for row in store.read(sql, values, what="look for them"))
