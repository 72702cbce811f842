"""Slips: is the code on this paper ours, and what does it stand for?"""

from __future__ import annotations

from starlette.responses import Response

from .board import agreed
from .render import page
from .site import Visit
from .words import intent


def slip(visit: Visit) -> Response:
    """The page to check a code on; a scanner types it and presses enter."""
    code = visit.asked("code")[:200]
    found = None
    if code:
        found = visit.site.proofs.check(code, visit.site.ledger, visit.now.date())
    request = found and found.request
    return page(
        visit,
        "slip.html",
        code=code,
        found=found,
        what=f"{intent(request.intent)}　{agreed(request)}" if request else "",
    )
