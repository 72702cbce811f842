"""The file that learned networks are kept in, small enough to lie in the repository.

Several networks (one a question, one a slot) share one table of features. Of each are kept only the
rows of features that it knows, and all is packed with LZMA; `intents/understanding/opinion.py`
reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_LZMA, ZipFile, ZipInfo

import numpy as np

from intents.understanding.opinion import family

from .network import STEP, Learned


def write(parts: Mapping[str, Learned], made_of: str, path: Path) -> None:
    """Keep networks by their names; `made_of` tells what they were learned from."""
    known = {name: _known(learned) for name, learned in parts.items()}
    table = sorted(set().union(*known.values()))
    kept: dict[str, Any] = {
        "features": np.frombuffer("\n".join(table).encode("utf-8"), np.uint8),
        "families": np.array([family(name) for name in table], np.int8),
        "models": np.array(" ".join(parts)),
        "made_of": np.array(made_of),
    }
    for name, learned in parts.items():
        kept |= {
            f"{name}.known": np.packbits([feature in known[name] for feature in table]),
            f"{name}.labels": np.array(" ".join(learned.labels)),
            f"{name}.inner": learned.inner[learned.inner.any(axis=1)],
            f"{name}.step": np.float32(STEP),
            f"{name}.start": learned.start,
            f"{name}.outer": learned.outer,
            f"{name}.bias": learned.bias,
        }
    _store(kept, path)


def _known(learned: Learned) -> frozenset[str]:
    """The features that speak; the order of its rows is that of the table."""
    return frozenset(learned.features[int(at)] for at in np.flatnonzero(learned.inner.any(axis=1)))


def _store(arrays: Mapping[str, Any], path: Path) -> None:
    """An .npz packed a quarter tighter than NumPy does it; equal arrays, equal bytes."""
    with ZipFile(path, "w") as file:
        for name, values in arrays.items():
            raw = BytesIO()
            np.lib.format.write_array(raw, np.asanyarray(values), allow_pickle=False)
            file.writestr(ZipInfo(f"{name}.npy"), raw.getvalue(), ZIP_LZMA)
