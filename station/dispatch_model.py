"""Dispatch in station.toml: where helpers' phones reach it, and how their hours are counted."""

from __future__ import annotations

import re
from typing import Annotated, Literal, TypeAlias
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from .fields import Section

_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:]+\]")


def _public(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value.strip().lower().rstrip("/"))
    host = (parts.netloc.rpartition(":")[0] or parts.netloc) if parts.port else parts.netloc
    if parts.scheme not in {"http", "https"} or not _HOST.fullmatch(host):
        raise ValueError("is no address")
    if parts.path or parts.query or parts.fragment:
        raise ValueError("has a path: only https:// and the name")
    local = host in {"localhost", "127.0.0.1", "[::1]"}
    if parts.scheme == "http" and not local:
        raise ValueError("is not encrypted: https")
    return f"{parts.scheme}://{parts.netloc}"


Public: TypeAlias = Annotated[str, AfterValidator(_public)]


class DispatchSection(Section):
    """Work orders and the hours of volunteers."""

    public: Public = Field(
        "",
        description="address under which helpers' phones open their work orders, "
        "e.g. https://orders.linli.example; empty: on paper only",
    )
    link_hours: int = Field(
        72, ge=1, le=720, description="hours a work order's link is good after it is due, 1 to 720"
    )
    round_to_min: Literal[1, 5, 10, 15, 30, 60] = Field(
        30, description="minutes of a visit are counted in steps of this: 1, 5, 10, 15, 30 or 60"
    )
    rounding: Literal["nearest", "up", "down"] = Field(
        "nearest", description="which way: nearest (a half counts), up or down"
    )
