"""A request's story: every change as a line that staff can read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from station import merging
from station.requests import Change
from station.words import told_value, words

from .clocks import when
from .words import intent, told


@dataclass(frozen=True, slots=True)
class Line:
    """One change."""

    at: datetime
    """When."""
    who: str
    """Who, by name."""
    what: tuple[str, ...]
    """What was changed, a sentence each."""
    note: str
    """Why, in their words."""
    of: str = ""
    """Of which request, where it was merged into the one that is looked at."""


def lines(
    changes: list[Change],
    names: Mapping[str, str],
    numbers: Mapping[str, str] | None = None,
    of: str = "",
) -> list[Line]:
    """All changes, newest first; `names` are logins with the names they stand for.

    `numbers`: uids of requests with their numbers; `of`: whose changes these are.
    """
    return [_line(change, names, numbers or {}, of) for change in reversed(changes)]


def name_of(by: str, names: Mapping[str, str]) -> str:
    """Who did something, as staff call them."""
    said = told()["story"]
    known: Mapping[str, str] = {"elder": said["elder"], "linli": said["linli"], **names}
    return known.get(by, by)


def label(change: Change) -> str:
    """What a change was, in few words: for the button that takes it back."""
    status = change.new.get("status")
    if merging.concerns(change.new):
        return str(told()["story"]["fields"]["merged"])
    if status:
        return str(words()["statuses"][status])
    slots = change.new.get("slots", {})
    names = [words()["slots"].get(name, name) for name in slots]
    fields = told()["story"]["fields"]
    return "、".join([*names, *(fields[name] for name in change.new if name != "slots")])


def _line(change: Change, names: Mapping[str, str], numbers: Mapping[str, str], of: str) -> Line:
    said = told()["story"]
    if change.what == "filed":
        what = [said["filed"]]
    else:
        what = [said["undone"]] if change.undoes is not None else []
        what += [text for name in change.new for text in _told(name, change, names)]
        what += _merged(change, numbers)
    return Line(change.at, name_of(change.by, names), tuple(what), change.note, of)


def _merged(change: Change, numbers: Mapping[str, str]) -> list[str]:
    """Into which request this one went, and which came to it or left it."""
    said, found = told()["story"], []
    for name, joined, parted in (("merged", "into", "out"), ("absorbed", "came", "left")):
        old, new = (set(each.get(name, "").split()) for each in (change.old, change.new))
        for word, uids in ((joined, new - old), (parted, old - new)):
            found += [said[word].format(number=numbers.get(uid, uid[:8])) for uid in sorted(uids)]
    return found


def _told(name: str, change: Change, names: Mapping[str, str]) -> list[str]:
    said = told()["story"]
    if name in {"merged", "absorbed"} or (name == "status" and change.new.get("merged")):
        return []
    old, new = change.old.get(name), change.new[name]
    if name == "slots":
        return [
            said["field"].format(
                name=words()["slots"].get(key, key),
                old=_value((old or {}).get(key)),
                new=_value(value),
            )
            for key, value in new.items()
        ]
    shown = _shown(name, names)
    if name == "status":
        return [said["status"].format(old=shown(old), new=shown(new))]
    if name == "acknowledged" and new:
        moment = datetime.fromisoformat(new).astimezone(change.at.tzinfo)
        return [f"{said['fields'][name]} {when(moment, change.at)}"]
    return [said["field"].format(name=said["fields"][name], old=shown(old), new=shown(new))]


def _shown(name: str, names: Mapping[str, str]) -> Callable[[Any], str]:
    groups = {"status": "statuses", "kind": "kinds", "priority": "priorities"}

    def show(value: Any) -> str:
        if name == "intent":
            return intent(str(value))
        if name in groups:
            return str(words()[groups[name]].get(value, value))
        if name == "assigned":
            return names.get(value, value) or told()["story"]["empty"]
        return _value(value)

    return show


def _value(value: Any) -> str:
    if value is None or value == "":
        return str(told()["story"]["empty"])
    return told_value(value)
