"""`python -m linli.stand_in`: the screen out of order, ready before it is needed.

It reads `show` and `hide` from stdin and ends with it. While it is shown, 找工作人员 and
紧急求助 write into the ledger: a person comes also while there is no kiosk.
"""

from __future__ import annotations

import argparse
import queue
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from kiosk.presenter import Presenter
from station import clock
from station.settings import Settings

from .kiosk import display_size, glass_of, log_to_file, look_of, quiet_pygame
from .lifeline import Lifeline
from .paths import MODELS
from .wiring import load_settings

GONE: Final = ""
"""What is read when nobody gives orders any more."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Wait for orders, show, hide; 0 when stdin is closed."""
    parser = argparse.ArgumentParser(prog="python -m linli.stand_in", description=__doc__)
    parser.add_argument("--settings", type=Path)
    parser.add_argument("--fullscreen", action="store_true")
    wanted = parser.parse_args(arguments)
    settings = load_settings(wanted.settings)
    log_to_file(settings, "stand-in.log")
    quiet_pygame()
    orders: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_read, args=(orders,), name="orders", daemon=True).start()
    while (order := orders.get()) != GONE:
        if order == "show":
            _shown(settings, orders, fullscreen=wanted.fullscreen)
    return 0


def _read(orders: queue.Queue[str]) -> None:
    for line in sys.stdin:
        orders.put(line.strip())
    orders.put(GONE)


def _shown(settings: Settings, orders: queue.Queue[str], *, fullscreen: bool) -> None:
    """The screen, until another order comes; the order itself is left where it was."""
    from kiosk.window import Window

    presenter = Presenter(clock.now, listens=False)
    presenter.trouble("broken", time.monotonic(), there=True)
    window = Window(
        glass_of(settings, display_size() if fullscreen else None),
        look_of(settings),
        presenter,
        Lifeline(settings),
        MODELS / "font",
        fullscreen=fullscreen,
    )

    def over() -> bool:
        while not orders.empty() and orders.queue[0] == "show":
            orders.get()
        return not orders.empty()

    window.run(over)


if __name__ == "__main__":
    sys.exit(main())
