"""Opens the Kokoro model file so that it tells, and takes, how long each sound lasts.

The model works out a duration for every phoneme and then keeps it to itself.
Two small changes to the graph, made in memory and never on disk, give it

* an output `duration`: frames of 25 ms for each phoneme, the pads included;
* an input `least`: a lower bound for each of them, same shape (1, n).

With the first, words are cut exactly where they begin and end; with the
second, a comma is a pause that can be heard. Both rest on one fact of the
serialised format: fields appended to a message are merged into it.
"""

from __future__ import annotations

from pathlib import Path

from .errors import ModelUnusable

FRAME = 600
"""Samples a duration frame lasts, at 24 kHz: 25 ms."""

_ROUNDED = b"/encoder/Round_output_0"
_FREED = b"/encoder/Round_output_X"
_FINAL = b"/encoder/Clip_output_0"
_OUTPUT_OF_NODE = b"\x12" + bytes([len(_ROUNDED)]) + _ROUNDED


def _field(number: int, payload: bytes) -> bytes:
    """One length-delimited field of the serialised format."""
    size, length = b"", len(payload)
    while length > 127:
        size += bytes([length & 127 | 128])
        length >>= 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + payload


def _node(kind: bytes, inputs: list[bytes], output: bytes) -> bytes:
    parts = [*(_field(1, name) for name in inputs), _field(2, output), _field(4, kind)]
    return _field(1, b"".join(parts))


def _input(name: bytes) -> bytes:
    sizes = b"".join(_field(1, _field(2, size)) for size in (b"one", b"sounds"))
    tensor = _field(1, b"\x08\x01" + _field(2, sizes))
    return _field(11, _field(1, name) + _field(2, tensor))


def opened(path: Path) -> bytes:
    """The model of `path`, ready to be loaded from memory.

    Raises `ModelUnusable` when the file is missing or is another model.
    """
    try:
        model = path.read_bytes()
    except OSError as error:
        raise ModelUnusable(
            f"{path}: the voice model cannot be read ({error.strerror}). Run scripts/setup."
        ) from error
    if model.count(_OUTPUT_OF_NODE) != 1 or _FINAL not in model:
        raise ModelUnusable(f"{path}: not the Kokoro model Linli knows. Run scripts/setup.")
    freed = model.replace(_OUTPUT_OF_NODE, _OUTPUT_OF_NODE.replace(_ROUNDED, _FREED))
    graph = (
        _node(b"Max", [_FREED, b"least"], _ROUNDED)
        + _node(b"Identity", [_FINAL], b"duration")
        + _input(b"least")
        + _field(12, _field(1, b"duration"))
    )
    return freed + _field(7, graph)
