"""Entry: a request by hand, for somebody who came in or sent a slip of paper."""

from __future__ import annotations

import re
import uuid
from typing import Any, Final, cast

from starlette.responses import RedirectResponse, Response

from station import residents
from station.requests import Channel, FiledRequest, Priority
from station.residents import Resident
from station.words import words

from . import slots
from .board import services
from .render import page
from .site import Visit, whole
from .words import told

_MOST: Final = 20
_LONGEST: Final = 500
_UID: Final = re.compile(r"[0-9a-f]{32}")


def empty(visit: Visit) -> Response:
    """The form: first the service and the elder are looked for, then the rest is filled in."""
    return _form(visit, visit.asked("intent"), visit.asked("who"))


def _form(visit: Visit, intent: str, who: str, status: int = 200, wrong: str = "") -> Response:
    known = intent if intent in told()["services"] else ""
    given = {name: value for name, value in visit.form.items() if name.startswith(slots.PREFIX)}
    fields = slots.fields(known, {}, hidden=False) if known else []
    return page(
        visit,
        "new.html",
        status,
        said=wrong,
        wrong=bool(wrong),
        intent=known,
        services=services(),
        who=who,
        found=_found(visit, who),
        fields=fields,
        given=given | {name: visit.filled(name) for name in ("resident", "note", "phone")},
        uid=visit.filled("uid") or uuid.uuid4().hex,
    )


def _found(visit: Visit, who: str) -> tuple[Resident, ...]:
    return residents.matching(visit.site.ledger.store, who, _MOST) if who else ()


def file(visit: Visit) -> Response:
    """File it; sent twice it is filed once."""
    intent = visit.filled("intent")
    if intent not in told()["services"]:
        return _form(visit, "", visit.filled("who"), 400, told()["troubles"]["bad"])
    try:
        values = _values(visit, intent)
    except slots.WrongValue as wrong:
        return _form(visit, intent, visit.filled("who"), 400, str(wrong))
    request = visit.site.ledger.file(FiledRequest(intent, by=visit.member.login, **values))
    return RedirectResponse(f"/requests/{request.number}?did=filed", 303)


def _values(visit: Visit, intent: str) -> dict[str, Any]:
    """Everything but the service. Raises WrongValue."""
    filled = slots.filled(intent, {}, visit.form, hidden=False)
    for name in ("note", "phone"):
        if len(visit.filled(name)) > _LONGEST:
            label = told()["new"][name]
            raise slots.WrongValue(
                told()["troubles"]["wrong"].format(name=label, value=visit.filled(name)[:20])
            )
    channel = "paper" if visit.filled("channel") == "paper" else "console"
    priority = visit.filled("priority")
    values = {
        "slots": {name: value for name, value in filled.items() if value is not None},
        "channel": cast("Channel", channel),
        "resident": whole(visit.filled("resident")) or None,
        "phone": visit.filled("phone"),
        "note": visit.filled("note"),
        "priority": cast("Priority", priority if priority in words()["priorities"] else "ordinary"),
    }
    uid = visit.filled("uid")
    return values | ({"uid": uid} if _UID.fullmatch(uid) else {})
