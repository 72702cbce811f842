"""The addresses of dispatch: its pages, its forms, and the links of helpers."""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from . import dispatch, helpers, hours, settle, work, work_link
from .guard import Endpoint, members, workers


def _with_file(endpoint: Endpoint, largest: int) -> Endpoint:
    """A form that brings a file."""

    async def brought(request: Request) -> Response:
        request.state.largest = largest
        return await endpoint(request)

    return brought


PAGES: Final[tuple[tuple[str, Endpoint], ...]] = (
    ("/orders", members(dispatch.board)),
    ("/orders/{id}", members(work.work)),
    ("/orders/{id}/paper", workers(work.paper)),
    ("/orders/{id}/qr", workers(work.qr)),
    ("/orders/{id}/photo/{step}", members(work.photo)),
    ("/helpers", members(helpers.every)),
    ("/helpers/new", workers(helpers.fresh)),
    ("/helpers/table", workers(helpers.table)),
    ("/helpers/{id}", members(helpers.one)),
    ("/hours", members(hours.every)),
    ("/hours/{id}", members(hours.one)),
    ("/settle", members(settle.month)),
    ("/settle/{month}/excel", members(settle.excel)),
    ("/settle/{month}/pdf", members(settle.paper)),
)
"""What is read."""

FORMS: Final[tuple[tuple[str, Endpoint], ...]] = (
    ("/orders/{id}/{act}", workers(work.act)),
    ("/helpers", workers(helpers.add)),
    ("/helpers/import", _with_file(workers(helpers.bring), helpers.LARGEST)),
    ("/helpers/{id}", workers(helpers.change)),
    ("/helpers/{id}/prices", members(helpers.prices, "supervisor")),
    ("/helpers/{id}/close", workers(helpers.close)),
    ("/helpers/{id}/reveal", workers(helpers.reveal)),
    ("/hours/{id}/spend", workers(hours.spend)),
    ("/hours/{id}/adjust", workers(hours.adjust)),
    ("/settle/{month}/close", members(settle.close, "supervisor")),
)
"""What is done."""


def links() -> list[BaseRoute]:
    """What helpers open on their phones; the link alone lets them in."""
    return [
        Route("/o/{token}", work_link.linked(work_link.show), methods=["GET"]),
        Route("/o/{token}/{act}", work_link.linked(work_link.act), methods=["POST"]),
    ]
