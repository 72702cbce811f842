"""Every way of saying it that a service's test file lists is understood as that file says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from intents.engine import Engine
from intents.words.data import load

HERE = Path(__file__).parent / "services"
NOW = datetime.fromisoformat("2026-11-23T09:00:00+08:00")


def cases() -> Iterator[Any]:
    for path in sorted(HERE.glob("*.yaml")):
        for case in load(path)["cases"]:
            says = case["say"] if isinstance(case["say"], list) else [case["say"]]
            for text in says:
                intent = str(case.get("intent", path.stem))
                yield pytest.param(
                    str(text), intent, case.get("slots") or {}, id=f"{path.stem}: {text}"
                )


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine.load()


@pytest.mark.parametrize(("text", "intent", "slots"), list(cases()))
def test_it_is_understood(engine: Engine, text: str, intent: str, slots: dict[str, Any]) -> None:
    found = engine.understand(text, NOW)
    assert [one.name for one in found.intents] == [intent], found.why
    assert {name: found.first.slots.get(name) for name in slots} == slots


def test_every_service_has_a_test_file(engine: Engine) -> None:
    assert {path.stem for path in HERE.glob("*.yaml")} == set(engine.intents)
