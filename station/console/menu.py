"""The menu: which pages stand in the head of every page, and for whom."""

from __future__ import annotations

from typing import Final

from station.members import Role

from .words import told

_EVERYBODY: Final[tuple[Role, ...]] = ("staff", "supervisor", "auditor")
_WORKERS: Final[tuple[Role, ...]] = ("staff", "supervisor")

_ITEMS: Final[tuple[tuple[str, str, tuple[Role, ...]], ...]] = (
    ("/", "board", _EVERYBODY),
    ("/new", "new", _WORKERS),
    ("/calls", "calls", _EVERYBODY),
    ("/residents", "residents", _EVERYBODY),
    ("/orders", "work", _EVERYBODY),
    ("/slip", "slip", _EVERYBODY),
    ("/reports", "reports", ("supervisor", "auditor")),
    ("/audit", "audit", ("supervisor", "auditor")),
    ("/lessons", "lessons", ("supervisor",)),
    ("/people", "people", ("supervisor",)),
    ("/me", "me", _EVERYBODY),
)
"""Address, word in the group `menu`, and who may open it."""


def menu(role: Role) -> list[tuple[str, str]]:
    """The pages for somebody: address and name."""
    names = told()["menu"]
    return [(path, str(names[word])) for path, word, roles in _ITEMS if role in roles]
