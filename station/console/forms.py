"""Forms: read within bounds, and only from our own pages."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from typing import Final

from starlette.requests import Request

LARGEST: Final = 64_000
"""Bytes of a form."""
_FIELDS: Final = 100
COOKIE: Final = "linli_session"
"""Holds the session's token."""
FORM_COOKIE: Final = "linli_form"
"""Holds what proves a form ours before anybody is logged in."""


class Refused(Exception):
    """A form that is not taken; `word` names what is said in `troubles`, `status` is HTTP's."""

    def __init__(self, word: str, status: int) -> None:
        super().__init__(word)
        self.word, self.status = word, status


def key_of(cookie: str) -> str:
    """What stands in forms: only pages of ours can know it, for only they see the cookie."""
    return hmac.new(cookie.encode("utf-8", "replace"), b"form", hashlib.sha256).hexdigest()


def fresh() -> str:
    """A cookie for somebody who is not logged in."""
    return secrets.token_urlsafe(24)


async def read(request: Request, key: str) -> Mapping[str, str]:
    """The form's values. Raises Refused.

    A page that takes a file says how large a form may be in `request.state.largest`;
    the file's bytes are in `request.state.file` then, empty when none was chosen.
    """
    check_origin(request)
    largest = getattr(request.state, "largest", 0)
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or len(length) > 9:
        raise Refused("bad", 411)
    if int(length) > (largest or LARGEST):
        raise Refused("large", 413)
    async with request.form(max_files=1 if largest else 0, max_fields=_FIELDS) as form:
        values = {name: value for name, value in form.items() if isinstance(value, str)}
        files = [value for value in form.values() if not isinstance(value, str)]
        request.state.file = await files[0].read() if files else b""
    given = values.pop("key", "") or request.headers.get("x-key", "")
    if not hmac.compare_digest(given.encode("utf-8", "replace"), key.encode()):
        raise Refused("refused", 403)
    return {name: value.replace("\x00", "") for name, value in values.items()}


def check_origin(request: Request) -> None:
    """Browsers tell where a form comes from; only our own pages may send one."""
    origin = request.headers.get("origin")
    if origin is not None and origin != f"{request.url.scheme}://{request.url.netloc}":
        raise Refused("refused", 403)
    if request.headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        raise Refused("refused", 403)
