"""Fetching a large file, against a real server on this machine."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from model_shop import AT_ONCE, NOWHERE, Shop, digest

from linli import download
from linli.download import NoRoom, Unreachable, WrongFile
from linli.recognizers import Archive


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
