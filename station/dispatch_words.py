"""What is said about dispatch, from `assets/text/dispatch.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import yaml

from .words import WORDS
from .words import words as station_words
from .work_time import Unit, yuan


@cache
def words() -> Mapping[str, Any]:
    """All words, by group."""
    loaded: Mapping[str, Any] = yaml.safe_load(WORDS.with_name("dispatch.yaml").read_text("utf-8"))
    return loaded


def service(intent: str) -> str:
    """A service as staff call it."""
    return str(station_words()["intents"].get(intent, intent))


def price(unit: Unit, fen: int) -> str:
    """`20.00元/次`."""
    told = words()
    return str(told["written"]["per"]).format(yuan=yuan(fen), unit=told["units"][unit])


def span_of(minutes: int) -> str:
    """Minutes as people say them: 3 小时 30 分."""
    told = words()["hours"]
    sign, rest = ("-", -minutes) if minutes < 0 else ("", minutes)
    name = "m" if rest < 60 else "hm" if rest % 60 else "h"
    return sign + str(told[name]).format(h=rest // 60, m=rest % 60)
