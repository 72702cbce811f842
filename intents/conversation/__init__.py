"""How a talk goes: what is asked, read back, filed and said next. No I/O, no clock."""

from __future__ import annotations

from .conversation import Conversation

__all__ = ["Conversation"]
