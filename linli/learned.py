"""The file that learned networks are kept in, small enough to lie in the repository.

Several networks (one a question, one a slot) share one table of features. Inner weights are kept
as whole steps of a scale a unit, only the rows of features that a network knows, and all is packed
with LZMA. `intents/opinion.py` reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import numpy as np
from numpy.typing import NDArray

from intents.opinion import family

from .network import Learned

_STEPS: Final = 7
"""An inner weight is kept as one of so many steps either way: what is finer only makes the file
large (with 12 it is a quarter larger and understands as much)."""
_SMALL: Final = 0.06
"""Features whose weights are all smaller are left out."""


def write(parts: Mapping[str, Learned], made_of: str, path: Path) -> None:
    """Keep networks by their names; `made_of` tells what they were learned from."""
    packed = {name: _packed(learned) for name, learned in parts.items()}
    table = sorted(set().union(*(known for known, _ in packed.values())))
    kept: dict[str, Any] = {
        "features": np.frombuffer("\n".join(table).encode("utf-8"), np.uint8),
        "families": np.array([family(name) for name in table], np.int8),
        "models": np.array(" ".join(parts)),
        "made_of": np.array(made_of),
    }
    for name, learned in parts.items():
        known, arrays = packed[name]
        kept |= {f"{name}.known": np.packbits([feature in known for feature in table])}
        kept |= {f"{name}.{part}": values for part, values in arrays.items()}
        kept |= {
            f"{name}.labels": np.array(" ".join(learned.labels)),
            f"{name}.start": learned.start,
            f"{name}.outer": learned.outer,
            f"{name}.bias": learned.bias,
        }
    _store(kept, path)


def _packed(learned: Learned) -> tuple[frozenset[str], dict[str, NDArray[Any]]]:
    """The features that are kept, and their weights in steps."""
    strong = np.abs(learned.inner).max(axis=1) >= _SMALL
    scale = np.maximum(np.abs(learned.inner[strong]).max(axis=0, initial=0), 1e-6) / _STEPS
    steps = np.round(learned.inner / scale).astype(np.int8)
    kept = np.flatnonzero(strong & steps.any(axis=1))
    arrays = {"inner": steps[kept], "scale": scale.astype(np.float32)}
    return frozenset(learned.features[int(at)] for at in kept), arrays


def _store(arrays: Mapping[str, Any], path: Path) -> None:
    """An .npz packed a quarter tighter than NumPy does it; equal arrays, equal bytes."""
    with ZipFile(path, "w") as file:
        for name, values in arrays.items():
            raw = BytesIO()
            np.lib.format.write_array(raw, np.asanyarray(values), allow_pickle=False)
            file.writestr(ZipInfo(f"{name}.npy"), raw.getvalue(), ZIP_LZMA)
