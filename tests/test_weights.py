"""Weights: found, checked, fetched, mended; tiny packages stand for the large ones."""

from __future__ import annotations

import hashlib
import os
import tarfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import MappingProxyType

import pytest

from linli import bring, catalogue, weights
from linli.catalogue import Catalogue, Package, Part, Weight, WeightFile
from linli.errors import UsageError
from linli.fetch import FetchError, sha256
from linli.weights import WeightError

HEAD, TAIL = b"first half, " * 400, b"second half." * 300
WHOLE = HEAD + TAIL


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def wheel(folder: Path, name: str, members: dict[str, bytes]) -> Package:
    """A real wheel, as small as they come."""
    path = folder / f"{name}-1.0-py3-none-any.whl"
    info = f"{name}-1.0.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        for member, content in members.items():
            archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return Package(name, "pip", "1.0", path.stat().st_size, sha256(path))


@dataclass
class Shelf:
    """A machine's models folder, a catalogue of one weight, and the packages it comes from."""

    models: Path
    packages: Path
    known: Catalogue

    @property
    def file(self) -> WeightFile:
        return self.known.files()[0]

    @property
    def path(self) -> Path:
        return self.models / self.file.path

    def with_file(self, **changes: object) -> Shelf:
        """The same shelf with a catalogue that says something else of the file."""
        weight = self.known.weights["voice"]
        file = replace(self.file, **changes)  # type: ignore[arg-type]
        changed = {"voice": replace(weight, files=(file,))}
        return replace(self, known=replace(self.known, weights=changed))

    def ensure(self, progress: weights.Progress | None = None) -> list[Path]:
        return weights.ensure(progress=progress, models=self.models, known=self.known)

    def problems(self, *, deep: bool = False) -> list[WeightError]:
        return weights.problems(deep=deep, models=self.models, known=self.known)


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shelf:
    packages = tmp_path / "packages"
    packages.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(packages))
    box = wheel(packages, "tiny", {"tiny/head": HEAD, "tiny/tail": TAIL})
    parts = (Part("tiny", "tiny/head"), Part("tiny", "tiny/tail"))
    file = WeightFile("voice/model.bin", len(WHOLE), digest(WHOLE), parts)
    known = Catalogue(
        MappingProxyType({"tiny": box}),
        {"voice": Weight("voice", "a voice", "MIT", "station", (file,))},
    )
    return Shelf(tmp_path / "models", packages, known)


@pytest.fixture
def halves(shelf: Shelf) -> Shelf:
    """The same file, in two packages."""
    one = wheel(shelf.packages, "tiny_one", {"tiny_one/part": HEAD})
    two = wheel(shelf.packages, "tiny_two", {"tiny_two/part": TAIL})
    known = replace(shelf.known, packages={"tiny_one": one, "tiny_two": two})
    parts = (Part("tiny_one", "tiny_one/part"), Part("tiny_two", "tiny_two/part"))
    return replace(shelf, known=known).with_file(parts=parts)


@pytest.fixture
def website() -> Iterator[Callable[[bytes], str]]:
    """Serves bytes at an address, from the middle when asked to."""
    asked: list[str | None] = []
    content = b""

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.headers["Range"])
            begin = int((self.headers["Range"] or "bytes=0-")[6:-1])
            self.send_response(206 if begin else 200)
            self.send_header("Content-Length", str(len(content) - begin))
            self.end_headers()
            self.wfile.write(content[begin:])

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()

    def serve(what: bytes) -> str:
        nonlocal content
        content = what
        return f"http://127.0.0.1:{server.server_port}/model.bin"

    serve.asked = asked  # type: ignore[attr-defined]
    yield serve
    server.shutdown()
    server.server_close()
    thread.join()


def test_the_weights_of_this_machine_are_those_of_the_catalogue_byte_by_byte() -> None:
    weights.verify(catalogue.load().weights, deep=True)


def test_a_missing_file_is_named_with_its_hash_and_the_command_that_mends_it(shelf: Shelf) -> None:
    with pytest.raises(WeightError) as raised:
        weights.verify(models=shelf.models, known=shelf.known)
    error = raised.value
    assert (error.path, error.expected, error.found) == (shelf.path, digest(WHOLE), "missing")
    for word in (str(shelf.path), digest(WHOLE), "missing", "scripts/setup"):
        assert word in str(error)


def test_files_are_put_together_of_packages_in_order_and_nothing_else_is_left(
    halves: Shelf,
) -> None:
    told: list[tuple[str, int, int]] = []
    assert halves.ensure(lambda *step: told.append(step)) == [halves.path]
    assert halves.path.read_bytes() == WHOLE
    assert [name for name, done, total in told if done == total] == ["tiny_one", "tiny_two"]
    left = {path.name for path in halves.models.rglob("*") if path.is_file()}
    assert left == {"model.bin", ".verified.json", ".lock"}


def test_what_is_whole_is_not_fetched_again(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shelf.ensure()
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nowhere"))
    assert shelf.ensure() == []


def test_a_damaged_file_is_noticed_and_mended(shelf: Shelf) -> None:
    shelf.ensure()
    shelf.path.write_bytes(WHOLE[:-1] + b"!")
    [error] = shelf.problems()
    assert error.found == digest(WHOLE[:-1] + b"!")
    assert shelf.ensure() == [shelf.path]
    assert shelf.path.read_bytes() == WHOLE


def test_damage_that_left_size_and_time_alone_is_found_by_a_deep_check_and_then_mended(
    shelf: Shelf,
) -> None:
    shelf.ensure()
    before = shelf.path.stat()
    shelf.path.write_bytes(b"?" + WHOLE[1:])
    os.utime(shelf.path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert shelf.problems() == []
    assert len(shelf.problems(deep=True)) == 1
    assert shelf.ensure() == [shelf.path]


def test_a_run_that_was_killed_is_taken_up_where_it_stopped(halves: Shelf) -> None:
    def kill_late(what: str, *_: int) -> None:
        if what == "tiny_two":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        halves.ensure(kill_late)
    assert not halves.path.exists()
    for package in halves.packages.iterdir():  # what had arrived is not asked for again
        package.unlink()
    assert halves.ensure() == [halves.path]
    assert halves.path.read_bytes() == WHOLE


def test_a_package_that_is_not_the_pinned_one_is_refused(shelf: Shelf) -> None:
    wheel(shelf.packages, "tiny", {"tiny/head": b"something else"})
    with pytest.raises(FetchError, match="package tiny") as raised:
        shelf.ensure()
    assert raised.value.code == "wrong_file"
    assert not shelf.path.exists()


def test_packages_that_make_another_file_than_promised_are_refused(shelf: Shelf) -> None:
    wrong = shelf.with_file(sha256=digest(b"what was promised"))
    with pytest.raises(FetchError, match=r"model\.bin") as raised:
        wrong.ensure()
    assert raised.value.code == "wrong_file"
    assert not shelf.path.exists()


def test_without_packages_the_official_address_is_taken(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, website: Callable[[bytes], str]
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    shelf.with_file(address=website(WHOLE)).ensure()
    assert shelf.path.read_bytes() == WHOLE


def test_a_broken_download_goes_on_where_it_stopped(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, website: Callable[[bytes], str]
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    room = shelf.models / ".fetch"
    room.mkdir(parents=True)
    (room / "model.bin.part").write_bytes(WHOLE[:1000])
    shelf.with_file(address=website(WHOLE)).ensure()
    assert shelf.path.read_bytes() == WHOLE
    assert website.asked == ["bytes=1000-"]  # type: ignore[attr-defined]


def test_an_official_address_that_serves_something_else_is_refused(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, website: Callable[[bytes], str]
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    with pytest.raises(FetchError, match=digest(WHOLE)) as raised:
        shelf.with_file(address=website(WHOLE[::-1])).ensure()
    assert raised.value.code == "wrong_file"
    assert not shelf.path.exists()


def test_without_any_network_one_sentence_tells_what_to_do(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    unreachable = shelf.with_file(address="http://127.0.0.1:9/model.bin")
    with pytest.raises(FetchError, match="Connect this machine") as raised:
        unreachable.ensure()
    assert raised.value.code == "network"


def test_a_disk_too_small_is_told_before_anything_is_fetched(shelf: Shelf) -> None:
    with pytest.raises(FetchError, match="MB free") as raised:
        shelf.with_file(size=1 << 60).ensure()
    assert raised.value.code == "space"


def test_an_npm_package_is_taken_apart_like_any_other(
    shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ball = tmp_path / "ball.tgz"
    (tmp_path / "voice.bin").write_bytes(WHOLE)
    with tarfile.open(ball, "w:gz") as archive:
        archive.add(tmp_path / "voice.bin", "package/voice.bin")
    npm = tmp_path / "bin" / "npm"
    npm.parent.mkdir()
    npm.write_text(f'#!/bin/sh\n[ "$1 $2" = "pack tiny@2.0" ] && cp {ball} "$4/tiny-2.0.tgz"\n')
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{npm.parent}:{os.environ['PATH']}")
    package = Package("tiny", "npm", "2.0", ball.stat().st_size, sha256(ball))
    known = replace(shelf.known, packages={"tiny": package})
    boxed = replace(shelf, known=known).with_file(parts=(Part("tiny", "package/voice.bin"),))
    boxed.ensure()
    assert shelf.path.read_bytes() == WHOLE


def test_a_name_that_is_not_in_the_catalogue_is_answered_with_those_that_are() -> None:
    with pytest.raises(UsageError, match="whisper-base"):
        weights.verify(["whisper-huge"])


def test_set_up_ends_with_the_code_of_what_went_wrong_and_one_sentence(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def brought(known: Catalogue, *names: str) -> tuple[int, str]:
        code = bring.main(names, models=shelf.models, known=known)
        return code, capsys.readouterr().err

    code, told = brought(shelf.known, "no-such-weight")
    assert (code, "no-such-weight" in told) == (2, True)
    code, told = brought(shelf.with_file(size=1 << 60).known)
    assert (code, "MB free" in told) == (4, True)
    code, told = brought(shelf.with_file(sha256=digest(b"other")).known)
    assert (code, "the catalogue is wrong" in told) == (7, True)
    code, told = brought(shelf.known)
    assert (code, "ready after" in told) == (0, True)
    assert brought(shelf.known) == (0, "")
    shelf.path.unlink()
    monkeypatch.setenv("PIP_FIND_LINKS", "/nowhere")
    code, told = brought(shelf.known)
    assert (code, "Connect this machine" in told) == (3, True)


def test_a_models_folder_that_cannot_be_made_is_one_sentence(
    shelf: Shelf, capsys: pytest.CaptureFixture[str]
) -> None:
    shelf.models.write_text("a file where the folder should be")
    assert bring.main([], models=shelf.models, known=shelf.known) == 4
    assert f"setup: {shelf.models} cannot be written" in capsys.readouterr().err
