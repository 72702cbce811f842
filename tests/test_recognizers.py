"""What `assets/recognizers.yaml` promises."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
import yaml

from linli import recognizers
from linli.errors import UsageError


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
