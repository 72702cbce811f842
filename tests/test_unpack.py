"""Unpacking what was fetched."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest
from model_shop import tarred
from tiny_onnx import write_sense_voice

from linli.unpack import BadArchive, unpack


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
