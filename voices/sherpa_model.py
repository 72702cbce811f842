"""A model for sherpa-onnx in its folder, looked through first: a wrong one ends the process."""

from __future__ import annotations

import mmap
import re
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from .errors import ModelUnusable

Family: TypeAlias = Literal["sense_voice", "paraformer"]
"""Which kind of model a folder holds."""

_FACTS: Final[dict[Family, tuple[str, ...]]] = {
    "sense_voice": (
        *("vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev"),
        *("normalize_samples", "with_itn", "without_itn"),
        *("lang_auto", "lang_zh", "lang_en", "lang_ja", "lang_ko", "lang_yue"),
    ),
    "paraformer": (
        *("vocab_size", "lfr_window_size", "lfr_window_shift", "neg_mean", "inv_stddev"),
    ),
}


def load(directory: Path, family: Family, threads: int) -> Any:
    """The recogniser of sherpa-onnx on this folder. Raises ModelUnusable."""
    import sherpa_onnx

    model, tokens = _files(directory)
    _check(model, tokens, family)
    make = sherpa_onnx.OfflineRecognizer
    try:
        if family == "sense_voice":
            return make.from_sense_voice(
                model=str(model), tokens=str(tokens), num_threads=threads, language="zh"
            )
        return make.from_paraformer(paraformer=str(model), tokens=str(tokens), num_threads=threads)
    except RuntimeError as error:
        raise _damaged(model, str(error)) from error


def _files(directory: Path) -> tuple[Path, Path]:
    models = [directory / name for name in ("model.int8.onnx", "model.onnx")]
    model = next((path for path in models if path.is_file()), models[0])
    tokens = directory / "tokens.txt"
    for path in (model, tokens):
        if not path.is_file():
            raise _damaged(path, "it is not there")
    return model, tokens


def _check(model: Path, tokens: Path, family: Family) -> None:
    """What sherpa-onnx would end the process for is found here instead."""
    lines = tokens.read_text("utf-8", errors="replace").splitlines()
    ids = [re.fullmatch(r"(?:\S+ |\s+)?(\d+)", line) for line in lines if line.strip()]
    if not ids or None in ids:
        raise _damaged(tokens, "it is not a list of tokens and their numbers")
    if model.stat().st_size == 0:
        raise _damaged(model, "it is empty")
    with model.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        missing = [fact for fact in _FACTS[family] if raw.rfind(fact.encode()) < 0]
        size = re.search(rb"vocab_size\x12.(\d+)", raw[max(0, raw.rfind(b"vocab_size")) :][:40])
    if missing:
        raise _damaged(model, f"as a {family} model it lacks {', '.join(missing)}")
    if size and len(ids) < int(size[1]):
        raise _damaged(tokens, f"it names {len(ids)} tokens of {int(size[1])}")


def _damaged(path: Path, why: str) -> ModelUnusable:
    return ModelUnusable(
        f"{path}: the speech model cannot be used: {why}; run `linli models repair`"
    )
