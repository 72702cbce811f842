"""Fetching, choosing and mending recognisers, against a real server on this machine.

The server gives byte ranges like the official one, and misbehaves where it is told to.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import tarfile
import threading
import tomllib
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import vosk
import yaml
from rich.console import Console
from tiny_onnx import tones, write_paraformer, write_sense_voice

from linli import download, models, models_view, recognizers
from linli.download import NoRoom, Patience, Unreachable, WrongFile
from linli.errors import UsageError
from linli.paths import SETTINGS
from linli.receipt import NAME as RECEIPT
from linli.recognizers import Archive, ModelProblem, Recogniser
from linli.unpack import BadArchive, unpack
from voices.sherpa import Sherpa

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
    _offer(monkeypatch, {"sensevoice": entry})
    return entry


def _offer(monkeypatch: pytest.MonkeyPatch, changed: Mapping[str, Recogniser]) -> None:
    entries = {**recognizers.catalogue(), **changed}
    monkeypatch.setattr(models, "catalogue", lambda: entries)
    monkeypatch.setattr(models, "known", entries.__getitem__)


def offer(monkeypatch: pytest.MonkeyPatch, entry: Recogniser, **archive: object) -> Recogniser:
    """The same recogniser with other facts about its archive."""
    assert entry.archive is not None
    changed = entry.model_copy(update={"archive": entry.archive.model_copy(update=archive)})
    _offer(monkeypatch, {"sensevoice": changed})
    return changed


class TestCatalogue:
    """What `assets/recognizers.yaml` promises."""

    def test_every_recogniser_that_is_downloaded_from_a_release_is_pinned_by_size_and_hash(
        self,
    ) -> None:
        entries = [one for one in recognizers.catalogue().values() if one.source == "archive"]
        assert len(entries) == 3
        for entry in entries:
            assert entry.archive is not None
            assert entry.archive.size
            assert entry.archive.sha256
            assert entry.archive.addresses[0].endswith(entry.archive.name)
            assert round(entry.archive.size / 1e6) == entry.megabytes
            assert all(file.size and file.sha256 for file in entry.files.values())

    def test_every_recogniser_is_told_of_in_chinese(self) -> None:
        told = recognizers.words()["recognizers"]
        assert set(told) == set(recognizers.catalogue())
        assert all(one["title"] and one["about"] for one in told.values())

    def test_two_recognisers_never_share_a_folder(self) -> None:
        folders = Counter(entry.directory for entry in recognizers.catalogue().values())
        assert set(folders.values()) == {1}

    def test_an_unknown_name_is_told_with_the_known_ones(self) -> None:
        with pytest.raises(UsageError, match=r"'sensvoice'.*sensevoice, paraformer"):
            recognizers.known("sensvoice")

    def test_a_faulty_catalogue_is_named(self, tmp_path: Path) -> None:
        path = tmp_path / "recognizers.yaml"
        path.write_text(yaml.safe_dump({"x": {"engine": "ears"}}), "utf-8")
        with pytest.raises(UsageError, match=re.escape(str(path))):
            recognizers.catalogue(path)


class TestDownload:
    """Large files over poor lines."""

    DATA = np.random.default_rng(1).bytes(700_000)

    def archive(self, shop: Shop, **changes: Any) -> Archive:
        shop.files["file.bin"] = self.DATA
        facts = {"size": len(self.DATA), "sha256": digest(self.DATA)} | changes
        return Archive(name="file.bin", addresses=(f"{shop.address}file.bin",), **facts)

    def test_a_line_that_breaks_twice_is_taken_up_where_it_broke(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        shop.breaks_after = [300_000, 100_000]
        place = download.download(self.archive(shop), tmp_path, patience=AT_ONCE)
        assert place.read_bytes() == self.DATA
        assert shop.asked == ["", "bytes=300000-", "bytes=400000-"]

    def test_what_arrived_before_the_power_went_is_not_fetched_again(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        archive = self.archive(shop)
        (tmp_path / "file.bin.part").write_bytes(self.DATA[:650_000])
        assert download.download(archive, tmp_path).read_bytes() == self.DATA
        assert shop.asked == ["bytes=650000-"]

    def test_a_file_that_is_there_whole_is_not_fetched_at_all(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        archive = self.archive(shop)
        (tmp_path / "file.bin").write_bytes(self.DATA)
        download.download(archive, tmp_path)
        assert shop.asked == []

    def test_a_server_that_cannot_go_on_is_asked_for_all_of_it(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        shop.ranges = False
        (tmp_path / "file.bin.part").write_bytes(b"something older")
        place = download.download(self.archive(shop), tmp_path, patience=AT_ONCE)
        assert place.read_bytes() == self.DATA

    def test_a_server_that_does_not_say_how_much_is_coming_is_gone_on_with(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        shop.tells_length = False
        (tmp_path / "file.bin.part").write_bytes(self.DATA[:300_000])
        place = download.download(self.archive(shop), tmp_path, patience=AT_ONCE)
        assert place.read_bytes() == self.DATA
        assert shop.asked == ["bytes=300000-"]

    def test_a_part_of_another_file_is_found_out_and_deleted(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        (tmp_path / "file.bin.part").write_bytes(bytes(100_000))
        with pytest.raises(WrongFile, match=r"its sha256 is .* and must be .*deleted"):
            download.download(self.archive(shop), tmp_path, patience=AT_ONCE)
        assert list(tmp_path.iterdir()) == []
        assert download.download(self.archive(shop), tmp_path).read_bytes() == self.DATA

    def test_a_part_longer_than_the_file_is_begun_anew(self, shop: Shop, tmp_path: Path) -> None:
        (tmp_path / "file.bin.part").write_bytes(bytes(800_000))
        archive = self.archive(shop, size=None)
        assert download.download(archive, tmp_path, patience=AT_ONCE).read_bytes() == self.DATA

    def test_a_file_of_another_size_is_refused_before_it_is_fetched(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        archive = self.archive(shop, size=9_999_999)
        told: list[int] = []
        with pytest.raises(WrongFile, match=r"offers 700000 bytes and file\.bin has 9999999"):
            download.download(archive, tmp_path, lambda _what, done, _total: told.append(done))
        assert told == []

    def test_the_next_address_is_tried_when_one_does_not_answer(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        archive = self.archive(shop)
        place = download.download(
            archive, tmp_path, addresses=[NOWHERE, *archive.addresses], patience=AT_ONCE
        )
        assert place.read_bytes() == self.DATA

    def test_every_address_that_failed_is_named_with_its_reason(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        missing = f"{shop.address}elsewhere.bin"
        with pytest.raises(Unreachable) as caught:
            download.download(
                self.archive(shop), tmp_path, addresses=[NOWHERE, missing], patience=AT_ONCE
            )
        assert re.search(rf"{NOWHERE} could not be fetched \(.*refused", str(caught.value))
        assert f"{missing} could not be fetched (the server answers 404" in str(caught.value)

    def test_progress_is_told_up_to_the_end(self, shop: Shop, tmp_path: Path) -> None:
        told: list[tuple[str, int, int]] = []
        download.download(self.archive(shop), tmp_path, lambda *one: told.append(one))
        assert told[-1] == ("file.bin", len(self.DATA), len(self.DATA))
        assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)

    def test_a_full_disk_is_told_before_anything_is_fetched(self, tmp_path: Path) -> None:
        free = shutil.disk_usage(tmp_path).free
        with pytest.raises(NoRoom, match=r"MB free and .* MB are needed; free .* MB"):
            download.room_for(free, tmp_path / "not" / "yet" / "there")


class TestUnpack:
    """Archives are unpacked without trusting them."""

    @staticmethod
    def tar(name: str, **changes: Any) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:bz2") as archive:
            member = tarfile.TarInfo(name)
            member.size = 0 if changes.get("type", b"0") != b"0" else 5
            for key, value in changes.items():
                setattr(member, key, value)
            archive.addfile(member, io.BytesIO(b"hello"))
        return buffer.getvalue()

    @pytest.mark.parametrize(
        "data",
        [
            pytest.param(("../evil", {}), id="above"),
            pytest.param(("top/../../evil", {}), id="above from inside"),
            pytest.param(("/tmp/evil", {}), id="absolute"),  # noqa: S108
            pytest.param(("C:\\evil", {}), id="another drive"),
            pytest.param(("top/link", {"type": tarfile.SYMTYPE, "linkname": "/etc"}), id="a link"),
            pytest.param(
                ("top/hard", {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}), id="a hard link"
            ),
            pytest.param(("top/device", {"type": tarfile.CHRTYPE}), id="a device"),
        ],
    )
    def test_an_archive_that_reaches_outside_is_refused(
        self, tmp_path: Path, data: tuple[str, dict[str, Any]]
    ) -> None:
        archive = tmp_path / "in" / "evil.tar.bz2"
        archive.parent.mkdir()
        archive.write_bytes(self.tar(data[0], **data[1]))
        with pytest.raises(BadArchive, match="do not use it"):
            unpack(archive, tmp_path / "in" / "out", limit=1_000)
        assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["evil.tar.bz2"]

    def test_an_archive_that_swells_is_stopped(self, tmp_path: Path) -> None:
        (tmp_path / "zeros").mkdir()
        (tmp_path / "zeros" / "big").write_bytes(bytes(5_000_000))
        archive = tmp_path / "bomb.tar.bz2"
        archive.write_bytes(tarred(tmp_path / "zeros"))
        assert archive.stat().st_size < 1_000
        with pytest.raises(BadArchive, match="more than the 1000000 bytes"):
            unpack(archive, tmp_path / "out", limit=1_000_000)

    @pytest.mark.parametrize("broken", ["half", "garbage", "a damaged middle", "half a zip"])
    def test_a_damaged_archive_is_told(self, tmp_path: Path, broken: str) -> None:
        whole = tarred(write_sense_voice(tmp_path / "model"))
        zipped = io.BytesIO()
        with zipfile.ZipFile(zipped, "w") as archive:
            archive.writestr("top/file", bytes(1000))
        data = {
            "half": whole[: len(whole) // 2],
            "garbage": b"no archive at all" * 100,
            "a damaged middle": whole[:500] + bytes(50) + whole[550:],
            "half a zip": zipped.getvalue()[:500],
        }[broken]
        place = tmp_path / "archive"
        place.write_bytes(data)
        with pytest.raises(BadArchive, match="fetch it again"):
            unpack(place, tmp_path / "out", limit=10**6)

    def test_the_top_folder_falls_away(self, tmp_path: Path, tiny: Path) -> None:
        archive = tmp_path / "model.tar.bz2"
        archive.write_bytes(tarred(tiny, top="some-long-name"))
        unpack(archive, tmp_path / "out", limit=10**6)
        assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
            "model.int8.onnx",
            "tokens.txt",
        ]


@pytest.mark.usefixtures("offered")
class TestAdd:
    """`linli models add`."""

    def test_a_recogniser_is_fetched_checked_and_hears(self, root: Path) -> None:
        folder = models.add("sensevoice", root)
        ears = models.open_recognizer("sensevoice", root)
        assert isinstance(ears, Sherpa)
        assert (ears.name, ears.directory) == ("sensevoice", folder)
        assert ears.read(tones("去医院")).text == "去医院"
        assert sorted(path.name for path in root.iterdir()) == ["sensevoice"]

    def test_published_hashes_are_trusted_and_it_is_said_so(self, root: Path) -> None:
        models.add("sensevoice", root)
        (standing,) = [one for one in models.installed(root) if one.name == "sensevoice"]
        assert (standing.state, standing.trust) == ("ready", "pinned")

    def test_one_that_is_whole_is_not_fetched_again(self, root: Path, shop: Shop) -> None:
        models.add("sensevoice", root)
        models.add("sensevoice", root)
        assert len(shop.asked) == 1

    def test_a_break_leaves_what_was_there_and_the_next_run_goes_on(
        self, root: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download.Patience, "__init__", _hurried)
        (root / "sensevoice").mkdir(parents=True)
        (root / "sensevoice" / "old").write_text("an older model")
        shop.breaks_after = [500, 0, 0, 0]
        with pytest.raises(Unreachable, match=r"broken off|Connection|Incomplete"):
            models.add("sensevoice", root)
        assert (root / "sensevoice" / "old").read_text() == "an older model"
        shop.breaks_after.clear()
        models.add("sensevoice", root)
        assert shop.asked[-1] == "bytes=500-"
        assert not (root / "sensevoice" / "old").exists()

    def test_without_a_network_it_is_told_what_to_do_by_hand(
        self, root: Path, offered: Recogniser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(download.Patience, "__init__", _hurried)
        offer(monkeypatch, offered, addresses=(f"{NOWHERE}sense.tar.bz2",))
        with pytest.raises(Unreachable) as caught:
            models.add("sensevoice", root)
        told = str(caught.value)
        assert f"{NOWHERE}sense.tar.bz2 could not be fetched" in told
        assert "USB stick" in told
        assert "linli models add sensevoice --from /path/sense.tar.bz2" in told
        assert f"{root / 'sensevoice'} and run `linli models use sensevoice`" in told
        assert list(root.glob("*")) == [] or [p.name for p in root.iterdir()] == [".download"]

    def test_an_archive_from_a_stick_is_checked_the_same(
        self, root: Path, shop: Shop, tmp_path: Path
    ) -> None:
        stick = tmp_path / "stick.tar.bz2"
        stick.write_bytes(shop.files["sense.tar.bz2"])
        models.add("sensevoice", root, source=str(stick))
        assert shop.asked == []
        assert models.open_recognizer("sensevoice", root).name == "sensevoice"

    def test_another_model_on_the_stick_is_refused(self, root: Path, tmp_path: Path) -> None:
        stick = tmp_path / "stick.tar.bz2"
        stick.write_bytes(tarred(write_paraformer(tmp_path / "other")))
        with pytest.raises(ModelProblem, match="did not arrive as it must be"):
            models.add("sensevoice", root, source=str(stick))
        assert not (root / "sensevoice").exists()

    def test_a_mirror_may_stand_in_for_the_official_address(
        self, root: Path, shop: Shop, offered: Recogniser, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        offer(monkeypatch, offered, addresses=(f"{NOWHERE}sense.tar.bz2",))
        models.add("sensevoice", root, source=f"{shop.address}sense.tar.bz2")
        assert models.open_recognizer("sensevoice", root).name == "sensevoice"

    def test_a_stick_that_is_not_there_is_told(self, root: Path) -> None:
        with pytest.raises(UsageError, match="no such file or folder"):
            models.add("sensevoice", root, source="/media/nothing.tar.bz2")

    def test_a_disk_too_full_is_told_before_the_download(
        self, root: Path, shop: Shop, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        usage = shutil.disk_usage(root.parent)._replace(free=1_000_000)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
        with pytest.raises(NoRoom):
            models.add("sensevoice", root)
        assert shop.asked == []


def _hurried(self: Patience) -> None:
    for name, value in (("tries", 2), ("tries_begun", 3), ("wait", 0.0)):
        object.__setattr__(self, name, value)


class TestTrustOnFirstUse:
    """Where no hash is published, the first download is what the files must stay."""

    @pytest.fixture
    def unpinned(self, offered: Recogniser, monkeypatch: pytest.MonkeyPatch) -> None:
        entry = offered.model_copy(
            update={"files": {name: recognizers.Pinned() for name in offered.files}}
        )
        offer(monkeypatch, entry, size=None, sha256=None)

    @pytest.mark.usefixtures("unpinned")
    def test_the_first_download_is_measured_and_it_is_said_so(self, root: Path) -> None:
        folder = models.add("sensevoice", root)
        (standing,) = [one for one in models.installed(root) if one.name == "sensevoice"]
        assert standing.trust == "first_use"
        assert digest((folder / "tokens.txt").read_bytes()) in (folder / RECEIPT).read_text()

    @pytest.mark.usefixtures("unpinned")
    def test_a_file_that_changed_since_is_found_without_being_asked_to_read_deeply(
        self, root: Path
    ) -> None:
        folder = models.add("sensevoice", root)
        tokens = folder / "tokens.txt"
        tokens.write_text(tokens.read_text("utf-8").replace("送", "宋"), "utf-8")
        with pytest.raises(ModelProblem, match=r"tokens\.txt: must be .*models repair sensevoice"):
            models.open_recognizer("sensevoice", root)

    @pytest.mark.usefixtures("unpinned")
    def test_a_folder_copied_by_hand_is_measured_when_it_is_first_used(
        self, root: Path, tiny: Path, tmp_path: Path
    ) -> None:
        shutil.copytree(tiny, root / "sensevoice")
        models.use("sensevoice", tmp_path / "station.toml", root)
        assert (root / "sensevoice" / RECEIPT).exists()


@pytest.mark.usefixtures("offered")
class TestRepair:
    """`linli models repair`."""

    def test_a_damaged_file_is_named_and_fetched_again(self, root: Path) -> None:
        folder = models.add("sensevoice", root)
        model = folder / "model.int8.onnx"
        raw = bytearray(model.read_bytes())
        raw[9_000] ^= 1
        model.write_bytes(raw)
        (wrong,) = models.repair("sensevoice", root)
        assert wrong.path == model
        assert models.repair("sensevoice", root) == []

    def test_a_file_with_the_old_time_stamp_is_found_when_every_byte_is_read(
        self, root: Path
    ) -> None:
        import os

        folder = models.add("sensevoice", root)
        tokens = folder / "tokens.txt"
        stamp = tokens.stat().st_mtime_ns
        tokens.write_bytes(tokens.read_bytes().replace(b"blank", b"blink"))
        os.utime(tokens, ns=(stamp, stamp))
        shown = {one.name: one.state for one in models.installed(root)}
        assert shown["sensevoice"] == "ready"
        shown = {one.name: one.state for one in models.installed(root, deep=True)}
        assert shown["sensevoice"] == "damaged"
        assert [fault.path for fault in models.repair("sensevoice", root)] == [tokens]

    def test_what_is_whole_is_left_alone(self, root: Path, shop: Shop) -> None:
        models.add("sensevoice", root)
        assert models.repair("sensevoice", root) == []
        assert len(shop.asked) == 1


@pytest.mark.usefixtures("offered")
class TestUse:
    """`linli models use`: one line of station.toml."""

    SHIPPED = SETTINGS.parent / "assets" / "station.toml"

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            pytest.param("", '[speech]\nrecognizer = "sensevoice"\n', id="no settings yet"),
            pytest.param(
                '[speech]\nrecognizer = "whisper"  # 耳朵\nvoice = "x"\n\n'
                '[data]\nrecognizer = "no"\n',
                '[speech]\nrecognizer = "sensevoice"  # 耳朵\nvoice = "x"\n\n'
                '[data]\nrecognizer = "no"\n',
                id="the line and no other",
            ),
            pytest.param(
                "[speech]\nvoice = 'x'\n[data]\na = 1\n",
                "[speech]\nrecognizer = \"sensevoice\"\nvoice = 'x'\n[data]\na = 1\n",
                id="the section without the line",
            ),
            pytest.param(
                "[station]\nname = 'y'",
                "[station]\nname = 'y'\n\n[speech]\nrecognizer = \"sensevoice\"\n",
                id="no such section",
            ),
            pytest.param(
                "[speech]", '[speech]\nrecognizer = "sensevoice"\n', id="a section and no more"
            ),
            pytest.param(
                "[speech]\n# recognizer = 'old'\nrecognizer='whisper'\n",
                "[speech]\n# recognizer = 'old'\nrecognizer=\"sensevoice\"\n",
                id="another way to write it",
            ),
        ],
    )
    def test_one_line_changes_and_nothing_else(
        self, root: Path, tmp_path: Path, before: str, after: str
    ) -> None:
        models.add("sensevoice", root)
        settings = tmp_path / "station.toml"
        if before:
            settings.write_text(before, "utf-8")
        models.use("sensevoice", settings, root)
        assert settings.read_text("utf-8") == after
        assert models.used(settings) == "sensevoice"

    def test_the_shipped_settings_keep_every_comment(self, root: Path, tmp_path: Path) -> None:
        models.add("sensevoice", root)
        settings = tmp_path / "station.toml"
        shutil.copy(self.SHIPPED, settings)
        models.use("sensevoice", settings, root)
        old, new = (path.read_text("utf-8").splitlines() for path in (self.SHIPPED, settings))
        changed = [(a, b) for a, b in zip(old, new, strict=True) if a != b]
        assert len(changed) == 1
        assert tomllib.loads("\n".join(new))["speech"]["recognizer"] == "sensevoice"

    def test_settings_that_are_no_toml_are_named_and_left_alone(
        self, root: Path, tmp_path: Path
    ) -> None:
        models.add("sensevoice", root)
        settings = tmp_path / "station.toml"
        settings.write_text("[speech\n", "utf-8")
        with pytest.raises(UsageError, match=re.escape(str(settings))):
            models.use("sensevoice", settings, root)
        assert settings.read_text("utf-8") == "[speech\n"

    def test_one_that_is_not_installed_is_told_with_its_command(
        self, root: Path, tmp_path: Path
    ) -> None:
        with pytest.raises(ModelProblem, match="not installed; run `linli models add sensevoice`"):
            models.use("sensevoice", tmp_path / "station.toml", root)

    def test_one_that_knows_no_chinese_is_refused(self, root: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="does not understand Chinese"):
            models.use("vosk-ko", tmp_path / "station.toml", root)

    def test_the_one_in_use_is_not_removed(self, root: Path, tmp_path: Path) -> None:
        settings = tmp_path / "station.toml"
        models.add("sensevoice", root)
        models.use("sensevoice", settings, root)
        with pytest.raises(UsageError, match="is in use"):
            models.remove("sensevoice", settings, root)
        settings.write_text('[speech]\nrecognizer = "whisper"\n', "utf-8")
        models.remove("sensevoice", settings, root)
        assert list(root.iterdir()) == []

    def test_what_belongs_to_linli_is_not_removed(self, root: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="belongs to Linli"):
            models.remove("whisper", tmp_path / "station.toml", root)


class TestVosk:
    """`linli models add vosk-cn`, through vosk's own downloader."""

    NAME = "vosk-model-small-cn-0.22"

    @pytest.fixture(autouse=True)
    def official(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(vosk, "MODEL_PRE_URL", shop.address)

    def zipped(self, *parts: str) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for part in parts:
                archive.writestr(f"{self.NAME}/{part}", f"what is in {part}")
        return buffer.getvalue()

    PARTS = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf", "graph/Gr.fst")

    def test_the_model_is_fetched_unpacked_and_measured(
        self, shop: Shop, root: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        shop.files[f"{self.NAME}.zip"] = self.zipped(*self.PARTS)
        told: list[tuple[str, int, int]] = []
        folder = models.add("vosk-cn", root, lambda *one: told.append(one))
        assert folder == root / "vosk-cn"
        assert (folder / "graph/Gr.fst").read_text() == "what is in graph/Gr.fst"
        assert told[-1] == (self.NAME, len(shop.files[f"{self.NAME}.zip"]), told[-1][2])
        (standing,) = [one for one in models.installed(root) if one.name == "vosk-cn"]
        assert (standing.state, standing.trust) == ("ready", "first_use")
        assert [path.name for path in root.iterdir()] == ["vosk-cn"]
        assert "%" not in capfd.readouterr().err

    def test_without_a_network_it_is_told_what_to_do_by_hand(
        self, root: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(vosk, "MODEL_PRE_URL", NOWHERE)
        with pytest.raises(Unreachable) as caught:
            models.add("vosk-cn", root)
        told = str(caught.value)
        assert f"{NOWHERE}{self.NAME}.zip could not be reached" in told
        assert "USB stick" in told
        assert f"{root / 'vosk-cn'} and run `linli models use vosk-cn`" in told
        assert list(root.iterdir()) == []

    def test_an_archive_with_something_missing_is_not_installed(
        self, shop: Shop, root: Path
    ) -> None:
        shop.files[f"{self.NAME}.zip"] = self.zipped("am/final.mdl")
        with pytest.raises(ModelProblem, match=r"did not arrive as it must be: .*mfcc\.conf"):
            models.add("vosk-cn", root)
        assert list(root.iterdir()) == []

    def test_a_page_instead_of_a_model_is_told(self, shop: Shop, root: Path) -> None:
        shop.files[f"{self.NAME}.zip"] = b"<html>please log in</html>"
        with pytest.raises(WrongFile, match="no Vosk model"):
            models.add("vosk-cn", root)

    def test_a_broken_line_is_told_and_leaves_nothing(self, shop: Shop, root: Path) -> None:
        shop.files[f"{self.NAME}.zip"] = self.zipped(*self.PARTS)
        shop.breaks_after = [100]
        with pytest.raises(Unreachable):
            models.add("vosk-cn", root)
        assert list(root.iterdir()) == []

    def test_a_folder_from_a_stick_is_copied(self, root: Path, tmp_path: Path) -> None:
        stick = tmp_path / "stick"
        for part in self.PARTS:
            (stick / part).parent.mkdir(parents=True, exist_ok=True)
            (stick / part).write_text("x")
        assert models.add("vosk-cn", root, source=str(stick)) == root / "vosk-cn"
        assert (root / "vosk-cn" / "am/final.mdl").read_text() == "x"


class TestOpen:
    """The factory that everything else calls."""

    def test_what_is_not_installed_is_told_with_its_command(self, root: Path) -> None:
        with pytest.raises(ModelProblem, match="run `linli models add paraformer`"):
            models.open_recognizer("paraformer", root)

    def test_the_embedded_one_is_mended_by_set_up(self, root: Path) -> None:
        with pytest.raises(ModelProblem, match="run `scripts/setup`"):
            models.open_recognizer("whisper", root)

    @pytest.mark.parametrize("name", ["whisper", "vosk-ko"])
    def test_what_set_up_brings_is_open_at_once(self, name: str) -> None:
        assert models.open_recognizer(name).name == name


@pytest.mark.usefixtures("offered")
class TestView:
    """`linli models list`, as the staff see it."""

    def shown(self, root: Path, settings: Path) -> tuple[bool, str]:
        out = io.StringIO()
        whole = models_view.show(Console(file=out, width=200), root, settings)
        return whole, out.getvalue()

    def line(self, text: str, name: str) -> str:
        (line,) = [one for one in text.splitlines() if one.startswith(f"{name} ")]
        return line

    def test_the_one_in_use_stands_out(self, root: Path, tmp_path: Path) -> None:
        settings = tmp_path / "station.toml"
        models.add("sensevoice", root)
        models.use("sensevoice", settings, root)
        whole, text = self.shown(root, settings)
        assert whole
        assert "正在用" in self.line(text, "sensevoice")
        assert "未安装" in self.line(text, "paraformer")
        assert "234 MB" in self.line(text, "paraformer")
        assert "vosk-ko" not in text

    def test_a_damaged_one_is_told_with_the_command_that_mends_it(
        self, root: Path, tmp_path: Path
    ) -> None:
        folder = models.add("sensevoice", root)
        (folder / "tokens.txt").write_text("")
        whole, text = self.shown(root, tmp_path / "station.toml")
        assert not whole
        assert "文件坏了" in self.line(text, "sensevoice")
        assert "linli models repair sensevoice" in text
