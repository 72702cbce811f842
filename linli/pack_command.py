"""`linli voices build [--check]`: bring the prompt pack up to date, or say what is not."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from voices.kokoro import Kokoro
from voices.pack import Entry

from .pack_texts import Wanted, wanted
from .packing import PACK, Carrier, State, build, compare
from .paths import MODELS

_SHOWN = 12


def run(*, check: bool, out: TextIO, directory: Path = PACK) -> bool:
    """Render what changed; with `check` only tell. True when the pack says all it must.

    What is missing is not silent: it is composed of pieces or rendered while
    the rest of its sentence is being spoken.
    """
    texts = wanted()
    state = compare(texts, directory)
    if not check and not (state.complete and not state.unused):
        kokoro = Kokoro(MODELS / "kokoro")
        left = len(state.missing) + len(state.stale) + len(state.damaged)
        out.write(f"{left} texts to render, about {left} s on an idle core.\n")

        def tell(carrier: Carrier) -> None:
            out.write(f"  {carrier.text}\n")
            out.flush()

        build(texts, kokoro, directory, tell)
        state = compare(texts, directory)
    report(state, len(texts), directory, out)
    return state.complete


def report(state: State, total: int, directory: Path, out: TextIO) -> None:
    """The state of a pack in a few lines."""
    size = sum(path.stat().st_size for path in directory.rglob("*.opus")) / 1e6
    out.write(f"{directory}: {total} texts wanted, {size:.1f} MB\n")
    _list("missing", state.missing, out)
    _list("stale", state.stale, out)
    _list("damaged", state.damaged, out)
    _list("no longer used", state.unused, out)
    if not state.complete:
        out.write("Run: linli voices build\n")


def _list(name: str, items: Iterable[Wanted | Entry], out: TextIO) -> None:
    texts = [item.text for item in items]
    if texts:
        more = f" … and {len(texts) - _SHOWN} more" if len(texts) > _SHOWN else ""
        out.write(f"{name} ({len(texts)}): {' | '.join(texts[:_SHOWN])}{more}\n")
