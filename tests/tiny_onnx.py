"""Speech models of a few kilobytes that the real sherpa-onnx loads and runs.

The graph hears tones: one character for each of a few high frequency bands, and
nothing for anything below. So a test can say beforehand what must be recognised
in a piece of audio, without a model that could recognise speech.

The files are ONNX protocol buffers written by hand (a message is its fields,
each a tag, a length and bytes), because nothing else here needs an ONNX builder.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from voices.types import RATE, Pcm

WORDS = "送我去医院"
"""The characters the tiny models know, by rising pitch."""

_MELS, _WINDOW, _SHIFT = 80, 7, 6
_FLOOR, _TOP = 20.0, RATE / 2
_FLOAT, _INT32, _INT64 = 1, 6, 7
_LANGUAGES = {"auto": 0, "zh": 3, "en": 4, "yue": 7, "ja": 11, "ko": 12}


def pitches() -> dict[str, float]:
    """The tone of each character, Hz: all above what a telephone carries."""
    return {word: 4600.0 + 700.0 * index for index, word in enumerate(WORDS)}


def tones(text: str, *, length: float = 0.4, gap: float = 0.15, level: float = 0.3) -> Pcm:
    """`text` as the tiny models hear it: a tone of `length` seconds a character."""
    time = np.arange(int(length * RATE)) / RATE
    silence = np.zeros(int(gap * RATE))
    pieces = [silence]
    for word in text:
        pieces += [level * np.sin(2 * np.pi * pitches()[word] * time), silence]
    return np.concatenate(pieces).astype(np.float32)


def write_sense_voice(directory: Path) -> Path:
    """A model of SenseVoice's shape: frames in, four marks and a character a frame out."""
    directory.mkdir(parents=True, exist_ok=True)
    symbols = ["<blank>", *WORDS, "<|zh|>", "<|other|>", "<|NEUTRAL|>", "<|Speech|>", "<|woitn|>"]
    size = len(symbols)
    weights, bias = _hearing(size)
    bias[0] = 14.0
    languages = np.zeros((max(_LANGUAGES.values()) + 1, size), np.float32)
    languages[:, symbols.index("<|other|>")] = 50.0
    languages[_LANGUAGES["zh"]] = 50.0 * (np.arange(size) == symbols.index("<|zh|>"))
    marks = 50.0 * np.eye(size, dtype=np.float32)[None, -3:]
    graph = _graph(
        nodes=[
            _node("MatMul", ["x", "weights"], ["scores"]),
            _node("Add", ["scores", "bias"], ["heard"]),
            _node("Gather", ["languages", "language"], ["row"]),
            _node("Unsqueeze", ["row", "first"], ["spoken"]),
            _node("Concat", ["spoken", "marks", "heard"], ["logits"], axis=1),
        ],
        constants={
            "weights": weights,
            "bias": bias,
            "languages": languages,
            "first": np.array([1], np.int64),
            "marks": marks,
        },
        inputs=[
            ("x", _FLOAT, ["N", "T", _MELS * _WINDOW]),
            ("x_length", _INT32, ["N"]),
            ("language", _INT32, ["N"]),
            ("text_norm", _INT32, ["N"]),
        ],
        outputs=[("logits", _FLOAT, ["N", "L", size])],
    )
    facts = {f"lang_{name}": number for name, number in _LANGUAGES.items()}
    facts |= {"with_itn": 14, "without_itn": 15, "normalize_samples": 0, "blank_id": 0}
    return _write(directory, graph, symbols, facts)


def write_paraformer(directory: Path) -> Path:
    """A model of Paraformer's shape: three characters, from the middle of each third."""
    directory.mkdir(parents=True, exist_ok=True)
    symbols = ["<blank>", "<s>", "</s>", *WORDS, "<unk>"]
    size = len(symbols)
    weights, bias = _hearing(size, first=3)
    graph = _graph(
        nodes=[
            _node("Resize", ["speech", "", "", "sizes"], ["picked"], mode="nearest"),
            _node("MatMul", ["picked", "weights"], ["scores"]),
            _node("Add", ["scores", "bias"], ["logits"]),
            _node("Identity", ["three"], ["token_num"]),
        ],
        constants={
            "sizes": np.array([1, 3, _MELS * _WINDOW], np.int64),
            "weights": weights,
            "bias": bias,
            "three": np.array([3], np.int32),
        },
        inputs=[
            ("speech", _FLOAT, ["N", "T", _MELS * _WINDOW]),
            ("speech_lengths", _INT32, ["N"]),
        ],
        outputs=[("logits", _FLOAT, ["N", 3, size]), ("token_num", _INT32, ["N"])],
    )
    return _write(directory, graph, symbols, {})


def _hearing(size: int, first: int = 1) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Weights that add up the mel bins around each character's tone."""
    mel = 1127.0 * np.log1p(np.array([_FLOOR, _TOP]) / 700.0)
    step = (mel[1] - mel[0]) / (_MELS + 1)
    weights = np.zeros((_WINDOW, _MELS, size), np.float32)
    for index, pitch in enumerate(pitches().values()):
        nearest = round((1127.0 * np.log1p(pitch / 700.0) - mel[0]) / step) - 1
        weights[:, nearest, first + index] = 1.0 / _WINDOW
    bias = np.full(size, -30.0, np.float32)
    bias[first : first + len(WORDS)] = 0.0
    return weights.reshape(_WINDOW * _MELS, size), bias


def _write(directory: Path, graph: bytes, symbols: Sequence[str], facts: Mapping[str, int]) -> Path:
    zeros, ones = (",".join([str(value)] * _MELS * _WINDOW) for value in ("0", "1"))
    known: dict[str, object] = {
        "vocab_size": len(symbols),
        "lfr_window_size": _WINDOW,
        "lfr_window_shift": _SHIFT,
        "neg_mean": zeros,
        "inv_stddev": ones,
        **facts,
    }
    model = _number(1, 8) + _bytes(2, b"tests") + _bytes(7, graph)
    model += _bytes(8, _bytes(1, b"") + _number(2, 17))
    for key, value in known.items():
        model += _bytes(14, _text(1, key) + _text(2, str(value)))
    (directory / "model.int8.onnx").write_bytes(model)
    lines = "".join(f"{symbol} {index}\n" for index, symbol in enumerate(symbols))
    (directory / "tokens.txt").write_text(lines, "utf-8")
    return directory


def _graph(
    nodes: Sequence[bytes],
    constants: Mapping[str, npt.NDArray[np.generic]],
    inputs: Sequence[tuple[str, int, list[object]]],
    outputs: Sequence[tuple[str, int, list[object]]],
) -> bytes:
    out = b"".join(_bytes(1, node) for node in nodes) + _text(2, "tiny")
    out += b"".join(_bytes(5, _tensor(name, value)) for name, value in constants.items())
    out += b"".join(_bytes(11, _value(*one)) for one in inputs)
    return out + b"".join(_bytes(12, _value(*one)) for one in outputs)


def _node(kind: str, inputs: Sequence[str], outputs: Sequence[str], **more: int | str) -> bytes:
    out = b"".join(_text(1, name) for name in inputs) + b"".join(_text(2, n) for n in outputs)
    out += _text(4, kind)
    for name, value in more.items():
        if isinstance(value, int):
            out += _bytes(5, _text(1, name) + _number(3, value) + _number(20, 2))
        else:
            out += _bytes(5, _text(1, name) + _text(4, value) + _number(20, 3))
    return out


def _tensor(name: str, value: npt.NDArray[np.generic]) -> bytes:
    kinds = {np.dtype(np.float32): _FLOAT, np.dtype(np.int32): _INT32, np.dtype(np.int64): _INT64}
    out = b"".join(_number(1, side) for side in value.shape) + _number(2, kinds[value.dtype])
    return out + _text(8, name) + _bytes(9, value.tobytes())


def _value(name: str, kind: int, shape: list[object]) -> bytes:
    sides = b"".join(
        _bytes(1, _number(1, side) if isinstance(side, int) else _text(2, str(side)))
        for side in shape
    )
    tensor = _number(1, kind) + _bytes(2, sides)
    return _text(1, name) + _bytes(2, _bytes(1, tensor))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    out = b""
    while value > 0x7F:
        out += struct.pack("B", value & 0x7F | 0x80)
        value >>= 7
    return out + struct.pack("B", value)
