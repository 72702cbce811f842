"""The link of a work order: opened on the helper's own phone, without a log-in.

`12.9f3c….1764132000.KQ3…` names an order, its nonce, until when the link is good, and a
signature (HMAC-SHA256, 128 bits) with a key that never leaves the station. It carries
nothing personal, opens one order and nothing else, and dies with its nonce: when the
order is given to somebody else, renewed, or over.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from datetime import datetime
from typing import Final

from .clock import BEIJING
from .errors import StationError
from .store import Store
from .work_model import Order, OrderError
from .work_orders import order as order_of

LONGEST: Final = 200
"""Characters of a token at most; ours have about 70."""
_TOKEN: Final = re.compile(r"(\d{1,12})\.([0-9a-f]{16})\.(\d{9,11})\.([a-z2-7]{26})")


class BadLink(StationError):
    """A link opens nothing: `code` is forged, revoked or expired."""

    code = "forged"

    def __init__(self, code: str, order: int | None = None) -> None:
        super().__init__(f"this link opens nothing ({code}): ask the station", code=code)
        self.order = order


class Links:
    """Writes and checks links with one station's key."""

    def __init__(self, key: bytes, public: str = "") -> None:
        self._key = hmac.new(key, b"work order links", hashlib.sha256).digest()
        self.public = public

    def token(self, order: Order) -> str:
        """The link's last part; the same as long as the order's nonce and term stay."""
        head = f"{order.id}.{order.nonce}.{int(order.expires.timestamp())}"
        return f"{head}.{self._signature(head)}"

    def address(self, order: Order, local: str = "") -> str:
        """The whole link under the station's public address, or a local one; empty without."""
        start = self.public or local.rstrip("/")
        return f"{start}/o/{self.token(order)}" if start else ""

    def check(self, token: str, store: Store, now: datetime) -> Order:
        """The order a link opens. Raises BadLink; the signature is looked at before anything."""
        found = _TOKEN.fullmatch(token) if len(token) <= LONGEST else None
        head = token.rpartition(".")[0]
        if found is None or not hmac.compare_digest(found[4], self._signature(head)):
            raise BadLink("forged")
        id_, nonce, until = int(found[1]), found[2], int(found[3])
        try:
            order = order_of(store, id_)
        except OrderError:
            raise BadLink("revoked", id_) from None
        if not hmac.compare_digest(order.nonce, nonce):
            raise BadLink("revoked", id_)
        if now >= datetime.fromtimestamp(until, BEIJING):
            raise BadLink("expired", id_)
        return order

    def _signature(self, head: str) -> str:
        digest = hmac.new(self._key, head.encode(), hashlib.sha256).digest()
        return base64.b32encode(digest[:16]).decode().rstrip("=").lower()
