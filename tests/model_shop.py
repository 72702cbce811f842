"""A shop of recognisers on this machine, and what it sells: for tests of fetching them.

The server gives byte ranges like the official one, and misbehaves where it is told to.
"""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tiny_onnx import write_sense_voice

from linli import models, recognizers
from linli.download import Patience
from linli.recognizers import Archive, Recogniser

AT_ONCE = Patience(tries=2, tries_begun=3, wait=0.0)
NOWHERE = "http://127.0.0.1:1/"


@dataclass
class Shop:
    """What the server offers, and how it misbehaves."""

    files: dict[str, bytes] = field(default_factory=dict)
    """By file name."""
    breaks_after: list[int] = field(default_factory=list)
    """Bytes after which the next answers break off, one answer each."""
    ranges: bool = True
    """Whether it goes on where it is asked to."""
    tells_length: bool = True
    """Whether it says how much is coming."""
    asked: list[str] = field(default_factory=list)
    """The Range of every question."""
    address: str = ""
    """Where it is."""


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = Shop()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            shop.asked.append(self.headers.get("Range", ""))
            data = shop.files.get(self.path.lstrip("/"))
            if data is None:
                self.send_error(404)
                return
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(asked[1]) if asked and shop.ranges else 0
            if start and start >= len(data):
                self.send_error(416)
                return
            self.send_response(206 if start else 200)
            if shop.tells_length:
                self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            end = start + shop.breaks_after.pop(0) if shop.breaks_after else len(data)
            self.wfile.write(data[start:end])

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        shop.address = f"http://127.0.0.1:{server.server_address[1]}/"
        yield shop
        server.shutdown()


def tarred(folder: Path, top: str = "sherpa-onnx-model") -> bytes:
    """A folder as the official archives are made."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:bz2") as archive:
        archive.add(folder, top)
    return buffer.getvalue()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    return write_sense_voice(tmp_path / "made" / "sensevoice")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def offered(shop: Shop, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Recogniser:
    """A catalogue whose sensevoice is the tiny model, in the shop, pinned."""
    data = tarred(tiny)
    shop.files["sense.tar.bz2"] = data
    entry = Recogniser(
        engine="sense_voice",
        directory="sensevoice",
        language="zh",
        source="archive",
        licence="MIT",
        archive=Archive(
            name="sense.tar.bz2",
            size=len(data),
            sha256=digest(data),
            addresses=(f"{shop.address}sense.tar.bz2",),
        ),
        files={
            path.name: recognizers.Pinned(
                size=path.stat().st_size, sha256=digest(path.read_bytes())
            )
            for path in tiny.iterdir()
        },
    )
    put_on_offer(monkeypatch, {"sensevoice": entry})
    return entry


def put_on_offer(monkeypatch: pytest.MonkeyPatch, changed: Mapping[str, Recogniser]) -> None:
    entries = {**recognizers.catalogue(), **changed}
    monkeypatch.setattr(models, "catalogue", lambda: entries)
    monkeypatch.setattr(models, "known", entries.__getitem__)


def offer(monkeypatch: pytest.MonkeyPatch, entry: Recogniser, **archive: object) -> Recogniser:
    """The same recogniser with other facts about its archive."""
    assert entry.archive is not None
    changed = entry.model_copy(update={"archive": entry.archive.model_copy(update=archive)})
    put_on_offer(monkeypatch, {"sensevoice": changed})
    return changed
