"""Linli rings itself: Asterisk plays a recorded caller into a call that Linli answers.

The call takes the way of any caller through the dialplan, but the telephone itself: no desk is
rung and nothing is written into the call-back list, whatever becomes of it.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from .errors import SwitchError
from .manager import Manager

Way: TypeAlias = Literal["over", "no_switch", "refused"]
"""`over`: the call was made and has ended; `no_switch`: Asterisk cannot be told to make one;
`refused`: it was told, and knows no such call (its settings are those of an older program)."""

_EVENT: Final = "LinliTested"
_CONNECTS_S: Final = 10.0
_SPARE_S: Final = 15.0
_KEYS: Final = {
    "Channel": "Local/speak@linli-selftest/n",
    "Context": "linli-selftest",
    "Exten": "call",
    "Priority": "1",
    "Timeout": "10000",
    "Async": "true",
}


def ring(
    port: int,
    password: str,
    limits: Mapping[str, Any],
    *,
    number: str,
    sentence: Path,
    said: Path,
) -> Way:
    """Call, speak `sentence`, record the answer into `said` (WAV), hang up; half a minute in all.

    `limits` is the group `line` of the numbers that bind; Linli sees `number` as the caller's.
    """
    ours, over, refused = uuid.uuid4().hex, threading.Event(), threading.Event()

    def told(keys: Mapping[str, str]) -> None:
        if keys.get("UserEvent") == _EVENT and keys.get("Task") == ours:
            over.set()
        made = keys.get("Event") == "OriginateResponse" and keys.get("ActionID") == ours
        if made and str(keys.get("Response", "")).lower() != "success":
            refused.set()
            over.set()

    manager = Manager(
        port,
        password,
        told,
        lambda *_: None,
        again_s=float(limits["reconnect_s"]),
        answer_s=float(limits["answer_wait_s"]),
    )
    manager.start()
    try:
        if not manager.wait(_CONNECTS_S):
            return "no_switch"
        variables = {
            "LINLI_NUMBER": number,
            "LINLI_ELSE": "end",
            "__LINLI_TESTS": ours,
            "__LINLI_SPEAKS": str(sentence.with_suffix("")),
            "__LINLI_SAID": str(said),
        }
        manager.ask("Originate", _KEYS, variables, action_id=ours)
        longest = float(limits["selftest_speaks_s"]) + float(limits["selftest_answer_s"])
        over.wait(longest + _SPARE_S)
    except SwitchError:
        return "refused" if manager.connected else "no_switch"
    finally:
        manager.stop()
    return "refused" if refused.is_set() else "over"
